import type { Distribution } from '../kernel/distribution.js';
import type { HostEndpoint, PlannedReadiness } from './plan.js';

/** Endpoints that become ready during the rollout; one that its manifest calls unready never does. */
export function endpointsReadyLater(
  added: readonly HostEndpoint[],
  readinessMs: Distribution | undefined,
): { readonly now: readonly HostEndpoint[]; readonly later: readonly PlannedReadiness[] } {
  if (readinessMs === undefined) return { now: added, later: [] };
  return {
    now: added.filter(({ endpoint }) => !endpoint.ready),
    later: added.filter(({ endpoint }) => endpoint.ready).map((target) => ({ target, atMs: readinessMs })),
  };
}
