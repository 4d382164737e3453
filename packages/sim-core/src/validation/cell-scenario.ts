/** A measured cell as a scenario: the cell's own mesh, and one set of delays and costs for all cells. */
import type { LongLivedLoad, Preset, Scenario } from '../scenario/types.js';
import type { Cell } from './cell.js';

/** For ever, as far as it concerns those who use them. */
function connectionsOf({ watched }: Cell): LongLivedLoad {
  if (watched === undefined) return NONE;
  return { total: watched.connections, lifetimeMs: 86_400_000, quietMs: watched.sendEveryMs };
}

const NONE: LongLivedLoad = { total: 0, lifetimeMs: 1, quietMs: 0 };

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
      filterGatewayClusters: false,
      // The lab's istiod ran with the code's default, which is no limit.
      maxConnectionAgeMin: 'never',
      drainTimeS: mesh.drainTimeS,
    },
    traffic: {
      requestsPerSecond: (cell.requests?.perSecondPerProxy ?? 0) * proxies,
      hosts: {},
      sources: {},
      matches: {},
      tcpConnections: connectionsOf(cell),
      streams: NONE,
    },
    // The lab's README: debounce 100 ms / 10 s, EDS debounce on.
    debounce: { afterMs: 100, maxMs: 10_000, endpoints: true },
    churn: { endpointEventsPerSecond: 0, configEventsPerSecond: 0 },
    faults: { slowProxies: slowProxiesOf(cell), partitions: [], istiodRestarts: [], nacks: [] },
    latencies: preset.latencies,
    costs: preset.costs,
    strategies: {},
    userSet: new Set(),
  };
}

/**
 * Proxies on a slow link. The README describes the field and not its layout, so both that are natural are read: a map
 * from proxy to hold time, and a list of entries that name proxies and a time.
 */
function slowProxiesOf({ mesh: { slowProxies } }: Cell): Readonly<Record<string, number>> {
  if (slowProxies === undefined) return {};
  if (!Array.isArray(slowProxies)) return slowProxies;
  const holds = slowProxies.flatMap((entry) => {
    const values = Object.values(entry).flat();
    const holdMs = values.find((value) => typeof value === 'number');
    return values.flatMap((value) => (typeof value === 'string' && holdMs !== undefined ? [[value, holdMs]] : []));
  });
  return Object.fromEntries(holds);
}
