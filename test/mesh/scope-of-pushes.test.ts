/** Who is sent what (istiod.md 4.3, 4.6, 6): Sidecar, exportTo, delegates, the gateways' filter, namespaces, versions. */
import { expect, test } from 'vitest';
import type { VirtualService } from '../../packages/sim-core/src/manifest/types.js';
import type { InitialState, PlannedWrite } from '../../packages/sim-core/src/rollout/plan.js';
import type { MeshSize } from '../../packages/sim-core/src/scenario/types.js';
import { ADD_V2, APP, appWith, SWITCH } from './app.js';
import { apply, changed, destinationRule, group, plan, service, sidecar, virtualService } from './objects.js';
import { expectedOf, observe, steadyScenario } from './runs.js';
import { orderOf } from './story.js';

const OTHER = 'other.shop.svc.cluster.local';
const SIDECARS: Partial<MeshSize> = { gateways: 0, sidecars: 1 };

/** What a proxy is sent: `CDS+4-1` has four clusters and removes one. */
function sentTo(
  proxy: string,
  initial: Partial<InitialState>,
  writes: readonly PlannedWrite[],
  mesh: Partial<MeshSize> = {},
): string[] {
  const seen = observe(steadyScenario(mesh), plan(initial, [group(0, ...writes)]));
  return orderOf(seen, proxy).flatMap((line) => /^(\S+) sent$/.exec(line)?.slice(1) ?? []);
}

/** Routed within the mesh. */
function meshApp(subsets: readonly string[]): Partial<InitialState> {
  return { ...appWith(subsets), virtualServices: [virtualService(APP, { v1: 1 })], gateways: [] };
}

const MESH_SWITCH = apply(virtualService(APP, { v2: 1 }));

test('Istio 1.30 sends gateways a CDS for a VirtualService, 1.29 none; sidecars got every cluster', () => {
  const gateway = (istio: string) => sentTo('gw-1', appWith(['v1', 'v2']), [SWITCH], { istio });
  expect(gateway('1.30')).toEqual(['CDS+1', 'LDS+1', 'RDS+1']);
  expect(gateway('1.29')).toEqual(['LDS+1', 'RDS+1']);
  const of = (istio: string) => sentTo('sc-1', meshApp(['v1', 'v2']), [MESH_SWITCH], { ...SIDECARS, istio });
  expect(of('1.30')).toEqual(['CDS+3', 'LDS+3', 'RDS+1']);
  // Default, v1 and v2 of the app, nine other services, three static ones.
  expect(of('1.29')).toEqual(['CDS+15', 'LDS+3', 'RDS+1']);
});

test('Istio 1.29 sends every endpoint for a DestinationRule; from 1.30 on those of its host', () => {
  const of = (istio: string) => sentTo('gw-1', appWith(['v1']), [ADD_V2], { istio });
  expect(of('1.29')).toEqual(['CDS+4', 'EDS+11', 'LDS+1', 'RDS+1', 'EDS+1']);
  expect(of('1.30')).toEqual(['CDS+4', 'EDS+2', 'LDS+1', 'RDS+1', 'EDS+1']);
});

test('a Sidecar that does not import the host keeps its DestinationRule out; a route to it brings the clusters along', () => {
  const narrow = { sidecars: [sidecar([`shop/${OTHER}`])], services: [service(APP), service(OTHER)] };
  const rule = { ...meshApp(['v1']), ...narrow, virtualServices: [] };
  expect(sentTo('sc-1', rule, [ADD_V2], SIDECARS)).toEqual([]);
  // The route of a host that is imported now leads to the app: its default cluster and v1 come with the VirtualService.
  const routed: Partial<InitialState> = { ...rule, virtualServices: [virtualService(OTHER, { '': 1 })] };
  const switched = apply(virtualService(OTHER, { [`v1@${APP}`]: 1 }));
  expect(sentTo('sc-1', routed, [switched], SIDECARS)).toEqual(['CDS+5', 'LDS+3', 'RDS+1', 'EDS+2']);
});

test('a change of the Sidecar adds and removes clusters ahead of the routes, also those of services that no manifest has', () => {
  const initial = { ...meshApp(['v1']), virtualServices: [], services: [service(APP), service(OTHER)] };
  const wide = { ...initial, sidecars: [sidecar(['*/*'])] };
  const narrowed = apply(sidecar([`shop/${OTHER}`]));
  // The app's default cluster and v1 go, and those of eight services.
  expect(sentTo('sc-1', { ...wide, endpoints: [] }, [narrowed, ADD_V2], SIDECARS)[0]).toBe('CDS+3-10');
  const narrow = { ...initial, sidecars: [sidecar([`shop/${OTHER}`])] };
  expect(sentTo('sc-1', narrow, [apply(sidecar(['*/*']))], SIDECARS)).toEqual(['CDS+13', 'LDS+3', 'RDS+1', 'EDS+10']);
});

