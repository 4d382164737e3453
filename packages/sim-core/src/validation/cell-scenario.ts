/** A measured cell as a scenario: the cell's own mesh, and one set of delays and costs for all cells. */
import { fail, ok, type Result } from '../errors.js';
import type { SlowProxies } from '../mesh/envoy/envoys.js';
import type { Preset, Scenario } from '../scenario/types.js';
import type { Cell } from './cell.js';

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
    },
    traffic: {
      requestsPerSecond: (cell.requests?.perSecondPerProxy ?? 0) * proxies,
      hosts: {},
      sources: {},
      matches: {},
    },
    // The lab's README: debounce 100 ms / 10 s, EDS debounce on.
    debounce: { afterMs: 100, maxMs: 10_000, endpoints: true },
    latencies: preset.latencies,
    costs: preset.costs,
    strategies: {},
    userSet: new Set(),
  };
}

/**
 * Proxies on a slow link. The README describes the field and not its layout, so both that are natural are read: a map
 * from proxy to hold time, and a list of entries that name a proxy and a time.
 */
export function slowProxiesOf(cell: Cell): Result<SlowProxies | undefined> {
  const written = cell.mesh.slowProxies;
  if (written === undefined) return ok(undefined);
  const holds = Array.isArray(written)
    ? written.flatMap((entry) => {
        const values = Object.values(entry).flat();
        const holdMs = values.find((value) => typeof value === 'number');
        return values.flatMap((value) => (typeof value === 'string' ? [[value, holdMs] as const] : []));
      })
    : Object.entries(written);
  const times = new Set(holds.map(([, holdMs]) => holdMs));
  const [holdMs] = times;
  if (times.size !== 1 || holdMs === undefined) {
    return fail({
      code: 'XDS-CELL-VALUE',
      message: `mesh.slowProxies of ${cell.name} does not give one hold time for all of its proxies`,
      position: { file: cell.file, line: 1, column: 1 },
      hint: 'Give it as `slowProxies: {gw-1: 300}`; several different times in one cell are not simulated.',
    });
  }
  const names = new Set(holds.map(([name]) => name));
  return ok({ holdMs, isSlow: (id) => names.has(id) });
}
