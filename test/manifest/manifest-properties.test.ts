import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changesBetween } from '../../packages/sim-core/src/manifest/change-set.js';
import { resolveHost } from '../../packages/sim-core/src/manifest/hosts.js';
import { parseManifests } from '../../packages/sim-core/src/manifest/parse-manifests.js';
import { blockYaml } from './block-yaml.js';
import { manifests, together } from './support.js';

const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
const host = fc.oneof(
  name,
  fc.tuple(name, name).map((parts) => parts.join('.')),
);
// zod drops `__proto__` from a record; no label can be called that, since Kubernetes wants a letter or digit first.
const label = fc.string({ maxLength: 12 }).filter((text) => text !== '__proto__');
const destination = fc.record({ host, subset: name, weight: fc.integer({ min: 1, max: 100 }) });
const write = fc.constantFrom(
  blockYaml,
  (value: unknown) => JSON.stringify(value),
  (value: unknown) => JSON.stringify(value, null, '\t'),
);

test('a VirtualService keeps its hosts, subsets and weights', () => {
  const routes = fc.array(fc.array(destination, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(write, name, fc.array(host, { minLength: 1 }), routes, (text, namespace, hosts, http) => {
      const spec = {
        hosts,
        http: http.map((route) => ({ route: route.map(({ weight, ...to }) => ({ destination: to, weight })) })),
      };
      const object = {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: { name: 'x', namespace },
        spec,
      };
      const [read] = manifests(text(object)).virtualServices;
      expect(read.hosts).toEqual(hosts.map((one) => resolveHost(one, namespace)));
      const brief = read.http.map((route) =>
        route.destinations.map(({ host: to, subset, weight }) => ({ host: to, subset, weight })),
      );
      expect(brief).toEqual(http.map((route) => route.map((to) => ({ ...to, host: resolveHost(to.host, namespace) }))));
      expect(read.meta.raw.spec).toEqual(spec);
    }),
  );
});

test('a DestinationRule keeps its subsets and their labels, whatever the texts', () => {
  const subset = fc.record({ name, labels: fc.dictionary(label, label) });
  const subsets = fc.uniqueArray(subset, { selector: (one) => one.name, maxLength: 5 });
  fc.assert(
    fc.property(write, subsets, (text, given) => {
      const spec = { host: 'a', subsets: given };
      const object = { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata: { name: 'x' }, spec };
      const [read] = manifests(text(object)).destinationRules;
      expect(read.subsets.map(({ name: of, labels }) => ({ name: of, labels }))).toEqual(
        given.map(({ name: of, labels }) => ({ name: of, labels: { ...labels } })),
      );
    }),
  );
});

const VALID = together(
  blockYaml({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'a', labels: { x: 'y' } },
    spec: {
      hosts: ['a', '*.b'],
      http: [
        {
          match: [{ uri: { regex: '/a.*' }, headers: { x: {} } }],
          route: [{ destination: { host: 'a', subset: 'v1' }, weight: 1 }],
        },
        { redirect: { uri: '/x' } },
      ],
    },
  }),
  'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: &n a}\nspec:\n  host: *n\n  subsets: [{<<: {name: v1}}]',
  blockYaml({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: { replicas: 2 } }),
  blockYaml({
    kind: 'List',
    items: [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { selector: { x: 'y' } } }],
  }),
);

/** Pieces that mean something to YAML, or to what reads it. */
const piece = fc.oneof(
  fc.constantFrom(
    '\t',
    '\n',
    ' ',
    ':',
    '- ',
    '---\n',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '&n ',
    '*n',
    '<<: ',
    '#',
    '|',
    '>',
    '!!',
    '%',
    '?',
    '\\',
  ),
  fc.constantFrom(
    'null',
    '1e9',
    '-1',
    '__proto__: 1\n',
    'constructor',
    'items',
    'spec',
    '0x7',
    '.nan',
    '!!binary a',
    '\uFEFF',
    '\r',
  ),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const edit = fc.record({ at: fc.nat({ max: VALID.length }), cut: fc.nat({ max: 12 }), put: piece });

test('whatever is done to a text, the answer is a Result with places in it', () => {
  const original = manifests(VALID);
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
      let text = VALID;
      for (const { at, cut, put } of edits) text = text.slice(0, at) + put + text.slice(at + cut);
      const result = parseManifests([{ path: 'a.yaml', text }]);
      if (result.ok) {
        expect(changesBetween(original, result.value).changes).toBeInstanceOf(Array);
        expect(changesBetween(result.value, original).changes).toBeInstanceOf(Array);
        return;
      }
      expect(result.errors.length).toBeGreaterThan(0);
      const lines = text.replace(/^\uFEFF/, '').split('\n');
      for (const { code, message, hint, position, excerpt } of result.errors) {
        expect(code).toMatch(/^XDS-(YAML|MANIFEST)-[A-Z-]+$/);
        expect(message).not.toBe('');
        expect(hint).not.toBe('');
        const line = lines[(position?.line ?? 0) - 1];
        expect(excerpt).toBe(line.replace(/\r$/, ''));
        expect(position?.column).toBeGreaterThan(0);
        expect(position?.column).toBeLessThanOrEqual(line.length + 1);
      }
    }),
    { numRuns: 1500 },
  );
});

test('a set differs from itself in nothing', () => {
  expect(changesBetween(manifests(VALID), manifests(VALID)).changes).toEqual([]);
});
