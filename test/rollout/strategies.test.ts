/** What each strategy makes of a change, as the list of its writes. */
import { describe, expect, it } from 'vitest';
import { planHorizonMs } from '../../packages/sim-core/src/rollout/plan-horizon.js';
import { STRATEGIES } from '../../packages/sim-core/src/rollout/registry.js';
import { caseOf, errorLine, planLines } from './support.js';

const rule = (subsets: Record<string, string>, name = 'web', policy = '') => `
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ${name}, namespace: shop}
spec:
  host: ${name}
${policy}  subsets:
${Object.entries(subsets)
  .map(([subset, version]) => `    - {name: ${subset}, labels: {version: ${version}}}`)
  .join('\n')}
`;

const routes = (...http: string[]) => `
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
${http.join('')}`;

const route = (subset: string, weight = 100) => `
    - route:
        - {destination: {host: web, subset: ${subset}}, weight: ${weight}}`;

const gateway = `
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
`;

const external = `
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: partner, namespace: shop}
spec:
  hosts: [partner.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
`;

const service = `
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
`;

const pods = (version: string, replicas: number, name = version) => `
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-${name}, namespace: shop}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web, version: ${version}}}
  template: {metadata: {labels: {app: web, version: ${version}}}, spec: {containers: []}}
`;

it('are listed in a fixed order', () => {
  expect(STRATEGIES.map(({ name }) => name)).toEqual([
    'simultaneous',
    'vs-first',
    'dr-first',
    'weighted',
    'readiness-gated',
    'policy-mixed',
    'policy-separated',
    'permissive-bridge',
  ]);
});

describe('only a VirtualService changes', () => {
  const { plans } = caseOf(
    rule({ v1: 'v1', v2: 'v2' }) + routes(route('v1')),
    rule({ v1: 'v1', v2: 'v2' }) + routes(route('v2')),
  );
  const write = '  apply after VirtualService/shop/web [v2:100]';
  it.each([
    ['simultaneous', '+0 ms apply in random order'],
    ['vs-first', '+0 ms virtual services'],
    ['dr-first', '+0 ms switch'],
    [
      'readiness-gated',
      '+0 ms switch, when ready: web.shop.svc.cluster.local {"version":"v2"} (every 1000 ms, 300000 ms)',
    ],
  ])('%s', (name, group) => {
    expect(planLines(plans.get(name))).toEqual([group, write]);
  });
});

describe('only a DestinationRule changes', () => {
  const { plans } = caseOf(
    rule({ v1: 'v1', old: 'v0' }) + routes(route('v1')),
    rule({ v1: 'v1', next: 'v2' }) + routes(route('v1')),
  );
  const expand = '  apply expanded DestinationRule/shop/web [v1 next old]';
  const contract = '  apply after DestinationRule/shop/web [v1 next]';
  it.each([
    ['simultaneous', ['+0 ms apply in random order', contract]],
    ['vs-first', ['+0 ms destination rules', contract]],
    ['dr-first', ['+0 ms expand', expand, '+2000 ms contract', contract]],
    ['weighted', ['+0 ms expand', expand, '+2000 ms contract', contract]],
    ['readiness-gated', ['+0 ms expand', expand, '+2000 ms contract', contract]],
  ])('%s', (name, lines) => {
    expect(planLines(plans.get(name))).toEqual(lines);
  });
});

