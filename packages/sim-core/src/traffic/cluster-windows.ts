/**
 * The add and remove windows of each proxy, as the lab defines them. Add: last worker has the new cluster − routes that
 * use it loaded (negative: the cluster was there first). Remove: routes that stop using the old cluster loaded − cluster
 * removed. TCP and TLS routes are loaded with their listeners. Reads the trace only.
 */
import type { MeshModel } from '../mesh/model.js';
import { TraceKind, type TraceSink } from '../trace/events.js';
import type { Outcomes } from './outcomes.js';

export class ClusterWindows implements TraceSink {
  readonly watches = [
    TraceKind.RoutesLoaded,
    TraceKind.ListenersLoaded,
    TraceKind.WorkerCluster,
    TraceKind.ClusterRemoved,
  ];
  /** Clusters that appear or vanish in the course of the plan. */
  private readonly candidates: readonly number[];
  private readonly slotOf: Int32Array;
  private readonly startsThere: readonly boolean[];
  private readonly routes: Int32Array;
  private readonly listeners: Int32Array;
  /** proxy × candidate; NaN: not seen. */
  private readonly clusterNs: Float64Array;
  private readonly routesNs: Float64Array;

  constructor(
    private readonly model: MeshModel,
    private readonly outcomes: Outcomes,
  ) {
    const start = model.firstSnapshot;
    this.candidates = outcomes.changingClusters;
    this.slotOf = new Int32Array(model.clusters.clusters.length).fill(-1);
    this.candidates.forEach((cluster, slot) => {
      this.slotOf[cluster] = slot;
    });
    this.startsThere = this.candidates.map((cluster) => start.clusters.some(({ spec }) => spec[cluster] !== 0));
    this.routes = model.proxies.byProxy(start.routes);
    this.listeners = model.proxies.byProxy(start.listeners);
    this.clusterNs = new Float64Array(model.proxies.count * this.candidates.length).fill(Number.NaN);
    this.routesNs = this.clusterNs.slice();
  }

  emit(kind: TraceKind, timeNs: number, proxy: number, a: number, b: number, c: number): void {
    switch (kind) {
      case TraceKind.RoutesLoaded: {
        const { outcomes, routes } = this;
        this.onRoutes(proxy, outcomes.clustersUsedBy(routes[proxy]), outcomes.clustersUsedBy(a), timeNs);
        routes[proxy] = a;
        break;
      }
      case TraceKind.ListenersLoaded: {
        const { listeners } = this;
        const { listenerTables: tables } = this.model.snapshots;
        this.onRoutes(proxy, tables.get(listeners[proxy]).clusters, tables.get(a).clusters, timeNs);
        listeners[proxy] = a;
        break;
      }
      case TraceKind.WorkerCluster:
        if (this.slotOf[b] >= 0 && c !== 0 && !this.startsThere[this.slotOf[b]]) this.setCluster(proxy, b, timeNs);
        break;
      case TraceKind.ClusterRemoved:
        if (this.slotOf[a] >= 0 && this.startsThere[this.slotOf[a]]) this.setCluster(proxy, a, timeNs);
        break;
    }
  }

  /** Windows in ns, one entry per proxy that has one: the widest over its clusters. */
  finish(): { readonly addNs: number[]; readonly removeNs: number[] } {
    const addNs: number[] = [];
    const removeNs: number[] = [];
    const width = this.candidates.length;
    for (let p = 0; p < this.model.proxies.count; p++) {
      let add = -Infinity;
      let remove = -Infinity;
      for (let slot = 0; slot < width; slot++) {
        const window = this.clusterNs[p * width + slot] - this.routesNs[p * width + slot];
        if (Number.isNaN(window)) continue;
        if (this.startsThere[slot]) remove = Math.max(remove, -window);
        else add = Math.max(add, window);
      }
      if (add > -Infinity) addNs.push(add);
      if (remove > -Infinity) removeNs.push(remove);
    }
    return { addNs, removeNs };
  }

  private setCluster(proxy: number, cluster: number, timeNs: number): void {
    this.clusterNs[proxy * this.candidates.length + this.slotOf[cluster]] = timeNs;
  }

  private onRoutes(proxy: number, before: ReadonlySet<number>, after: ReadonlySet<number>, timeNs: number): void {
    const { candidates, startsThere } = this;
    for (let slot = 0; slot < candidates.length; slot++) {
      const used = before.has(candidates[slot]);
      const isChanged = used !== after.has(candidates[slot]) && used === startsThere[slot];
      if (isChanged) this.routesNs[proxy * candidates.length + slot] = timeNs;
    }
  }
}
