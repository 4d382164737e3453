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
    codes: set.warnings.map(({ code, position }) => `${code} ${position?.file}:${position?.line}`),
  };
}

test('subsets that mislead: undefined, empty, and relabelled', () => {
  const service = object('v1', 'Service', 'reviews', { spec: { selector: { app: 'reviews' } } });
  const pods = deployment('reviews', { app: 'reviews', version: 'v1' });
  const before = together(service, pods, OLD);
  const after = together(
    service,
    pods,
    destinationRule({ v1: 'v2' }),
    virtualService([
      { subset: 'v1', weight: 1 },
      { subset: 'v2', weight: 1 },
      { subset: 'v3', weight: 0 },
    ]),
  );
  expect(change(before, after).codes).toEqual([
    'XDS-SUBSET-RELABELLED after.yaml:5',
    'XDS-SUBSET-UNDEFINED after.yaml:7',
    'XDS-SUBSET-EMPTY after.yaml:5',
  ]);
  // Where the manifests tell nothing of the workloads, nothing is said of empty subsets.
  expect(change(OLD, destinationRule({ v1: 'v1', v2: 'v2' })).codes).toEqual([]);
  const slice = object('discovery.k8s.io/v1', 'EndpointSlice', 'x', {
    labels: { 'kubernetes.io/service-name': 'reviews' },
    endpoints: [{ addresses: ['1.1.1.1'] }],
  });
  expect(change(OLD, together(service, slice, OLD)).codes).toEqual(['XDS-ENDPOINT-LABELS-UNKNOWN after.yaml:5']);
});

const MOVED = { http: [{ route: [{ destination: { host: 'reviews', subset: 'v2' } }] }] };
const RULE = destinationRule({ v1: 'v1', v2: 'v2' });
const BASE = together(RULE, virtualService([{ subset: 'v1' }]));
const GATEWAY_API = 'gateway.networking.k8s.io/v1';

const UNMODELLED: readonly [after: string, codes: string[]][] = [
  [virtualService([], { ...MOVED, exportTo: ['.'] }), ['EXPORT-TO']],
  [
    virtualService([], {
      ...MOVED,
      tcp: [{ match: [{ sourceLabels: { app: 'a' } }], route: [{ destination: { host: 'db' } }] }],
    }),
    ['SOURCE-LABELS'],
  ],
  [virtualService([], { ...MOVED, tcp: [{ route: [{ destination: { host: 'db' } }] }] }), []],
  [virtualService([], { ...MOVED, hosts: [] }), ['DELEGATE']],
  [
    together(
      virtualService([], { http: [{ delegate: { name: 'd' } }] }),
      object(ISTIO, 'VirtualService', 'd', { spec: MOVED }),
    ),
    [],
  ],
  [
    virtualService([], { http: [{ ...MOVED.http[0], mirror: { host: 'x' }, fault: { abort: { httpStatus: 500 } } }] }),
    ['MIRROR', 'FAULT'],
  ],
  // What the change creates is younger than what is there.
  [
    together(
      virtualService([], MOVED),
      object(ISTIO, 'VirtualService', 'more', { spec: { hosts: ['reviews'], http: MOVED.http } }),
      object(ISTIO, 'VirtualService', 'most', { spec: { hosts: ['reviews'], http: MOVED.http } }),
    ),
    [],
  ],
  // What is created is younger than what is there.
  [
    together(
      virtualService([], MOVED),
      object(ISTIO, 'VirtualService', 'more', { spec: { hosts: ['reviews'], http: MOVED.http } }),
    ),
    [],
  ],
  [together(virtualService([], MOVED), object(ISTIO, 'DestinationRule', 'wild', { spec: { host: '*.local' } })), []],
  [
    together(
      virtualService([], MOVED),
      object(ISTIO, 'DestinationRule', 'near', {
        spec: { host: 'reviews', trafficPolicy: { loadBalancer: { zoneAwareLbSetting: { enabled: true } } } },
      }),
    ),
    ['LOCALITY'],
  ],
  [
    together(
      virtualService([], MOVED),
      object(ISTIO, 'Sidecar', 's', { spec: { workloadSelector: { labels: { app: 'x' } } } }),
      object(ISTIO, 'Sidecar', 'default', { spec: { egress: [{ hosts: ['./*'] }] } }),
    ),
    ['SIDECAR'],
  ],
  [together(virtualService([], MOVED), object(`${ISTIO}alpha3`, 'EnvoyFilter', 's')), ['ENVOY-FILTER', 'CHANGE']],
  [together(virtualService([], MOVED), object(GATEWAY_API, 'HTTPRoute', 's')), ['HTTP-ROUTE', 'CHANGE']],
  [
    together(
      virtualService([], MOVED),
      object(GATEWAY_API, 'Gateway', 's', { spec: { gatewayClassName: 'istio-waypoint' } }),
    ),
    ['WAYPOINT', 'CHANGE'],
  ],
  [
    together(virtualService([], MOVED), object('v1', 'Service', 'reviews', { spec: { clusterIP: 'None' } })),
    ['HEADLESS'],
  ],
  [
    together(
      virtualService([], MOVED),
      object(ISTIO, 'ServiceEntry', 's', { spec: { hosts: [HOST], resolution: 'DNS' } }),
    ),
    ['DNS'],
  ],
  [together(virtualService([], MOVED), object('v1', 'ConfigMap', 's')), ['CHANGE']],
];

test.each(UNMODELLED.map(([after, codes]) => ({ after, codes })))('not modelled: $codes', ({ after, codes }) => {
  const found = change(BASE, together(RULE, after)).warnings.map(({ code }) => code);
  expect(found).toEqual(codes.map((code) => `XDS-UNMODELLED-${code}`));
});

test('a Service that changes is taken as it will be, which is said', () => {
  const service = (port: number) => object('v1', 'Service', 'reviews', { spec: { ports: [{ port }] } });
  expect(change(together(service(80), OLD), together(service(81), OLD)).codes).toEqual([
    'XDS-UNMODELLED-SERVICE after.yaml:1',
  ]);
  expect(change(OLD, together(service(80), OLD)).codes).toEqual([]);
});

test('what does not touch a changed host is not warned about', () => {
  const other = object(ISTIO, 'VirtualService', 'far', {
    spec: { hosts: ['far'], exportTo: ['.'], http: [{ delegate: { name: 'x' } }] },
  });
  expect(change(together(BASE, other), together(RULE, virtualService([], MOVED), other)).codes).toEqual([]);
});

test('of several VirtualServices for one host, manifests without timestamps do not say which is older', () => {
  const dated = (text: string, creationTimestamp: string) =>
    text.replace('"name":', `"creationTimestamp":"${creationTimestamp}","name":`);
  const two = (date: (text: string, at: number) => string) =>
    [
      virtualService([{ subset: 'v1' }]),
      object(ISTIO, 'VirtualService', 'more', { spec: { hosts: ['reviews'], ...MOVED } }),
    ].map(date);
  const codes = (date: (text: string, at: number) => string) => {
    const [first, second] = two(date);
    return change(together(RULE, first, second), together(RULE, virtualService([], MOVED), second)).warnings;
  };
  const [found] = codes((text) => text);
  expect(found.code).toBe('XDS-UNMODELLED-SEVERAL-VS');
  expect(found.message).toContain('the first by name is taken for the oldest');
  expect(codes((text, at) => dated(text, `2025-01-0${at + 1}T00:00:00Z`))).toEqual([]);
});
