/** The clusters whose coming and going a cell's windows measure, told from the change alone. */
import type { Snapshot } from '../mesh/snapshots.js';
import type { Outcomes } from '../traffic/outcomes.js';

export interface ChangedClusters {
  /** Come with the change, and routes name them after it. */
  readonly added: ReadonlySet<number>;
  /** Go with the change, and routes named them before it. */
  readonly removed: ReadonlySet<number>;
}

export function changedClusters(outcomes: Outcomes): ChangedClusters {
  const { firstSnapshot: before, lastSnapshot: after } = outcomes.model;
  const { listenerTables } = outcomes.model.snapshots;
  const isUsed = ({ routes, listeners }: Snapshot, cluster: number): boolean =>
    routes.some((table) => outcomes.clustersUsedBy(table).has(cluster)) ||
    listeners.some((table) => listenerTables.get(table).clusters.has(cluster));
  const exists = ({ clusters }: Snapshot, cluster: number): boolean => clusters.some(({ spec }) => spec[cluster] !== 0);
  const all = [...outcomes.model.clusters.clusters.keys()];
  return {
    added: new Set(all.filter((k) => !exists(before, k) && exists(after, k) && isUsed(after, k))),
    removed: new Set(all.filter((k) => exists(before, k) && !exists(after, k) && isUsed(before, k))),
  };
}
