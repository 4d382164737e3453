/** A measured cell as a scenario: the cell's own mesh, and one set of delays and costs for all cells. */
import { DEFAULT_TRAFFIC } from '../scenario/traffic-schema.js';
import type { LongLivedLoad, Preset, Scenario } from '../scenario/types.js';
import type { Cell } from './cell.js';
import { hostShares, matchShares } from './cell-traffic.js';
import { holdTimes } from './slow-proxies.js';

/** For ever, as far as it concerns those who use them. */
function connectionsOf({ watched }: Cell): LongLivedLoad {
  if (watched === undefined) return NONE;
  return { total: watched.connections, lifetimeMs: 86_400_000, quietMs: watched.sendEveryMs };
}

const NONE: LongLivedLoad = { total: 0, lifetimeMs: 1, quietMs: 0 };

/** Backends on the same host that answer at once. */
const FAST_MS = 1;

export function newCellScenario(cell: Cell, preset: Preset, seed: string, trials: number): Scenario {
  const { mesh } = cell;
  const proxies = mesh.gateways + mesh.sidecars;
  return {
    name: cell.name,
    file: cell.file,
    seed,
    trials,
    mesh: {
      istio: mesh.istio,
      sidecars: mesh.sidecars,
      gateways: mesh.gateways,
      services: mesh.services,
      istiodReplicas: 1,
      istiodCores: mesh.istiodCores,
      pushThrottle: mesh.pushThrottle,
      workersPerProxy: mesh.workersPerProxy,
      interception: mesh.interception,
      namespaces: {},
      localities: {},
      initialFetchTimeoutMs: 0,
      filterGatewayClusters: false,
      // The lab's istiod ran with the code's default, which is no limit.
      maxConnectionAgeMin: 'never',
      drainTimeS: mesh.drainTimeS,
    },
    traffic: {
      ...DEFAULT_TRAFFIC,
      requestsPerSecond: (cell.requests?.perSecondPerProxy ?? 0) * proxies,
      hosts: cell.watched === undefined ? hostShares(cell) : {},
      matches: matchShares(cell),
      requestDurationMs: FAST_MS,
      endpoints: slowEndpoint(cell),
      tcpConnections: connectionsOf(cell),
      streams: NONE,
    },
    workloads: {
      rollout: 'before',
      startMs: 0,
      startupMs: 0,
      drainMs: 5000,
      nativeSidecars: true,
      acceptsWhileDraining: true,
      flapping: [],
    },
    // The lab's README: debounce 100 ms / 10 s, EDS debounce on.
    debounce: { afterMs: 100, maxMs: 10_000, endpoints: true },
    churn: { endpointEventsPerSecond: 0, configEventsPerSecond: 0 },
    faults: {
      slowProxies: holdTimes(mesh.slowProxies),
      partitions: [],
      streamResets: [],
      istiodRestarts: [],
      nacks: [],
    },
    latencies: preset.latencies,
    costs: preset.costs,
    strategies: {},
    userSet: new Set(),
  };
}

function slowEndpoint({ mesh: { slowEndpoint: slow }, before }: Cell): Scenario['traffic']['endpoints'] {
  const endpoints = [...before.workloads, ...before.services].flatMap((object) => object.endpoints);
  const found = endpoints.filter(({ address }) => address === slow?.address);
  return Object.fromEntries(
    found.map(({ id }) => [id, { durationMs: slow?.responseMs, errorShare: 0, errorCode: 500 as const }]),
  );
}
