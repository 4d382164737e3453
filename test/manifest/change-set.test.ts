import { expect, test } from 'vitest';
import { changesBetween } from '../../packages/sim-core/src/manifest/change-set.js';
import { deployment, destinationRule, manifests, object, together, virtualService } from './support.js';

const ISTIO = 'networking.istio.io/v1';
const HOST = 'reviews.shop.svc.cluster.local';
const OLD = together(destinationRule({ v1: 'v1' }), virtualService([{ subset: 'v1' }]));

function change(before: string, after: string) {
  const set = changesBetween(manifests(before, 'before.yaml'), manifests(after, 'after.yaml'));
  return {
    ...set,
    summary: set.changes.map(({ action, key, details }) => `${action} ${key}: ${details.join('; ')}`),
    codes: set.warnings.map(({ code, position }) => `${code} ${position?.file}:${position?.line}`),
  };
}

test('the canonical canary: a subset added, and the route moved', () => {
  const after = together(destinationRule({ v1: 'v1', v2: 'v2' }), virtualService([{ subset: 'v2' }]));
  const found = change(OLD, after);
  expect(found.summary).toEqual([
    'update DestinationRule/shop/reviews: subset v2 added',
    'update VirtualService/shop/reviews: http[0] v1 → v2',
  ]);
  expect(found.hosts).toEqual([HOST]);
  expect(found.codes).toEqual([]);
  expect(found.changes[1].position).toEqual({ file: 'after.yaml', line: 3, column: 1 });
});

test('nothing changed: order of keys, nulls, status, API version and foreign metadata', () => {
  const rule = JSON.parse(destinationRule({ v1: 'v1' }));
  const { host, subsets } = rule.spec;
  const same = {
    ...{ kind: rule.kind, apiVersion: 'networking.istio.io/v1beta1', status: { observedGeneration: '1' } },
    metadata: { ...rule.metadata, annotations: { 'argocd.argoproj.io/x': '1' } },
    spec: { trafficPolicy: null, subsets, host },
  };
  expect(change(OLD, together(JSON.stringify(same), virtualService([{ subset: 'v1' }])))).toMatchObject({
    summary: [],
    hosts: [],
    warnings: [],
  });
});

test('metadata with istio.io in a key is pushed though the spec is the same', () => {
  const of = (annotations: Record<string, string>) =>
    object(ISTIO, 'DestinationRule', 'a', { annotations, spec: { host: 'a' } });
  const detail = 'metadata only, pushed all the same because of sidecar.istio.io/x';
  expect(change(of({}), of({ 'sidecar.istio.io/x': '1' })).summary).toEqual([
    `update DestinationRule/shop/a: ${detail}`,
  ]);
  const noted = { 'sidecar.istio.io/x': '1' };
  expect(change(of(noted), of({ ...noted, note: '2' })).summary).toEqual([`update DestinationRule/shop/a: ${detail}`]);
  expect(change(of({}), of({ note: '1' })).summary).toEqual([]);
});

test('creation and deletion', () => {
  const one = manifests(OLD);
  const none = manifests(object('v1', 'ConfigMap', 'x'));
  const created = changesBetween(none, one);
  expect(created.changes.map(({ action, details }) => [action, details])).toEqual([
    ['create', ['subset v1 added']],
    ['create', ['http[0] added']],
  ]);
  const deleted = changesBetween(one, none);
  expect(deleted.changes.map(({ action, details }) => [action, details])).toEqual([
    ['delete', ['subset v1 removed']],
    ['delete', ['http[0] removed']],
  ]);
  expect(deleted.hosts).toEqual([HOST]);
});

