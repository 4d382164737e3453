/** What holds for every plan, whatever the change: random states before and after, all strategies. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deepEqual } from '../../packages/sim-core/src/manifest/deep-equal.js';
import type { ManifestSet, RouteDestination } from '../../packages/sim-core/src/manifest/types.js';
import type { RolloutPlan, WrittenObject } from '../../packages/sim-core/src/rollout/plan.js';
import { type Case, caseOf } from './support.js';

const NUM_RUNS = Number(process.env.XDSIM_PROPERTY_RUNS ?? 200);

const VERSIONS = ['v1', 'v2', 'v3'];
const HOSTS = ['web', 'api'];

const version = fc.constantFrom(...VERSIONS);

const subsets = fc
  .uniqueArray(fc.record({ name: version, label: version }), { selector: ({ name }) => name, maxLength: 3 })
  .map((list) => list.map(({ name, label }) => ({ name, labels: { version: label } })));

const destinations = fc.uniqueArray(
  fc.record({ host: fc.constantFrom(...HOSTS), subset: fc.option(version, { nil: undefined }), weight: fc.nat(100) }),
  { selector: ({ host, subset }) => `${host}/${subset}`, minLength: 1, maxLength: 3 },
);

const httpRoute = fc
  .record({ name: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }), destinations })
  .map((route) => ({
    name: route.name,
    match: route.name === undefined ? undefined : [{ uri: { prefix: `/${route.name}` } }],
    route: route.destinations.map(({ host, subset, weight }, at) => ({
      destination: { host, subset },
      // Some weight must be left.
      weight: at === 0 ? weight + 1 : weight,
    })),
  }));

function object(kind: string, apiVersion: string, name: string, spec: object): object {
  return { apiVersion, kind, metadata: { name, namespace: 'shop' }, spec };
}

const ISTIO = 'networking.istio.io/v1';

const host = (name: string) =>
  fc
    .record(
      {
        rule: subsets,
        policy: fc.constantFrom('ROUND_ROBIN', 'RANDOM'),
        http: fc.uniqueArray(httpRoute, { minLength: 1, maxLength: 3, selector: (route) => route.name ?? '' }),
        pods: fc.dictionary(version, fc.nat(2)),
        gateway: fc.constantFrom(80, 8080),
      },
      { requiredKeys: [] },
    )
    .map(({ rule, policy = 'RANDOM', http, pods = {}, gateway }) => [
      object('Service', 'v1', name, { selector: { app: name }, ports: [{ name: 'http', port: 80 }] }),
      ...Object.entries(pods).map(([label, replicas]) => {
        const labels = { app: name, version: label };
        const template = { metadata: { labels }, spec: { containers: [] } };
        return object('Deployment', 'apps/v1', `${name}-${label}`, {
          replicas,
          selector: { matchLabels: labels },
          template,
        });
      }),
      ...(gateway === undefined
        ? []
        : [
            object('Gateway', ISTIO, name, {
              selector: { istio: 'ingressgateway' },
              servers: [{ port: { number: gateway, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
            }),
          ]),
      ...(rule === undefined
        ? []
        : [
            object('DestinationRule', ISTIO, name, {
              host: name,
              subsets: rule,
              trafficPolicy: { loadBalancer: { simple: policy } },
            }),
          ]),
      ...(http === undefined ? [] : [object('VirtualService', ISTIO, name, { hosts: [name], http })]),
    ]);

const state = fc
  .tuple(...HOSTS.map(host))
  .map((hosts) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items: hosts.flat() }));

type Placed = Exclude<WrittenObject, { type: 'Endpoint' | 'Rollout' }>;

function statesOf(plan: RolloutPlan, visit: (key: string, was: Placed | undefined, is: Placed | undefined) => void) {
  const { virtualServices, destinationRules, gateways, services } = plan.initial;
  const objects = [...virtualServices, ...destinationRules, ...gateways, ...services];
  const now = new Map<string, Placed>(objects.map((placed) => [placed.meta.key, placed]));
  const endpoints = new Set([
    ...plan.initial.endpoints.map(({ endpoint }) => endpoint.id),
    ...plan.readiness.map(({ target }) => target.endpoint.id),
  ]);
  for (const { action, key, object: written } of plan.groups.flatMap((group) => group.writes)) {
    if (written.type === 'Rollout') continue;
    if (written.type === 'Endpoint') {
      expect(endpoints.delete(written.endpoint.id)).toBe(true);
      continue;
    }
    visit(key, now.get(key), action === 'delete' ? undefined : written);
    if (action === 'delete') now.delete(key);
    else now.set(key, written);
  }
  return { now, endpoints };
}

function specsOf(objects: readonly Placed[]): Record<string, unknown> {
  return Object.fromEntries(objects.map((placed) => [placed.meta.key, placed.meta.raw.spec]));
}

function placedOf(set: ManifestSet): Placed[] {
  return [...set.virtualServices, ...set.destinationRules, ...set.gateways, ...set.services];
}

function check(property: (example: Case, plan: RolloutPlan) => void): void {
  const examples = fc.property(state, state, fc.boolean(), (before, after, isTimed) => {
    const overrides = isTimed ? [{ path: 'readiness.newVersionMs', value: '5000' }] : [];
    const example = caseOf(before, after, overrides);
    for (const plan of example.plans.values()) property(example, plan);
  });
  fc.assert(examples, { numRuns: NUM_RUNS });
}

it('every strategy ends in the state of after', () => {
  check(({ after }, plan) => {
    const { now } = statesOf(plan, () => {});
    expect(specsOf([...now.values()])).toEqual(specsOf(placedOf(after)));
  });
});

it('no write is a no-op', () => {
  check((_, plan) => {
    statesOf(plan, (_key, was, is) => {
      expect(was === undefined && is === undefined).toBe(false);
      expect(deepEqual(was?.meta.raw.spec, is?.meta.raw.spec)).toBe(false);
    });
  });
});

it('no write of a plan goes before the start of the rollout, and no group is empty', () => {
  check((_, { groups }) => {
    groups.forEach(({ start, writes }, at) => {
      expect(writes.length).toBeGreaterThan(0);
      if (at === 0) expect(start).toEqual({ afterPreviousMs: 0 });
    });
  });
});

it('while routes move, a staged rule has every subset of both sides', () => {
  check(({ before, after }, plan) => {
    if (['simultaneous', 'vs-first'].includes(plan.strategy)) return;
    const last = plan.groups.findIndex(({ label }) => label === 'contract');
    const groups = last < 0 ? plan.groups : plan.groups.slice(0, last);
    if (groups.every(({ label }) => label === 'expand')) return;
    const { now } = statesOf({ ...plan, groups }, () => {});
    for (const rule of [...before.destinationRules, ...after.destinationRules]) {
      const standing = now.get(rule.meta.key);
      const names = standing?.type === 'DestinationRule' ? standing.subsets.map(({ name }) => name) : [];
      expect(names).toEqual(expect.arrayContaining(rule.subsets.map(({ name }) => name)));
    }
  });
});

it('each step of a weighted rollout has its percent of the way from the weights of before to those of after', () => {
  check(({ before, after }, plan) => {
    if (plan.strategy !== 'weighted') return;
    const writes = plan.groups.filter(({ label }) => /^\d\d%$/.test(label)).flatMap((group) => group.writes);
    for (const { key, object: written, revision } of writes) {
      if (written.type !== 'VirtualService') throw new Error(`${key} in a step of weights`);
      const progress = Number(revision.slice(0, -1)) / 100;
      const [from, to] = [before, after].map((set) => set.virtualServices.find(({ meta }) => meta.key === key)?.http);
      written.http.forEach((route, at) => {
        const start = sharesOf(from?.[at].destinations);
        const partner = to?.find(({ name }) => name === route.name);
        const end = partner === undefined ? start : sharesOf(partner.destinations);
        const now = sharesOf(route.destinations);
        for (const name of new Set([...start.keys(), ...end.keys()])) {
          const meant = (1 - progress) * (start.get(name) ?? 0) + progress * (end.get(name) ?? 0);
          expect(now.get(name) ?? 0).toBeCloseTo(meant, 12);
        }
      });
    }
  });
});

function sharesOf(destinations: readonly RouteDestination[] = []): Map<string, number> {
  const sum = destinations.reduce((total, { weight }) => total + weight, 0);
  return new Map(destinations.map(({ host: name, subset, weight }) => [`${name}/${subset}`, weight / sum]));
}

it('endpoints end as in after: those of workloads that are gone are deleted, and no others', () => {
  check(({ after }, plan) => {
    const { endpoints } = statesOf(plan, () => {});
    const real = [...endpoints].filter((id) => id.startsWith('Deployment/'));
    const meant = after.workloads.flatMap((workload) => workload.endpoints.map(({ id }) => id));
    expect(meant).toEqual(expect.arrayContaining(real));
  });
});
