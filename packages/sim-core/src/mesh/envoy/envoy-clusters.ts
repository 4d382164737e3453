/**
 * The clusters on Envoy's main thread, for every proxy: which are active, which warm and for how long, and the endpoints of
 * each (envoy.md 2).
 */
import { msToNs } from '../../kernel/time.js';
import { TraceKind } from '../../trace/events.js';
import { EventKind, PRIORITY, type RunContext } from '../context.js';
import { InternedSets } from '../interned-sets.js';
import type { Content } from '../istiod/push-content.js';
import type { Workers } from './workers.js';

/** Clusters whose endpoints a proxy asks for or drops, as sets, and how many of those that the rollout does not touch. */
export interface ClusterNews {
  readonly added: number;
  readonly dropped: number;
  readonly others: number;
}

export class EnvoyClusters {
  private readonly clusterCount: number;
  /** proxy × cluster: active and warming content (0: none), and the endpoints of the active one. */
  private readonly active: Int32Array;
  private readonly warming: Int32Array;
  private readonly endpoints: Int32Array;
  private readonly warmingCount: Int32Array;
  /** proxy × cluster: how often it has begun to warm; and how long it waits for its endpoints, 0: for ever. */
  private readonly warmings: Int32Array;
  private readonly fetchTimeoutNs: number;
  /** How many clusters that the rollout does not touch. */
  private readonly others: Int32Array;

  constructor(
    private readonly ctx: RunContext,
    private readonly workers: Workers,
    /** A proxy's last warming cluster is warm or gone. */
    private readonly onAllWarm: (p: number) => void,
  ) {
    const { model } = ctx;
    const { count, groupOf } = model.proxies;
    const clusters = model.clusters.clusters.length;
    this.clusterCount = clusters;
    this.active = new Int32Array(count * clusters);
    this.warming = new Int32Array(count * clusters);
    this.endpoints = new Int32Array(count * clusters);
    this.warmingCount = new Int32Array(count);
    this.warmings = new Int32Array(count * clusters);
    this.fetchTimeoutNs = msToNs(model.scenario.mesh.initialFetchTimeoutMs);
    const start = model.firstSnapshot;
    this.others = model.proxies.byProxy(start.scopes.map(({ otherClusters }) => otherClusters));
    const sets = start.clusters.map(({ selector }) =>
      selector.map((labels, k) => model.endpoints.select(k, labels, model.initialReady)),
    );
    for (let p = 0; p < count; p++) {
      this.active.set(start.clusters[groupOf[p]].spec, p * clusters);
      this.endpoints.set(sets[groupOf[p]], p * clusters);
    }
  }

  isWarming(p: number): boolean {
    return this.warmingCount[p] > 0;
  }

  /** What a proxy says that it has when it connects: a set of clusters, and how many others. */
  heldBy(p: number): { readonly clusters: number; readonly others: number } {
    const { active, warming, clusterCount } = this;
    const first = p * clusterCount;
    const held = Array.from({ length: clusterCount }, (_, k) => k).filter(
      (k) => active[first + k] !== 0 || warming[first + k] !== 0,
    );
    return { clusters: this.ctx.model.clusterSets.of(held), others: this.others[p] };
  }

  /**
   * Added and changed clusters warm; a changed one goes on serving as it was. Only names that are new get an EDS
   * subscription (envoy.md 1.5). Removals are immediate (envoy.md 2.8).
   */
  apply(p: number, content: Content): ClusterNews {
    const { ctx, active, warming } = this;
    const sets = ctx.model.clusterSets;
    const { spec } = ctx.model.clusterState(content.rules);
    let added: number = InternedSets.EMPTY;
    for (const k of sets.members(content.clusters)) {
      const slot = p * this.clusterCount + k;
      if (!this.isChanged(slot, spec[k])) continue;
      if (active[slot] === 0 && warming[slot] === 0) added = sets.union(added, sets.single(k));
      if (warming[slot] === 0) this.warmingCount[p]++;
      warming[slot] = spec[k];
      ctx.sink.emit(TraceKind.ClusterWarming, ctx.now, p, k, spec[k], 0);
      const ordinal = ++this.warmings[slot];
      if (this.fetchTimeoutNs === 0) continue;
      ctx.queue.push(ctx.now + this.fetchTimeoutNs, PRIORITY, EventKind.FetchTimedOut, slot, ordinal);
    }
    for (const k of sets.members(content.removedClusters)) {
      const slot = p * this.clusterCount + k;
      if (warming[slot] === 0 && active[slot] === 0) continue;
      if (warming[slot] !== 0) this.stopWarming(p);
      warming[slot] = 0;
      active[slot] = 0;
      ctx.sink.emit(TraceKind.ClusterRemoved, ctx.now, p, k, 0, 0);
      this.workers.postCluster(p, k, 0, 0);
    }
    this.others[p] += content.otherClusters;
    return { added, dropped: content.removedClusters, others: content.otherClusters };
  }

  applyEndpoints(p: number, content: Content): void {
    const { active, warming, endpoints } = this;
    const { model } = this.ctx;
    const { selector } = model.clusterState(content.rules);
    for (const k of model.clusterSets.members(content.clusters)) {
      const slot = p * this.clusterCount + k;
      const set = model.endpoints.select(k, selector[k], content.ready);
      if (warming[slot] !== 0) this.warm(p, k, set, false);
      else if (active[slot] !== 0 && endpoints[slot] !== set) {
        endpoints[slot] = set;
        this.workers.postEndpoints(p, k, set);
      }
    }
  }

  /** No endpoints have come in time: it goes on with those of an earlier object, or with none (envoy.md 2.4). */
  onFetchTimedOut(slot: number, ordinal: number): void {
    if (this.warming[slot] === 0 || this.warmings[slot] !== ordinal) return;
    const p = Math.floor(slot / this.clusterCount);
    const isKnown = this.ctx.model.istio.timedOutEds === 'cached' && this.active[slot] !== 0;
    this.warm(p, slot % this.clusterCount, isKnown ? this.endpoints[slot] : InternedSets.EMPTY, true);
  }

  /** How many clusters of a CDS response Envoy has to build. */
  changedBy(p: number, content: Content): number {
    const { model } = this.ctx;
    const { spec } = model.clusterState(content.rules);
    let changed = 0;
    for (const k of model.clusterSets.members(content.clusters)) {
      if (this.isChanged(p * this.clusterCount + k, spec[k])) changed++;
    }
    return changed;
  }

  private isChanged(slot: number, spec: number): boolean {
    return spec !== (this.warming[slot] === 0 ? this.active[slot] : this.warming[slot]);
  }

  private warm(p: number, k: number, set: number, isLate: boolean): void {
    const { ctx, active, warming } = this;
    const slot = p * this.clusterCount + k;
    active[slot] = warming[slot];
    warming[slot] = 0;
    this.stopWarming(p);
    this.endpoints[slot] = set;
    ctx.sink.emit(TraceKind.ClusterWarm, ctx.now, p, k, active[slot], isLate ? 1 + set : 0);
    this.workers.postCluster(p, k, active[slot], set);
  }

  private stopWarming(p: number): void {
    this.warmingCount[p]--;
    if (this.warmingCount[p] === 0) this.onAllWarm(p);
  }
}
