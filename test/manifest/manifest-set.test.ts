import { expect, test } from 'vitest';
import { deployment, manifests, object, together, virtualService } from './support.js';

const ISTIO = 'networking.istio.io/v1beta1';

test('short names belong to the namespace of the rule, all others stay', () => {
  const set = manifests(
    together(
      virtualService([{ host: 'ratings' }, { host: 'a.b', weight: 1 }], {
        hosts: ['reviews', '*', '*.com', 'a.b', 'fd00::1'],
        gateways: ['edge', './edge', 'istio-system/edge', 'edge.infra.svc.cluster.local', 'mesh'],
      }),
      object(ISTIO, 'DestinationRule', 'r', { spec: { host: 'reviews' } }),
    ),
  );
  const [vs] = set.virtualServices;
  expect(vs.hosts).toEqual(['reviews.shop.svc.cluster.local', '*', '*.com', 'a.b', 'fd00::1']);
  expect(vs.gateways).toEqual(['shop/edge', 'shop/edge', 'istio-system/edge', 'infra/edge', 'mesh']);
  expect(vs.http[0].destinations.map(({ host }) => host)).toEqual(['ratings.shop.svc.cluster.local', 'a.b']);
  expect(set.destinationRules[0].host).toBe('reviews.shop.svc.cluster.local');
});

test.each([
  [[{}], [100]],
  [[{ weight: 0 }], [100]],
  [[{ weight: 7 }], [7]],
  [
    [{ subset: 'a', weight: 90 }, { subset: 'b' }],
    [90, 0],
  ],
])('weights of %j are %j', (routes, weights) => {
  const [vs] = manifests(virtualService(routes)).virtualServices;
  expect(vs.http[0].destinations.map(({ weight }) => weight)).toEqual(weights);
});

test('a route in full', () => {
  const set = manifests(`
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: a, annotations: {note: x}}
spec:
  hosts: [a]
  http:
    - name: all
      match:
        - uri: {prefix: /x}
          ignoreUriCase: true
          headers: {h: {}}
          gateways: [edge]
          port: 80
      route:
        - destination: {host: a, subset: v1, port: {number: 8080}}
      retries: {attempts: 3, retryOn: "5xx, reset,503"}
      rewrite: {uri: /y}
    - redirect: {uri: /z}
    - directResponse: {status: 404}
      retries: {attempts: 0}
    - delegate: {name: other}
`);
  const [vs] = set.virtualServices;
  expect(vs.meta).toMatchObject({ key: 'VirtualService/default/a', annotations: { note: 'x' } });
  expect(vs.gateways).toEqual(['mesh']);
  expect(vs.http).toMatchObject([
    {
      name: 'all',
      matches: [
        { uri: { prefix: '/x' }, ignoreUriCase: true, headers: { h: {} }, gateways: ['default/edge'], port: 80 },
      ],
      destinations: [{ subset: 'v1', port: 8080, weight: 100, position: { file: 'a.yaml', line: 16, column: 11 } }],
      retries: { attempts: 3, retryOn: ['5xx', 'reset', '503'] },
      rewrite: { uri: '/y' },
      delegate: undefined,
      position: { line: 8, column: 7 },
    },
    { redirect: { code: 301 }, retries: undefined, matches: [] },
    { directResponse: { status: 404 }, retries: { attempts: 0, retryOn: undefined } },
    { delegate: { namespace: 'default', name: 'other' } },
  ]);
  expect(vs.meta.positionOf(['spec', 'http', 0, 'retries', 'retryOn'])).toMatchObject({ line: 17, column: 30 });
  expect(vs.meta.positionOf(['spec', 'nothing'])).toEqual(vs.meta.position);
});

test('all documents, lists, JSON with tabs, anchors and merge keys', () => {
  const list = { apiVersion: 'v1', kind: 'List', items: [JSON.parse(object('v1', 'Service', 's', { spec: {} }))] };
  expect(manifests(JSON.stringify(list, null, '\t')).services.map(({ meta }) => meta.position)).toEqual([
    { file: 'a.yaml', line: 5, column: 3 },
  ]);
  const set = manifests(`---
---
# a comment only
---
apiVersion: networking.istio.io/v1
kind: DestinationRuleList
items:
  - metadata: {name: a}
    spec: &spec
      host: a
      subsets: &subsets
        - &v1 {name: v1, labels: {version: v1}}
        - <<: *v1
          name: v2
  - metadata: {name: b}
    spec:
      <<: *spec
      host: b
...
`);
  expect(set.destinationRules.map(({ host, subsets }) => [host, subsets.map(({ name }) => name)])).toEqual([
    ['a.default.svc.cluster.local', ['v1', 'v2']],
    ['b.default.svc.cluster.local', ['v1', 'v2']],
  ]);
  expect(set.destinationRules[1].subsets[1].position).toMatchObject({ line: 13, column: 11 });
  expect(set.destinationRules[1].subsets[1].labels).toEqual({ version: 'v1' });
});

test('scalars are read as kubectl reads them', () => {
  const set = manifests(`
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: a}
spec:
  host: a
  subsets:
    - name: v1
      labels: {date: 2026-01-01, time: 12:30:45}
      trafficPolicy:
  trafficPolicy: {connectionPool: {tcp: {maxConnections: 010}, http: {useClientProtocol: yes}}}
`);
  expect(set.destinationRules[0].subsets[0]).toMatchObject({
    labels: { date: '2026-01-01', time: '12:30:45' },
    trafficPolicy: undefined,
  });
  expect(set.destinationRules[0].trafficPolicy).toEqual({
    connectionPool: { tcp: { maxConnections: 8 }, http: { useClientProtocol: true } },
  });
});

