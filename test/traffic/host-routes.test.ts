/** Several VirtualServices for one host, and VirtualServices that delegate: who routes a request, and which requests there are. */
import { expect, test } from 'vitest';
import { exampleRequest } from '../../packages/sim-core/src/manifest/http-match.js';
import type { HttpMatch, HttpRoute, VirtualService } from '../../packages/sim-core/src/manifest/types.js';
import { MeshModel } from '../../packages/sim-core/src/mesh/model.js';
import { requestClasses } from '../../packages/sim-core/src/traffic/request-classes.js';
import { decide } from '../../packages/sim-core/src/traffic/routing.js';
import { apply, destinationRule, gateway, group, plan, service, virtualService } from '../mesh/objects.js';
import { newScenario } from '../mesh/runs.js';

const HOST = 'app.shop.svc.cluster.local';
const EDGE = 'shop/edge';

const NO_MATCH = { ignoreUriCase: false, headers: {}, withoutHeaders: {}, queryParams: {}, sourceLabels: {} };
const under = (prefix: string, more: Partial<HttpMatch> = {}): HttpMatch => ({ ...NO_MATCH, uri: { prefix }, ...more });

/** Routes to a subset each; no path is every request. */
function routes(name: string, paths: readonly (readonly [subset: string, ...matches: HttpMatch[]])[], created = '') {
  const whole = virtualService(HOST, {}, { gateways: ['mesh', EDGE] });
  const [{ position }] = whole.http;
  const http = paths.map(
    ([subset, ...matches]): HttpRoute => ({
      matches,
      destinations: [{ host: HOST, subset, weight: 100, position }],
      position,
    }),
  );
  const raw = created === '' ? {} : { metadata: { creationTimestamp: created } };
  const key = `VirtualService/shop/${name}`;
  return { ...whole, meta: { ...whole.meta, name, key, raw }, http };
}

function modelOf(virtualServices: readonly VirtualService[], ...writes: Parameters<typeof apply>[0][]): MeshModel {
  const initial = {
    virtualServices,
    destinationRules: [destinationRule(HOST, ['a', 'b', 'c', 'd'])],
    gateways: [gateway('edge')],
    services: [service(HOST)],
  };
  const scenario = newScenario({ mesh: { gateways: 1, sidecars: 1 } });
  // Routes to a host that the rollout does not touch are not looked at.
  const touching = destinationRule(HOST, ['a', 'b', 'c']);
  return new MeshModel(scenario, plan(initial, [group(0, ...[...writes, touching].map((object) => apply(object)))]));
}

function subsetFor(
  model: MeshModel,
  kind: 'gateway' | 'sidecar',
  path: string,
  snapshot = model.firstSnapshot,
): string {
  const index = model.proxies.groups.findIndex((candidate) => candidate.kind === kind);
  const request = exampleRequest(NO_MATCH, { path, authority: HOST, gateway: kind === 'gateway' ? EDGE : 'mesh' });
  if (request === undefined) throw new Error('no request');
  const decision = decide(model, model.snapshots.routeTables[snapshot.routes[index]], request);
  return decision.kind === 'forward' ? decision.parts[0].subset : decision.kind;
}

const subsetsAt = (model: MeshModel, kind: 'gateway' | 'sidecar', ...paths: string[]) =>
  paths.map((path) => subsetFor(model, kind, path));

test('a gateway merges them, and what takes everything goes last; a sidecar takes the oldest', () => {
  const model = modelOf([routes('b', [['b', under('/api')], ['d']]), routes('a', [['a', under('/shop')], ['c']])]);
  expect(subsetsAt(model, 'gateway', '/shop', '/api', '/else')).toEqual(['a', 'b', 'c']);
  expect(subsetsAt(model, 'sidecar', '/shop', '/api', '/else')).toEqual(['a', 'c', 'c']);
});

test('the oldest is told by its timestamp, however it is called', () => {
  const [old, young] = ['2024-05-01T00:00:00Z', '2025-05-01T00:00:00Z'];
  const model = modelOf([routes('a', [['a']], young), routes('b', [['b']], old)]);
  expect([subsetFor(model, 'gateway', '/'), subsetFor(model, 'sidecar', '/')]).toEqual(['b', 'b']);
});

test('what the rollout creates is the youngest', () => {
  const model = modelOf([routes('z', [['a']])], routes('b', [['b', under('/api')], ['c']]));
  const after = model.snapshot(model.snapshotId(model.objects.map(({ revisions }) => revisions.length - 1)));
  const at = (kind: 'gateway' | 'sidecar') => ['/api', '/'].map((path) => subsetFor(model, kind, path, after));
  expect(at('gateway')).toEqual(['b', 'a']);
  expect(at('sidecar')).toEqual(['a', 'a']);
});

test('within one, nothing behind a route that takes everything is reached; a match on more than the path takes not everything', () => {
  const post = under('/', { method: { exact: 'POST' } });
  const model = modelOf([
    routes('a', [
      ['a', under('/')],
      ['b', under('/api')],
    ]),
    routes('b', [
      ['d', post],
      ['c', under('/api')],
    ]),
  ]);
  expect(subsetsAt(model, 'gateway', '/api', '/else')).toEqual(['c', 'a']);
});

test('a more specific host goes before an older one', () => {
  const wide = { ...routes('a', [['a']]), hosts: ['*'] };
  expect(subsetsAt(modelOf([wide, routes('b', [['b', under('/api')]])]), 'gateway', '/api', '/')).toEqual([
    'b',
    'no-route',
  ]);
});

/** Path of each kind of request at the gateway, and the rule that it is named by. */
function requestsAt(model: MeshModel): string[] {
  const index = model.proxies.groups.findIndex(({ kind }) => kind === 'gateway');
  return requestClasses(model)[index].map(({ rule, request }) => `${request.path} ${rule}`);
}

test('each rule of a delegate has requests of its own, under its own name', () => {
  const [whole] = routes('root', [['', under('/shop')]]).http;
  const to = (name: string) => ({ ...whole, destinations: [], delegate: { namespace: 'shop', name } });
  const root = { ...routes('root', [['a', under('/a')]]), http: [to('d'), ...routes('root', [['a']]).http] };
  const delegate = (...paths: readonly (readonly [string, ...HttpMatch[]])[]) => ({
    ...routes('d', paths),
    hosts: [],
    gateways: [],
  });
  const before = delegate(['b', under('/shop/b')], ['c']);
  const model = modelOf([root, before], delegate(['b', under('/shop/b')], ['d', under('/shop/d')], ['c']));
  expect(requestsAt(model).sort()).toEqual([
    '/ root/http[1]',
    '/shop d/http[1]',
    '/shop/b d/http[0]',
    '/shop/d d/http[1]',
  ]);
  expect(subsetsAt(model, 'gateway', '/shop/b', '/shop/d', '/')).toEqual(['b', 'c', 'a']);
});

test('a root whose delegate is missing has no requests for it', () => {
  const [{ position }] = routes('root', [['a']]).http;
  const lost: HttpRoute = {
    matches: [under('/x')],
    destinations: [],
    delegate: { namespace: 'shop', name: 'no' },
    position,
  };
  const root = { ...routes('root', []), http: [lost, ...routes('root', [['a']]).http] };
  expect(requestsAt(modelOf([root]))).toEqual(['/ root/http[1]']);
});
