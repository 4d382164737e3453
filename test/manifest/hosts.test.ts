import { expect, test } from 'vitest';
import {
  endpointsOfService,
  hasWorkloads,
  hostMatches,
  serviceForHost,
} from '../../packages/sim-core/src/manifest/hosts.js';
import type { ManifestSet } from '../../packages/sim-core/src/manifest/types.js';
import { deployment, manifests, object, together } from './support.js';

const ISTIO = 'networking.istio.io/v1';
const WEB = object('v1', 'Service', 'web', { spec: { selector: { app: 'web' } } });

function idsOf(set: ManifestSet, host: string): string[] {
  const service = serviceForHost(set, host);
  return service === undefined ? [] : endpointsOfService(set, service).map(({ id }) => id);
}

test.each([
  ['a.b', 'a.b', true],
  ['a.b', 'x.a.b', false],
  ['*', 'anything', true],
  ['*.b', 'a.b', true],
  ['*.b', 'x.a.b', true],
  ['*.b', 'b', false],
  ['*.b', '.b', false],
  ['*.b', '*.b', true],
])('%s covers %s: %s', (pattern, host, expected) => {
  expect(hostMatches(pattern, host)).toBe(expected);
});

test('the exact host goes before the longest suffix, a Service before a ServiceEntry', () => {
  const entry = (name: string, host: string) => object(ISTIO, 'ServiceEntry', name, { spec: { hosts: [host] } });
  const set = manifests(
    together(
      entry('all', '*.com'),
      entry('same', 'web.shop.svc.cluster.local'),
      entry('long', '*.b.com'),
      entry('exact', 'a.b.com'),
      WEB,
    ),
  );
  const found = ['a.b.com', 'x.b.com', 'y.com', 'z.org', 'web.shop.svc.cluster.local'].map(
    (host) => serviceForHost(set, host)?.meta.key,
  );
  expect(found).toEqual([
    'ServiceEntry/shop/exact',
    'ServiceEntry/shop/long',
    'ServiceEntry/shop/all',
    undefined,
    'Service/shop/web',
  ]);
});

test('a Service selects workloads of its namespace, and a pod not beside its owner', () => {
  const pod = (name: string, kind: string, owner: string) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'shop', labels: { app: 'web' }, ownerReferences: [{ kind, name: owner }] },
    });
  const set = manifests(
    together(
      WEB,
      deployment('web-v1', { app: 'web', version: 'v1' }, 2),
      deployment('other', { app: 'other' }),
      deployment('web-v2', { app: 'web' }).replace('"shop"', '"elsewhere"'),
      pod('web-v1-5d-x', 'ReplicaSet', 'web-v1-5d'),
      pod('lone', 'ReplicaSet', 'gone-5d'),
      object(ISTIO, 'WorkloadEntry', 'vm', { spec: { address: '1.1.1.1', labels: { app: 'web' } } }),
    ),
  );
  expect(idsOf(set, 'web.shop.svc.cluster.local')).toEqual([
    'Deployment/shop/web-v1#0',
    'Deployment/shop/web-v1#1',
    'Pod/shop/lone',
    'WorkloadEntry/shop/vm',
  ]);
});

test('EndpointSlices go before workloads, and take the labels of pods that are known', () => {
  const set = manifests(
    together(
      WEB,
      deployment('web', { app: 'web' }),
      object('v1', 'Pod', 'p', { labels: { app: 'web', version: 'v1' } }),
      object('discovery.k8s.io/v1', 'EndpointSlice', 'web-x', {
        labels: { 'kubernetes.io/service-name': 'web' },
        endpoints: [{ addresses: ['1.1.1.1'], targetRef: { kind: 'Pod', name: 'p' } }, { addresses: ['1.1.1.2'] }],
      }),
    ),
  );
  const [service] = set.services;
  expect(endpointsOfService(set, service).map(({ id, labels }) => [id, labels])).toEqual([
    ['Pod/shop/p', { app: 'web', version: 'v1' }],
    ['EndpointSlice/shop/web-x#1.1.1.2', {}],
  ]);
});

test('a ServiceEntry has inline endpoints, or selects', () => {
  const set = manifests(
    together(
      object(ISTIO, 'ServiceEntry', 'in', { spec: { hosts: ['in.com'], endpoints: [{ address: '1.1.1.1' }] } }),
      object(ISTIO, 'ServiceEntry', 'by', { spec: { hosts: ['by.com'], workloadSelector: { labels: { app: 'a' } } } }),
      object(ISTIO, 'WorkloadEntry', 'vm', { labels: { app: 'a' }, spec: { address: '1.1.1.2' } }),
      object('v1', 'Pod', 'p', { labels: { app: 'a' } }),
    ),
  );
  expect(idsOf(set, 'in.com')).toEqual(['ServiceEntry/shop/in#1.1.1.1']);
  expect(idsOf(set, 'by.com')).toEqual(['WorkloadEntry/shop/vm', 'Pod/shop/p']);
});

test('zero replicas are known workloads, no manifest is none', () => {
  const scaled = manifests(together(WEB, deployment('web', { app: 'web' }, 0)));
  expect(idsOf(scaled, 'web.shop.svc.cluster.local')).toEqual([]);
  expect(hasWorkloads(scaled, scaled.services[0])).toBe(true);
  const bare = manifests(WEB);
  expect(hasWorkloads(bare, bare.services[0])).toBe(false);
});
