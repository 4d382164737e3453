/** Which clusters a rollout brings or takes. */
import type { MeshModel } from '../mesh/model.js';

/** Clusters that are there in some state of the objects, with the others as they were, and not before; or the other way. */
export function changingClusters(model: MeshModel): number[] {
  const { firstSnapshot: start, objects } = model;
  const states = objects.flatMap((object, index) =>
    object.kind === 'Gateway'
      ? []
      : object.revisions.map((_, revision) =>
          model.snapshot(model.snapshotId(objects.map((_, other) => (other === index ? revision : 0)))),
        ),
  );
  return [...model.clusters.clusters.keys()].filter((cluster) =>
    states.some(({ clusters }) =>
      clusters.some(({ spec }, group) => (spec[cluster] !== 0) !== (start.clusters[group].spec[cluster] !== 0)),
    ),
  );
}