test('endpoints of every kind of workload', () => {
  const set = manifests(
    together(
      deployment('web', { app: 'web' }, 2),
      object('apps/v1', 'StatefulSet', 'db', { spec: { template: { metadata: { labels: { app: 'db' } } } } }),
      object('apps/v1', 'Deployment', 'half', { spec: { replicas: 3 }, status: { replicas: 3, readyReplicas: 1 } }),
      object('apps/v1', 'Deployment', 'none', { spec: { replicas: 1 }, status: { replicas: 1 } }),
      object('v1', 'Pod', 'p', { labels: { app: 'p' } }),
      object('v1', 'Pod', 'q', { status: { podIP: '10.0.0.9', conditions: [{ type: 'Ready', status: 'False' }] } }),
      object(ISTIO, 'WorkloadEntry', 'vm', {
        labels: { app: 'vm', version: 'meta' },
        spec: { address: '10.1.1.1', labels: { version: 'spec', zone: 'a' } },
      }),
      object('discovery.k8s.io/v1', 'EndpointSlice', 'web-x', {
        labels: { 'kubernetes.io/service-name': 'web' },
        endpoints: [
          { addresses: ['10.0.0.1'], targetRef: { kind: 'Pod', name: 'p' } },
          { addresses: ['10.0.0.2'], conditions: { ready: false } },
        ],
      }),
    ),
  );
  const brief = set.workloads.flatMap(({ endpoints }) =>
    endpoints.map(({ id, ready, address, labels }) => [id, ready, address, labels]),
  );
  expect(brief).toEqual([
    ['Deployment/shop/web#0', true, '', { app: 'web' }],
    ['Deployment/shop/web#1', true, '', { app: 'web' }],
    ['StatefulSet/shop/db#0', true, '', { app: 'db' }],
    ['Deployment/shop/half#0', true, '', {}],
    ['Deployment/shop/half#1', false, '', {}],
    ['Deployment/shop/half#2', false, '', {}],
    ['Deployment/shop/none#0', false, '', {}],
    ['Pod/shop/p', true, '', { app: 'p' }],
    ['Pod/shop/q', false, '10.0.0.9', {}],
    ['WorkloadEntry/shop/vm', true, '10.1.1.1', { app: 'vm', version: 'meta', zone: 'a' }],
    ['Pod/shop/p', true, '10.0.0.1', {}],
    ['EndpointSlice/shop/web-x#10.0.0.2', false, '10.0.0.2', {}],
  ]);
});

test('services, their ports and how they find their endpoints', () => {
  const ports = [
    { name: 'http-web', port: 80 },
    { port: 81, appProtocol: 'grpc' },
    { name: 'x', port: 82 },
  ];
  const set = manifests(
    together(
      object('v1', 'Service', 'web', { spec: { ports, selector: { app: 'web' } } }),
      object('v1', 'Service', 'headless', { spec: { clusterIP: 'None', selector: {} } }),
      object('v1', 'Service', 'far', { spec: { type: 'ExternalName', externalName: 'x.com' } }),
      object(ISTIO, 'ServiceEntry', 'se', {
        spec: {
          hosts: ['a.com', '*.b.com'],
          ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
          resolution: 'STATIC',
          endpoints: [{ address: '1.1.1.1', labels: { version: 'a' } }, { address: '1.1.1.1' }],
        },
      }),
      object(ISTIO, 'Gateway', 'edge', {
        spec: {
          selector: { a: 'b' },
          servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
        },
      }),
    ),
  );
  expect(set.services[0]).toMatchObject({
    hosts: ['web.shop.svc.cluster.local'],
    resolution: 'EDS',
    selector: { app: 'web' },
    ports: [
      { name: 'http-web', number: 80, protocol: 'HTTP' },
      { name: '', number: 81, protocol: 'GRPC' },
      { name: 'x', number: 82, protocol: 'AUTO' },
    ],
  });
  expect(set.services[1]).toMatchObject({ resolution: 'NONE', selector: undefined });
  expect(set.services[2].resolution).toBe('DNS');
  expect(set.services[3]).toMatchObject({ hosts: ['a.com', '*.b.com'], resolution: 'STATIC' });
  expect(set.services[3].endpoints.map(({ id }) => id)).toEqual([
    'ServiceEntry/shop/se#1.1.1.1',
    'ServiceEntry/shop/se#1.1.1.1#2',
  ]);
  expect(set.gateways[0].servers).toEqual([
    { port: 80, portName: 'http', protocol: 'HTTP', hosts: ['*'], bind: undefined },
  ]);
});

test('other kinds are kept, and told once', () => {
  const set = manifests(
    together(
      object('v1', 'ConfigMap', 'a'),
      object('v1', 'ConfigMap', 'b'),
      object('gateway.networking.k8s.io/v1', 'Gateway', 'edge'),
      object(ISTIO, 'Gateway', 'edge', { spec: {} }),
    ),
  );
  expect(set.others.map(({ key }) => key)).toEqual([
    'ConfigMap/shop/a',
    'ConfigMap/shop/b',
    'Gateway.gateway.networking.k8s.io/shop/edge',
  ]);
  expect(set.warnings).toEqual([
    {
      code: 'XDS-MANIFEST-NOT-INTERPRETED',
      message: 'not simulated, and only watched for changes: ConfigMap (2), Gateway',
      position: { file: 'a.yaml', line: 1, column: 1 },
    },
  ]);
});
