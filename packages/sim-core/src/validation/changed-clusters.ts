/** The clusters whose coming and going a cell's windows measure, told from the change alone. */
import type { MeshModel, Snapshot } from '../mesh/model.js';

export interface ChangedClusters {
  /** Come with the change, and routes name them after it. */
  readonly added: ReadonlySet<number>;
  /** Go with the change, and routes named them before it. */
  readonly removed: ReadonlySet<number>;
}

export function changedClusters(model: MeshModel): ChangedClusters {
  const before = model.snapshot(model.snapshotId(model.objects.map(() => 0)));
  const after = model.snapshot(model.snapshotId(model.objects.map(({ revisions }) => revisions.length - 1)));
  const all = [...model.clusters.clusters.keys()];
  const isRoutedBefore = routedClusters(model, before);
  const isRoutedAfter = routedClusters(model, after);
  const { spec: old } = before.clusters;
  const { spec: current } = after.clusters;
  return {
    added: new Set(all.filter((k) => old[k] === 0 && current[k] !== 0 && isRoutedAfter.has(k))),
    removed: new Set(all.filter((k) => old[k] !== 0 && current[k] === 0 && isRoutedBefore.has(k))),
  };
}

/** A destination without a port means the service's only one; all of its ports are taken to be meant. */
function routedClusters(model: MeshModel, { routes }: Snapshot): ReadonlySet<number> {
  const destinations = [...routes].flatMap((table) =>
    model.routeTables[table].virtualServices.flatMap(({ http }) => http.flatMap((route) => route.destinations)),
  );
  const routed = new Set<number>();
  model.clusters.clusters.forEach(({ host, port, subset }, k) => {
    const isMeant = destinations.some(
      (destination) =>
        destination.host === model.clusters.hosts[host] &&
        (destination.subset ?? '') === subset &&
        (destination.port ?? port) === port,
    );
    if (isMeant) routed.add(k);
  });
  return routed;
}