test('exportTo keeps routes and rules in their namespace', () => {
  const app = meshApp(['v1', 'v2']);
  const own = { exportTo: ['.'] };
  const hidden = {
    ...app,
    virtualServices: app.virtualServices?.map((each) => changed(each, own)),
    destinationRules: app.destinationRules?.map((each) => changed(each, own)),
  };
  const writes = [apply(changed(virtualService(APP, { v2: 1 }), own))];
  const mesh = { ...SIDECARS, sidecars: 2, namespaces: { shop: 1, bank: 1 } };
  expect(sentTo('sc-1', hidden, writes, mesh)).toEqual(['CDS+3', 'LDS+3', 'RDS+1']);
  expect(sentTo('sc-2', hidden, writes, mesh)).toEqual([]);
});

test("the rule of the client's namespace goes before the service's", () => {
  const app = meshApp(['v1', 'v2']);
  const ofBank = changed(destinationRule(APP, ['v1']), {}, 'bank');
  const initial = { ...app, destinationRules: [...(app.destinationRules ?? []), ofBank] };
  const mesh = { ...SIDECARS, sidecars: 2, namespaces: { shop: 1, bank: 1 } };
  const seen = observe(steadyScenario(mesh), plan(initial, [group(0, MESH_SWITCH)]), { horizonMs: 2_000 });
  // Half of the requests come from bank, where nobody has defined v2; the worker uses the routes at 115 ms.
  expect(expectedOf(seen.totals, 'NC')).toBeCloseTo(((2_000 - 115) / 1_000) * 500, 0);
});

test('a delegate that changes is pushed as its root', () => {
  const root: VirtualService = changed(virtualService(APP, { v1: 1 }), {
    http: [{ ...virtualService(APP, { v1: 1 }).http[0], destinations: [], delegate: { namespace: 'shop', name: 'd' } }],
  });
  const delegate = (weights: Record<string, number>): VirtualService => {
    const { meta, ...rest } = virtualService(APP, weights);
    return { ...rest, meta: { ...meta, name: 'd', key: 'VirtualService/shop/d' }, hosts: [] };
  };
  const initial = { ...meshApp(['v1', 'v2']), virtualServices: [root, delegate({ v1: 1 })] };
  const seen = observe(steadyScenario(SIDECARS), plan(initial, [group(0, apply(delegate({ v3: 1 })))]), {
    horizonMs: 1_000,
  });
  expect(orderOf(seen, 'sc-1')).toContain('CDS+3 sent');
  expect(expectedOf(seen.totals, 'NC')).toBeGreaterThan(500);
});

test('with the filter on, a gateway has only clusters of hosts that its routes name, and a switch of hosts breaks twice', () => {
  const mesh = { filterGatewayClusters: true };
  const initial = { ...appWith(['v1', 'v2']), services: [service(APP), service(OTHER)] };
  const route = initial.virtualServices?.[0] as VirtualService;
  const away = { ...route, http: virtualService(OTHER, { '': 1 }).http };
  expect(sentTo('gw-1', initial, [apply(away)], mesh)).toEqual(['CDS+2-3', 'LDS+1', 'RDS+1', 'EDS+1']);
  expect(sentTo('gw-1', initial, [apply(away)])).toEqual(['CDS+1', 'LDS+1', 'RDS+1']);
});

test('a spec that stays the same pushes nothing, unless its metadata has an istio.io key', () => {
  const rule = destinationRule(APP, ['v1', 'v2']);
  expect(sentTo('gw-1', appWith(['v1', 'v2']), [apply(rule)])).toEqual([]);
  const labelled = { ...rule, meta: { ...rule.meta, annotations: { 'config.istio.io/owner': 'shop' } } };
  expect(sentTo('gw-1', appWith(['v1', 'v2']), [apply(labelled)])).toEqual(['CDS+4', 'EDS+3', 'LDS+1', 'RDS+1']);
  const applied = { ...rule, meta: { ...rule.meta, annotations: { 'kubectl.kubernetes.io/last': 'x' } } };
  expect(sentTo('gw-1', appWith(['v1', 'v2']), [apply(applied)])).toEqual([]);
});