test.each<[string, string, string, string[]]>([
  [
    'weights',
    virtualService([{ subset: 'v1' }]),
    virtualService([
      { subset: 'v1', weight: 90 },
      { subset: 'v2', weight: 10 },
    ]),
    ['http[0] weights v1 100 → v1 90 / v2 10'],
  ],
  [
    'another host',
    virtualService([{ host: 'a', subset: 'v1' }]),
    virtualService([{ host: 'b' }]),
    ['http[0] a.shop.svc.cluster.local/v1 → b.shop.svc.cluster.local'],
  ],
  [
    'routes that come, go and carry more',
    virtualService([], {
      http: [
        { name: 'x', route: [{ destination: { host: 'a' } }], timeout: '1s' },
        { name: 'y', route: [{ destination: { host: 'a' } }] },
      ],
    }),
    virtualService([], {
      hosts: ['b'],
      gateways: ['edge'],
      exportTo: ['*'],
      http: [
        { name: 'new', route: [{ destination: { host: 'a' } }] },
        { name: 'x', route: [{ destination: { host: 'a' } }], timeout: '2s', retries: { attempts: 0 } },
      ],
    }),
    [
      'hosts reviews.shop.svc.cluster.local → b.shop.svc.cluster.local',
      'gateways mesh → shop/edge',
      'http[1] changed: timeout, retries.attempts',
      'http[0] added',
      'http[1] removed',
      'changed: exportTo',
    ],
  ],
  [
    'routes reordered',
    virtualService([], { http: ['x', 'y'].map((name) => ({ name, redirect: {} })) }),
    virtualService([], { http: ['y', 'x'].map((name) => ({ name, redirect: {} })) }),
    ['http routes reordered'],
  ],
  [
    'a match',
    virtualService([], { http: [{ match: [{ uri: { prefix: '/a' } }], redirect: {} }] }),
    virtualService([], { http: [{ match: [{ uri: { prefix: '/b' } }], redirect: {} }] }),
    ['http[0] changed: match[0].uri.prefix'],
  ],
  [
    'subsets and policy',
    destinationRule({ v1: 'v1', v2: 'v2' }),
    destinationRule(
      { v1: 'v9', v3: 'v3' },
      { trafficPolicy: { connectionPool: { http: { http1MaxPendingRequests: 1 } } }, workloadSelector: {} },
    ),
    [
      'subset v1 labels version=v1 → version=v9',
      'subset v3 added',
      'subset v2 removed',
      'trafficPolicy changed: connectionPool.http.http1MaxPendingRequests',
      'changed: workloadSelector',
    ],
  ],
  [
    'subsets reordered',
    destinationRule({ v1: 'v1', v2: 'v2' }),
    destinationRule({ v2: 'v2', v1: 'v1' }),
    ['subsets reordered'],
  ],
  [
    'a Deployment',
    deployment('d', { app: 'a', version: 'v1' }, 2),
    deployment('d', { app: 'a', version: 'v2' }, 3),
    ['replicas 2 → 3', 'pod labels app=a,version=v1 → app=a,version=v2'],
  ],
  [
    'a Service',
    object('v1', 'Service', 's', { labels: { a: '1' }, spec: { selector: { app: 'a' } } }),
    object('v1', 'Service', 's', { labels: { a: '2' }, spec: { selector: { app: 'b' } } }),
    ['labels a=1 → a=2', 'changed: spec.selector.app'],
  ],
  [
    'an endpoint that becomes ready',
    object('v1', 'Pod', 'p', { status: { conditions: [{ type: 'Ready', status: 'False' }] } }),
    object('v1', 'Pod', 'p', { status: { conditions: [{ type: 'Ready', status: 'True' }] } }),
    ['ready endpoints 0 → 1'],
  ],
])('details of %s', (_name, before, after, details) => {
  expect(change(before, after).changes.map((found) => found.details)).toEqual([details]);
});

test('a workload that changes concerns the hosts of its services, whether routed or not', () => {
  const service = object('v1', 'Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } });
  const [before, after] = ['v1', 'v2'].map((version) =>
    manifests(together(service, deployment('web', { app: 'web', version }))),
  );
  expect(changesBetween(before, after).hosts).toEqual(['web.shop.svc.cluster.local']);
});
