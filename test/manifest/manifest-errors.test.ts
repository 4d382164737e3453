import { expect, test } from 'vitest';
import { parseManifests } from '../../packages/sim-core/src/manifest/parse-manifests.js';
import { errorsIn, places } from './support.js';

const HEAD = 'apiVersion: networking.istio.io/v1\n';
const VS = `${HEAD}kind: VirtualService\nmetadata: {name: a}\nspec:\n`;
const DR = `${HEAD}kind: DestinationRule\nmetadata: {name: a}\nspec:\n`;
const ROUTE = '  hosts: [a]\n  http:\n    - route:\n';

function staircase(levels: number): string {
  return Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}a:\n`).join('');
}

const CASES: readonly [name: string, text: string, expected: string[], hint: RegExp][] = [
  ['an open bracket', 'kind: [a\nb: 1\n', ['XDS-YAML-SYNTAX 2:1'], /./],
  ['a key given twice', `${DR}  host: a\n  host: b\n`, ['XDS-YAML-SYNTAX 6:3'], /Keep one/],
  [
    'a template',
    'kind: {{ .Values.kind }}\n',
    ['XDS-MANIFEST-MISSING 1:1', 'XDS-MANIFEST-TYPE 1:1', 'XDS-MANIFEST-MISSING 1:1'],
    /helm template/,
  ],
  [
    'a template that is no YAML',
    'a:\n  {{- if .Values.x }}\n  b: 1\n',
    ['XDS-YAML-SYNTAX 2:5', 'XDS-YAML-SYNTAX 3:1'],
    /helm template/,
  ],
  ['an alias without anchor', 'kind: A\nspec: *none\n', ['XDS-YAML-SYNTAX 2:7'], /Define the anchor/],
  ['brackets without end', '['.repeat(300_000), ['XDS-YAML-SYNTAX 1:301'], /Nest less deeply/],
  ['lists without end', '- '.repeat(300_000), ['XDS-YAML-SYNTAX 1:1'], /Nest less deeply/],
  ['objects without end', staircase(2000), ['XDS-YAML-SYNTAX 301:1'], /Nest less deeply/],
  ['a tab', 'metadata:\n\tname: a\n', ['XDS-YAML-TAB 2:1'], /spaces/],
  ['no object at all', '# nothing\n---\n---\n', ['XDS-MANIFEST-EMPTY 1:1'], /at least one/],
  ['a document that is a list', '- a\n- b\n', ['XDS-MANIFEST-TYPE 1:1'], /---/],
  ['a document that is a word', 'hello\n', ['XDS-MANIFEST-TYPE 1:1'], /apiVersion/],
  ['no kind', 'apiVersion: v1\nmetadata:\n  name: a\n', ['XDS-MANIFEST-MISSING 1:1'], /Add `kind`/],
  ['no name', 'apiVersion: v1\nkind: Service\nmetadata:\n  nmae: a\n', ['XDS-MANIFEST-MISSING 3:1'], /`nmae`/],
  ['no host', `${DR}  hosts: a\n`, ['XDS-MANIFEST-MISSING 4:1', 'XDS-MANIFEST-UNKNOWN-FIELD 5:3'], /`hosts`/],
  ['a kind that is a number', 'apiVersion: v1\nkind: 5\nmetadata: {name: a}\n', ['XDS-MANIFEST-TYPE 2:1'], /Quote it/],
  [
    'a label that is a boolean',
    `${DR}  host: a\n  subsets:\n    - name: v1\n      labels:\n        on: yes\n`,
    ['XDS-MANIFEST-TYPE 9:9'],
    /booleans/,
  ],
  [
    'a label that is a number',
    `${DR}  host: a\n  subsets:\n    - name: v1\n      labels:\n        version: 1.10\n`,
    ['XDS-MANIFEST-TYPE 9:9'],
    /Quote it/,
  ],
  [
    'a weight in quotes',
    `${VS}${ROUTE}        - destination: {host: a}\n          weight: "10"\n`,
    ['XDS-MANIFEST-TYPE 9:11'],
    /Remove the quotes: 10/,
  ],
  ['a list that is an object', `${VS}  hosts: a\n`, ['XDS-MANIFEST-TYPE 5:3'], /as a list/],
  [
    'an object that is a list',
    `${DR}  host: a\n  trafficPolicy:\n    - tls: {}\n`,
    ['XDS-MANIFEST-TYPE 6:3'],
    /Remove/,
  ],
  [
    'an unknown word',
    `${DR}  host: a\n  trafficPolicy:\n    loadBalancer:\n      simple: ROUND_ROBBIN\n`,
    ['XDS-MANIFEST-VALUE 8:7'],
    /Did you mean `ROUND_ROBIN`/,
  ],
  [
    'a port too big',
    `${VS}${ROUTE}        - destination:\n            host: a\n            port: {number: 70000}\n`,
    ['XDS-MANIFEST-VALUE 10:20'],
    /at most 65535/,
  ],
  ['a host that is empty', `${DR}  host: ""\n`, ['XDS-MANIFEST-VALUE 5:3'], /Give it a value/],
  [
    'an API version of tomorrow',
    'apiVersion: networking.istio.io/v2\nkind: VirtualService\nmetadata: {name: a}\nspec: {}\n',
    ['XDS-MANIFEST-API-VERSION 1:1'],
    /networking.istio.io\/v1, /,
  ],
  [
    'an API version left out',
    'apiVersion: networking.istio.io\nkind: Gateway\nmetadata: {name: a}\nspec: {}\n',
    ['XDS-MANIFEST-API-VERSION 1:1'],
    /v1beta1/,
  ],
  [
    'a match type of its own',
    `${VS}  http:\n    - match:\n        - uri: {suffix: /a}\n      route: [{destination: {host: a}}]\n`,
    ['XDS-MANIFEST-MATCH 7:17'],
    /exact, prefix or regex/,
  ],
  [
    'two match types',
    `${VS}  http:\n    - match:\n        - headers:\n            x:\n              exact: a\n              prefix: b\n      route: [{destination: {host: a}}]\n`,
    ['XDS-MANIFEST-MATCH 10:15'],
    /regex/,
  ],
  [
    'a lookahead',
    `${VS}  http:\n    - match:\n        - uri:\n            regex: ^(?!a)\n      route: [{destination: {host: a}}]\n`,
    ['XDS-MANIFEST-REGEX 8:13'],
    /withoutHeaders/,
  ],
  [
    'a subset defined twice',
    `${DR}  host: a\n  subsets:\n    - name: v1\n    - name: v2\n    - name: v1\n`,
    ['XDS-MANIFEST-DUPLICATE-SUBSET 9:7'],
    /Rename/,
  ],
  [
    'a subset misspelt',
    `${VS}${ROUTE}        - destination:\n            host: a\n            subst: v1\n`,
    ['XDS-MANIFEST-UNKNOWN-FIELD 10:13'],
    /Did you mean `subset`\?/,
  ],
  [
    'a negative weight',
    `${VS}${ROUTE}        - destination: {host: a}\n          weight: 110\n        - destination: {host: b}\n          weight: -10\n`,
    ['XDS-MANIFEST-WEIGHT 11:11'],
    /Use 0/,
  ],
  [
    'weights of nothing',
    `${VS}${ROUTE}        - destination: {host: a}\n        - destination: {host: b}\n`,
    ['XDS-MANIFEST-WEIGHT 7:7'],
    /gets 0/,
  ],
  ['a route to nowhere', `${VS}  http:\n    - name: x\n`, ['XDS-MANIFEST-MISSING 6:7'], /delegate/],
  ['the same object twice', `${DR}  host: a\n---\n${DR}  host: b\n`, ['XDS-MANIFEST-DUPLICATE 7:1'], /Remove one/],
];

test.each(CASES)('%s', (_name, text, expected, hint) => {
  const errors = errorsIn(text);
  expect(places(errors)).toEqual(expected);
  expect(errors[0].hint).toMatch(hint);
  const { position, excerpt } = errors[0];
  expect(excerpt).toBe(text.split('\n')[(position?.line ?? 0) - 1]);
});

test('every error of every file is told, in the order of the files', () => {
  const first = `${VS}${ROUTE}        - destination: {hots: a}\n          weight: x\n---\nkind: 1\n---\na: [\n---\n${DR}  host: 5\n`;
  const result = parseManifests([
    { path: 'one.yaml', text: first },
    { path: 'two.yaml', text: 'kind: Service\n' },
  ]);
  const found = result.ok
    ? []
    : result.errors.map(({ code, position }) => `${position?.file} ${code} ${position?.line}`);
  expect(found).toEqual([
    'one.yaml XDS-MANIFEST-MISSING 8',
    'one.yaml XDS-MANIFEST-UNKNOWN-FIELD 8',
    'one.yaml XDS-MANIFEST-TYPE 9',
    'one.yaml XDS-MANIFEST-MISSING 11',
    'one.yaml XDS-MANIFEST-TYPE 11',
    'one.yaml XDS-MANIFEST-MISSING 11',
    'one.yaml XDS-YAML-SYNTAX 14',
    'one.yaml XDS-MANIFEST-TYPE 19',
    'two.yaml XDS-MANIFEST-MISSING 1',
    'two.yaml XDS-MANIFEST-MISSING 1',
  ]);
});

test('a duplicate names both places, also across files', () => {
  const text = `${DR}  host: a\n`;
  const result = parseManifests([
    { path: 'one.yaml', text: `---\n${text}` },
    { path: 'two.yaml', text },
  ]);
  expect(result).toMatchObject({
    errors: [
      {
        message: 'DestinationRule/default/a is given twice; the first is at one.yaml:2:1',
        position: { file: 'two.yaml', line: 1 },
      },
    ],
  });
});

test('without any file the error has no place', () => {
  expect(parseManifests([])).toMatchObject({ ok: false, errors: [{ code: 'XDS-MANIFEST-EMPTY' }] });
});

test('a byte order mark and Windows line ends do not shift columns', () => {
  expect(places(errorsIn(`\uFEFF${DR}  host: a\n  subset: []\n`.replaceAll('\n', '\r\n')))).toEqual([
    'XDS-MANIFEST-UNKNOWN-FIELD 6:3',
  ]);
});

test('nesting without end is an error, not a crash', () => {
  expect(errorsIn('['.repeat(50_000)).map(({ code }) => code)).toContain('XDS-YAML-SYNTAX');
});

test('aliases that multiply are an error, not a full memory', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let at = 1; at < 9; at++)
    lines.push(
      `a${at}: &a${at} [${Array(10)
        .fill(`*a${at - 1}`)
        .join(', ')}]`,
    );
  expect(errorsIn(lines.join('\n')).map(({ code }) => code)).toEqual(['XDS-YAML-SYNTAX']);
});
