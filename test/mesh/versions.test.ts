/**
 * What each Istio version sends for each kind of change (istiod.md 4.3; istio:pilot/pkg/xds/{cds,eds,proxy_dependencies}.go
 * in the releases). APP has a default cluster, v1 and v2; nine other services have one cluster each.
 */
import { expect, test } from 'vitest';
import type { InitialState, PlannedWrite } from '../../packages/sim-core/src/rollout/plan.js';
import type { MeshSize } from '../../packages/sim-core/src/scenario/types.js';
import { APP, appWith } from './app.js';
import {
  apply,
  destinationRule,
  endpoint,
  endpointWrite,
  gateway,
  group,
  plan,
  sidecar,
  virtualService,
} from './objects.js';
import { observe, steadyScenario } from './runs.js';
import { orderOf } from './story.js';

const GATEWAY: Partial<MeshSize> = { gateways: 1, sidecars: 0 };
const SIDECAR: Partial<MeshSize> = { gateways: 0, sidecars: 1 };

/** Routed at the gateway and in the mesh. */
function app(subsets: readonly string[] = ['v1', 'v2'], versions: readonly string[] = ['v1']): Partial<InitialState> {
  const routes = virtualService(APP, { v1: 1 }, { gateways: ['mesh', 'shop/edge'] });
  return { ...appWith(subsets, versions), virtualServices: [routes] };
}

const ROUTES = apply(virtualService(APP, { v2: 1 }, { gateways: ['mesh', 'shop/edge'] }));
const GATEWAY_ROUTES = apply(virtualService(APP, { v2: 1 }, { gateways: ['shop/edge'] }));
const POLICY = apply(destinationRule(APP, ['v1', 'v2'], { connectionPool: {} }));
const ENDPOINT = endpointWrite(endpoint('pod-v2', APP, 'v2'), 'apply');
const HOSTS = apply({
  ...gateway('edge'),
  servers: [{ port: 80, portName: 'http', protocol: 'HTTP', hosts: ['app.example'] }],
});
const IMPORTS = apply(sidecar(['*/*']));

/** `CDS+4 EDS+3 …`; nothing where the proxy is not pushed. */
function sent(mesh: Partial<MeshSize>, istio: string, writes: readonly PlannedWrite[], initial = app()): string {
  const seen = observe(steadyScenario({ ...mesh, istio }), plan(initial, [group(0, ...writes)]));
  return orderOf(seen, mesh.gateways === 1 ? 'gw-1' : 'sc-1')
    .flatMap((line) => /^(\S+) sent$/.exec(line)?.slice(1) ?? [])
    .join(' ');
}

/** Version → what it sends, where a version is the first that does so. */
function byVersion(mesh: Partial<MeshSize>, writes: readonly PlannedWrite[]): Record<string, string> {
  const found: Record<string, string> = {};
  let last = '';
  for (const istio of ['1.22', '1.25', '1.26', '1.29', '1.30', '1.31', '1.32']) {
    const now = sent(mesh, istio, writes);
    if (now !== last) found[istio] = now;
    last = now;
  }
  return found;
}

test('a VirtualService: gateways got every cluster up to 1.25, none up to 1.29, static ones since', () => {
  expect(byVersion(GATEWAY, [ROUTES])).toEqual({
    '1.22': 'CDS+13 LDS+1 RDS+1',
    '1.26': 'LDS+1 RDS+1',
    '1.30': 'CDS+1 LDS+1 RDS+1',
  });
  expect(byVersion(SIDECAR, [ROUTES])).toEqual({
    '1.22': 'CDS+15 LDS+3 RDS+1',
    '1.30': 'CDS+3 LDS+3 RDS+1',
  });
});

test('a DestinationRule: EDS of everything up to 1.29, of its host since', () => {
  expect(byVersion(GATEWAY, [POLICY])).toEqual({
    '1.22': 'CDS+4 EDS+12 LDS+1 RDS+1',
    '1.30': 'CDS+4 EDS+3 LDS+1 RDS+1',
  });
  expect(byVersion(SIDECAR, [POLICY])).toEqual({
    '1.22': 'CDS+6 EDS+12 LDS+3 RDS+1',
    '1.30': 'CDS+6 EDS+3 LDS+3 RDS+1',
  });
});