describe('a host is taken into use and another is given up', () => {
  const before = rule({ v1: 'v1' }) + routes(route('v1')) + service + pods('v1', 1);
  const after = gateway + external + rule({ p: 'p' }, 'api');
  const { plans } = caseOf(before, after);
  const created = [
    '  apply after Gateway/shop/public',
    '  apply after ServiceEntry/shop/partner',
    '  apply after DestinationRule/shop/api [p]',
  ];
  const deleted = [
    '  delete VirtualService/shop/web [v1:100]',
    '  delete DestinationRule/shop/web [v1]',
    '  delete Service/shop/web',
    '  delete Endpoint/shop/Deployment/shop/web-v1#0',
  ];
  it('dr-first deletes in the last step, endpoints last', () => {
    const steps = ['+0 ms expand', ...created, '+2000 ms contract', ...deleted];
    expect(planLines(plans.get('dr-first'))).toEqual(steps);
  });
  it('simultaneous has the deletions in its one group', () => {
    expect(planLines(plans.get('simultaneous'))).toEqual(['+0 ms apply in random order', ...created, ...deleted]);
  });
  it('vs-first deletes VirtualServices before it writes rules', () => {
    const [first, ...rest] = deleted;
    expect(planLines(plans.get('vs-first'))).toEqual(['+0 ms destination rules', first, ...created, ...rest]);
  });
  it('the endpoints of the deleted Deployment stand until then', () => {
    const ids = plans.get('dr-first')?.initial.endpoints.map(({ endpoint }) => endpoint.id);
    expect(ids).toContain('Deployment/shop/web-v1#0');
  });
});

describe('expansion', () => {
  it('takes the trafficPolicy of after, so that contraction only takes subsets away', () => {
    const policy = '  trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}\n';
    const { plans } = caseOf(
      rule({ v1: 'v1' }) + routes(route('v1')),
      rule({ v2: 'v2' }, 'web', policy) + routes(route('v2')),
    );
    const [expand] = plans.get('dr-first')?.groups ?? [];
    const [{ object }] = expand.writes;
    expect(object).toMatchObject({
      trafficPolicy: { loadBalancer: { simple: 'ROUND_ROBIN' } },
      meta: { raw: { spec: { subsets: [{ name: 'v2' }, { name: 'v1' }] } } },
    });
  });
  it('has no union for a subset whose labels change, and says so', () => {
    const { plans } = caseOf(rule({ v1: 'v1' }) + routes(route('v1')), rule({ v1: 'v1-1' }) + routes(route('v1')));
    const plan = plans.get('dr-first');
    expect(planLines(plan)).toEqual(['+0 ms expand', '  apply after DestinationRule/shop/web [v1]']);
    expect(plan?.warnings?.map(errorLine)).toContain(
      'after.yaml:9:7 XDS-NO-UNION subset v1 of web.shop.svc.cluster.local changes its labels (version=v1 → version=v1-1): one name cannot select both, so the expansion already selects as after does',
    );
    expect(plans.get('simultaneous')?.warnings?.map(({ code }) => code)).toEqual(['XDS-ENDPOINTS-ASSUMED']);
  });
  it('writes a rule that is only reordered once', () => {
    const { plans } = caseOf(
      rule({ a: 'a', b: 'b' }) + routes(route('a')),
      rule({ b: 'b', a: 'a' }) + routes(route('a')),
    );
    expect(planLines(plans.get('dr-first'))).toEqual(['+0 ms expand', '  apply after DestinationRule/shop/web [b a]']);
  });
});

describe('weighted', () => {
  it('moves routes of the same match together and leaves the others until the last step', () => {
    const tail = `
    - name: legacy
      match: [{uri: {prefix: /old}}]
      redirect: {uri: /}`;
    const http = (first: string, rest: string) => routes(`${first}${rest}`);
    const header = (subset: string) => `
    - match: [{headers: {x-canary: {exact: "1"}}}]
      route: [{destination: {host: web, subset: ${subset}}}]`;
    const { plans } = caseOf(
      rule({ v1: 'v1', v2: 'v2' }) + http(route('v1'), ''),
      rule({ v1: 'v1', v2: 'v2' }) + http(header('v2'), route('v2') + tail),
      [{ path: 'strategies.weighted.percents', value: '[25, 100]' }],
    );
    expect(planLines(plans.get('weighted'))).toEqual([
      '+0 ms 25%',
      '  apply 25% VirtualService/shop/web [v1:75 v2:25]',
      '+30000 ms 100%',
      '  apply after VirtualService/shop/web [v2:100 | v2:100 | ]',
    ]);
  });
  it('keeps exact proportions where percents are not whole', () => {
    const thirds = `
    - route:
        - {destination: {host: web, subset: v1}, weight: 33}
        - {destination: {host: web, subset: v2}, weight: 67}`;
    const { plans } = caseOf(
      rule({ v1: 'v1', v2: 'v2' }) + routes(route('v1')),
      rule({ v1: 'v1', v2: 'v2' }) + routes(thirds),
    );
    expect(planLines(plans.get('weighted'))[1]).toBe('  apply 10% VirtualService/shop/web [v1:933 v2:67]');
  });
  it('writes a created VirtualService once', () => {
    const { plans } = caseOf(rule({ v1: 'v1' }), rule({ v1: 'v1' }) + routes(route('v1')));
    expect(planLines(plans.get('weighted'))).toEqual(['+0 ms 100%', '  apply after VirtualService/shop/web [v1:100]']);
  });
});

