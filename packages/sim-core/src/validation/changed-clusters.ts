/** The clusters whose coming and going a cell's windows measure, told from the change alone. */
import type { Snapshot } from '../mesh/model.js';
import type { Outcomes } from '../traffic/outcomes.js';

export interface ChangedClusters {
  /** Come with the change, and routes name them after it. */
  readonly added: ReadonlySet<number>;
  /** Go with the change, and routes named them before it. */
  readonly removed: ReadonlySet<number>;
}

export function changedClusters(outcomes: Outcomes): ChangedClusters {
  const { firstSnapshot: before, lastSnapshot: after } = outcomes.model;
  const isUsed = ({ routes }: Snapshot, cluster: number): boolean =>
    routes.some((table) => outcomes.clustersUsedBy(table).has(cluster));
  const { spec: old } = before.clusters;
  const { spec: current } = after.clusters;
  const all = [...outcomes.model.clusters.clusters.keys()];
  return {
    added: new Set(all.filter((k) => old[k] === 0 && current[k] !== 0 && isUsed(after, k))),
    removed: new Set(all.filter((k) => old[k] !== 0 && current[k] === 0 && isUsed(before, k))),
  };
}