test('both together: CDS of everything while a VirtualService could not be a delta, EDS of everything always', () => {
  expect(byVersion(GATEWAY, [ROUTES, POLICY])).toEqual({
    '1.22': 'CDS+13 EDS+12 LDS+1 RDS+1',
    '1.26': 'CDS+4 EDS+12 LDS+1 RDS+1',
  });
  expect(byVersion(SIDECAR, [ROUTES, POLICY])).toEqual({
    '1.22': 'CDS+15 EDS+12 LDS+3 RDS+1',
    '1.30': 'CDS+6 EDS+12 LDS+3 RDS+1',
  });
});

test('a VirtualService that is not for sidecars counted in their batches up to 1.25', () => {
  expect(byVersion(SIDECAR, [GATEWAY_ROUTES])).toEqual({ '1.22': 'CDS+15 LDS+3 RDS+1', '1.30': 'CDS+3 LDS+3 RDS+1' });
  const initial = { ...app(), virtualServices: [virtualService(APP, { v1: 1 }, { gateways: ['shop/edge'] })] };
  expect(sent(SIDECAR, '1.25', [GATEWAY_ROUTES], initial)).toBe('');
  expect(sent(SIDECAR, '1.25', [GATEWAY_ROUTES, POLICY], initial)).toBe('CDS+15 EDS+12 LDS+3 RDS+1');
  expect(sent(SIDECAR, '1.26', [GATEWAY_ROUTES, POLICY], initial)).toBe('CDS+6 EDS+12 LDS+3 RDS+1');
});

test('endpoints: EDS of their service alone; with a VirtualService they were a Service up to 1.30', () => {
  expect(byVersion(GATEWAY, [ENDPOINT])).toEqual({ '1.22': 'EDS+3' });
  expect(byVersion(SIDECAR, [ENDPOINT])).toEqual({ '1.22': 'EDS+3' });
  expect(byVersion(GATEWAY, [ENDPOINT, ROUTES])).toEqual({
    '1.22': 'CDS+13 EDS+3 LDS+1 RDS+1',
    '1.26': 'CDS+4 EDS+3 LDS+1 RDS+1',
    '1.30': 'CDS+4 EDS+12 LDS+1 RDS+1',
    '1.31': 'CDS+1 EDS+12 LDS+1 RDS+1',
  });
  expect(byVersion(SIDECAR, [ENDPOINT, ROUTES])).toEqual({
    '1.22': 'CDS+15 EDS+3 LDS+3 RDS+1',
    '1.30': 'CDS+6 EDS+12 LDS+3 RDS+1',
    '1.31': 'CDS+3 EDS+12 LDS+3 RDS+1',
  });
});

test('a Gateway: no clusters up to 1.29, all of them since; sidecars do not care', () => {
  expect(byVersion(GATEWAY, [HOSTS])).toEqual({ '1.22': 'LDS+1 RDS+1', '1.30': 'CDS+13 LDS+1 RDS+1' });
  expect(byVersion(GATEWAY, [HOSTS, POLICY])).toEqual({
    '1.22': 'CDS+13 EDS+12 LDS+1 RDS+1',
    '1.26': 'CDS+4 EDS+12 LDS+1 RDS+1',
    '1.30': 'CDS+13 EDS+12 LDS+1 RDS+1',
  });
  expect(byVersion(SIDECAR, [HOSTS])).toEqual({});
});

test('a Sidecar: everything up to 1.29, what comes or goes since, and no endpoints', () => {
  expect(byVersion(SIDECAR, [IMPORTS])).toEqual({
    '1.22': 'CDS+15 EDS+12 LDS+3 RDS+1',
    '1.30': 'CDS+3 LDS+3 RDS+1',
  });
  expect(byVersion(GATEWAY, [IMPORTS])).toEqual({});
});

test('with PILOT_FILTER_GATEWAY_CLUSTER_CONFIG on, CDS of gateways was always whole up to 1.29', () => {
  const filtered = { ...GATEWAY, filterGatewayClusters: true };
  expect(byVersion(filtered, [ROUTES])).toEqual({ '1.22': 'CDS+4 LDS+1 RDS+1', '1.30': 'CDS+1 LDS+1 RDS+1' });
  expect(byVersion(filtered, [HOSTS])).toEqual({ '1.22': 'CDS+4 LDS+1 RDS+1' });
});