describe('endpoints', () => {
  const before = service + pods('v1', 2) + rule({ v1: 'v1' }) + routes(route('v1'));
  const after = service + pods('v1', 1) + pods('v2', 2) + rule({ v2: 'v2' }) + routes(route('v2'));
  const ready = { path: 'readiness.newVersionMs', value: '{uniform: [1, 5]}' };
  const idsOf = (plan = caseOf(before, after).plans.get('dr-first')) => ({
    initial: plan?.initial.endpoints.map(({ endpoint }) => endpoint.id),
    later: plan?.readiness.map(({ target }) => target.endpoint.id),
  });
  it('of changed workloads have settled', () => {
    expect(idsOf()).toEqual({
      initial: ['Deployment/shop/web-v1#0', 'Deployment/shop/web-v2#0', 'Deployment/shop/web-v2#1'],
      later: [],
    });
  });
  it('that only after has become ready later when the scenario says when', () => {
    expect(idsOf(caseOf(before, after, [ready]).plans.get('dr-first'))).toEqual({
      initial: ['Deployment/shop/web-v1#0'],
      later: ['Deployment/shop/web-v2#0', 'Deployment/shop/web-v2#1'],
    });
  });
  it('with other labels are other pods', () => {
    const relabelled = service + pods('v2', 1, 'v1') + rule({ v2: 'v2' }) + routes(route('v2'));
    const plan = caseOf(before, relabelled, [ready]).plans.get('dr-first');
    expect(idsOf(plan)).toEqual({ initial: [], later: ['Deployment/shop/web-v1#0'] });
  });
  it('are assumed by the labels of subsets where no workload is given', () => {
    const renamed = rule({ stable: 'v1', v2: 'v2' }) + routes(route('v2'));
    const plan = caseOf(rule({ v1: 'v1' }) + routes(route('v1')), renamed, [ready]).plans.get('dr-first');
    const host = 'assumed/web.shop.svc.cluster.local';
    expect(idsOf(plan)).toEqual({
      initial: [`${host}/v1#0`, `${host}/v1#1`],
      later: [`${host}/v2#0`, `${host}/v2#1`],
    });
    expect(plan?.warnings?.map(({ code }) => code)).toEqual(['XDS-ENDPOINTS-ASSUMED']);
  });
  it('are two without labels for a host without subsets', () => {
    const plain = '\n    - route: [{destination: {host: web}}]';
    const timed = '\n    - timeout: 1s\n      route: [{destination: {host: web}}]';
    const plan = caseOf(routes(plain), routes(timed)).plans.get('dr-first');
    const host = 'assumed/web.shop.svc.cluster.local';
    expect(idsOf(plan)).toEqual({ initial: [`${host}#0`, `${host}#1`], later: [] });
  });
});

