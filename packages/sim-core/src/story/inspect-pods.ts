/** Pods as `kubectl get pods` lists them: those of the hosts that the rollout touches. */
import { podName } from '../manifest/pod-name.js';
import { type MeshState, Presence } from '../mesh/mesh-state.js';
import type { InspectReport } from '../trace/inspect-report.js';
import type { Rollout } from './rollout.js';

export function podsOf({ presence }: MeshState, { strategy }: Rollout): InspectReport['pods'] {
  return strategy.prepared.model.endpoints.endpoints
    .flatMap(({ endpoint: { id, namespace, labels } }, number) =>
      presence[number] === Presence.Absent
        ? []
        : [
            {
              namespace,
              name: podName(id),
              id,
              ready: presence[number] === Presence.Ready,
              status: 'Running' as const,
              labels: { ...labels },
            },
          ],
    )
    .sort(byName);
}

interface Named {
  readonly namespace: string;
  readonly name: string;
}

/** By code units, as kubectl sorts. */
export function byName(a: Named, b: Named): number {
  return compare(a.namespace, b.namespace) || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
