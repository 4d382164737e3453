/** A measured cell as a scenario: the cell's own mesh, and one set of delays and costs for all cells. */
import type { Preset, Scenario } from '../scenario/types.js';
import type { Cell } from './cell.js';
import { holdTimes } from './slow-proxies.js';

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
    },
    traffic: {
      requestsPerSecond: (cell.requests?.perSecondPerProxy ?? 0) * proxies,
      hosts: {},
      sources: {},
      matches: {},
    },
    // The lab's README: debounce 100 ms / 10 s, EDS debounce on.
    debounce: { afterMs: 100, maxMs: 10_000, endpoints: true },
    churn: { endpointEventsPerSecond: 0, configEventsPerSecond: 0 },
    faults: { slowProxies: holdTimes(mesh.slowProxies), partitions: [], istiodRestarts: [], nacks: [] },
    latencies: preset.latencies,
    costs: preset.costs,
    strategies: {},
    userSet: new Set(),
  };
}