describe('the horizon', () => {
  const before = rule({ v1: 'v1' }) + routes(route('v1'));
  const after = rule({ v2: 'v2' }) + routes(route('v2'));
  const horizonOf = (...overrides: { path: string; value: string }[]) => {
    const { plans, input } = caseOf(before, after, overrides);
    return planHorizonMs([...plans.values()], input.scenario.mesh.drainTimeS, input.scenario.horizonMs);
  };
  it('is 120 s after the latest write of any strategy, gates at their timeout', () => {
    expect(horizonOf()).toBe(2000 + 300_000 + 2000 + 120_000);
    expect(horizonOf({ path: 'strategies', value: '{vs-first: {gapMs: 500}}' })).toBe(120_500);
    expect(horizonOf({ path: 'strategies', value: '{weighted: {}}' })).toBe(2000 + 90_000 + 120_000);
  });
  it('waits for endpoints', () => {
    const only = { path: 'strategies', value: '{vs-first: }' };
    expect(horizonOf(only, { path: 'readiness.newVersionMs', value: '60000' })).toBe(180_000);
  });
  it('goes on for 75 s after listeners have drained', () => {
    const only = { path: 'strategies', value: '{vs-first: {gapMs: 0}}' };
    expect(horizonOf(only, { path: 'mesh.drainTimeS', value: '45' })).toBe(120_000);
    expect(horizonOf(only, { path: 'mesh.drainTimeS', value: '600' })).toBe(675_000);
  });
  it('is what the scenario says, if it does', () => {
    expect(horizonOf({ path: 'horizonMs', value: '5000' })).toBe(5000);
  });
});

describe('policies change with the release', () => {
  const policy = (text: string) => `  trafficPolicy: ${text}\n`;
  const strict = (mode: string) => `
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: ${mode}}}
`;
  const before = rule({ v1: 'v1' }, 'web', policy('{tls: {mode: DISABLE}}')) + routes(route('v1'));
  const after =
    rule({ v2: 'v2' }, 'web', policy('{tls: {mode: ISTIO_MUTUAL}}')) + routes(route('v2')) + strict('STRICT');
  const { plans } = caseOf(before, after);

  it('policy-mixed: subsets first with the old policy, then policy and routes at once', () => {
    expect(planLines(plans.get('policy-mixed'))).toMatchInlineSnapshot(`
      [
        "+0 ms expand",
        "  apply expanded DestinationRule/shop/web [v2 v1]",
        "+2000 ms switch in random order",
        "  apply after PeerAuthentication/shop/default",
        "  apply expanded DestinationRule/shop/web [v2 v1]",
        "  apply after VirtualService/shop/web [v2:100]",
        "+2000 ms contract",
        "  apply after DestinationRule/shop/web [v2]",
      ]
    `);
  });

  it('policy-separated: the policy before anything else, with the subsets as they are', () => {
    expect(planLines(plans.get('policy-separated'))).toMatchInlineSnapshot(`
      [
        "+0 ms policy",
        "  apply after PeerAuthentication/shop/default",
        "  apply policy DestinationRule/shop/web [v1]",
        "+10000 ms expand",
        "  apply expanded DestinationRule/shop/web [v2 v1]",
        "+2000 ms switch",
        "  apply after VirtualService/shop/web [v2:100]",
        "+2000 ms contract",
        "  apply after DestinationRule/shop/web [v2]",
      ]
    `);
  });

  it('permissive-bridge: servers take both until all clients have switched', () => {
    expect(planLines(plans.get('permissive-bridge'))).toMatchInlineSnapshot(`
      [
        "+0 ms permissive",
        "  apply permissive PeerAuthentication/shop/default",
        "+2000 ms expand",
        "  apply expanded DestinationRule/shop/web [v2 v1]",
        "+2000 ms switch",
        "  apply after VirtualService/shop/web [v2:100]",
        "+2000 ms servers",
        "  apply after PeerAuthentication/shop/default",
        "+2000 ms contract",
        "  apply after DestinationRule/shop/web [v2]",
      ]
    `);
  });

  it('a change of routes alone has none of the three', () => {
    const { plans: others } = caseOf(
      rule({ v1: 'v1' }) + routes(route('v1')),
      rule({ v2: 'v2' }) + routes(route('v2')),
    );
    expect([...others.keys()]).toEqual(['simultaneous', 'vs-first', 'dr-first', 'weighted', 'readiness-gated']);
  });

  it('without a PeerAuthentication there is no bridge', () => {
    const { plans: others } = caseOf(before, after.replace(strict('STRICT'), ''));
    expect(others.has('policy-mixed')).toBe(true);
    expect(others.has('permissive-bridge')).toBe(false);
  });
});
