/**
 * Long-lived connections through one trial, in expected numbers: those that are open when a listener's filter chains are
 * replaced go on until they end or the drain time is over (envoy.md 11.2–11.4), changes of clusters and endpoints leave them
 * alone (5.2), and those that are cut are opened anew at once, for what was left of their time. Reads the trace only.
 */
import { nsToMs } from '../../kernel/time.js';
import type { MeshModel } from '../../mesh/model.js';
import { openShareAtEnd } from '../../mesh/pod-end.js';
import { TraceKind, type TraceSink } from '../../trace/events.js';
import type { Exposure } from '../exposure.js';
import { Cohort, type Drain, duringOpening } from './cohort.js';
import type { FateListener } from './fates.js';
import type { LongLivedModel } from './long-lived-model.js';
import { NO_CHAIN, type Opening } from './openings.js';
import { Slots } from './slots.js';
import { type ConnectionTotals, Handshakes, type LongLivedTotals, noConnections, RefusalCounts } from './totals.js';

/** Connections to endpoints whose servers end them, as far as they opened before. */
interface ServerEnd {
  readonly endpoints: number;
  readonly startMs: number;
}

/** Listeners that a proxy has loaded: its workers take them over one by one. */
interface Load extends Drain {
  /** Some of the chains before it drain. */
  drains: boolean;
}

const STEADY = Number.NEGATIVE_INFINITY;

/** What it looks at where there are long-lived connections. */
const WATCHES = [
  TraceKind.WorkerRoutes,
  TraceKind.WorkerCluster,
  TraceKind.WorkerEndpoints,
  TraceKind.ClusterWarming,
  TraceKind.EndpointCondition,
  TraceKind.PodGone,
  TraceKind.ListenersLoaded,
  TraceKind.WorkerListeners,
  TraceKind.ListenerDraining,
  TraceKind.ListenerDrained,
];

export class LongLived implements TraceSink {
  readonly watches: readonly TraceKind[];
  private readonly model: MeshModel;
  private readonly workers: number;
  private readonly slots: Slots;
  /** slot → opening, and since when. */
  private readonly opening: Int32Array;
  private readonly sinceMs: Float64Array;
  /** slot → closed stretches whose connections may be open. */
  private readonly cohorts = new Map<number, Cohort[]>();
  private readonly listeners: Int32Array;
  /** proxy → listeners loaded, and how many of them each worker has taken over. */
  private readonly loads = new Map<number, Load[]>();
  private readonly taken: Int32Array;
  private readonly serverDrains = new Map<number, ServerEnd[]>();
  private readonly totals = { tcp: noConnections(), stream: noConnections() };
  private readonly refusals = new RefusalCounts();
  private readonly handshakes = new Handshakes();

  constructor(
    private readonly shared: LongLivedModel,
    /** Told of every event before this. */
    private readonly exposure: Exposure,
    private readonly fates?: FateListener,
  ) {
    const { model, flows, openings } = shared;
    const { count, groupOf } = model.proxies;
    this.model = model;
    this.workers = model.scenario.mesh.workersPerProxy;
    this.slots = new Slots(model, flows);
    this.watches = this.slots.count === 0 ? [] : WATCHES;
    this.opening = new Int32Array(this.slots.count);
    this.sinceMs = new Float64Array(this.slots.count).fill(STEADY);
    const watched = this.slots.count === 0 ? 0 : count;
    this.listeners = new Int32Array(watched * this.workers);
    this.taken = new Int32Array(watched * this.workers);
    for (let p = 0; p < watched; p++) {
      const listeners = model.firstSnapshot.listeners[groupOf[p]];
      for (let w = 0; w < this.workers; w++) {
        this.listeners[p * this.workers + w] = listeners;
        if (flows[groupOf[p]].length === 0) continue;
        this.opening.set(openings.of(groupOf[p], exposure.viewAt(p, w)), this.slots.of(p, w, 0));
      }
    }
  }

  emit(kind: TraceKind, timeNs: number, proxy: number, a: number, b: number, c: number): void {
    if (this.opening.length === 0) return;
    const { lasting } = this.shared;
    switch (kind) {
      case TraceKind.WorkerRoutes:
      case TraceKind.WorkerCluster:
      case TraceKind.WorkerEndpoints:
        this.updateWorker(proxy, a, nsToMs(timeNs));
        break;
      case TraceKind.ClusterWarming:
        for (let w = 0; w < this.workers; w++) this.updateWorker(proxy, w, nsToMs(timeNs));
        break;
      case TraceKind.EndpointCondition:
        this.updateAll(nsToMs(timeNs));
        break;
      case TraceKind.PodGone:
        this.stopPod(a, openShareAtEnd({ busyMs: b, isIdle: c === 1 }, lasting.openAfter(a, b)), nsToMs(timeNs));
        break;
      case TraceKind.ListenersLoaded:
        this.loads.set(proxy, [...(this.loads.get(proxy) ?? []), { isOver: false, drains: false }]);
        break;
      case TraceKind.WorkerListeners:
        this.takeOver(proxy, a, b, nsToMs(timeNs));
        break;
      case TraceKind.ListenerDraining:
        this.startDrain(proxy, a, b, c, nsToMs(timeNs));
        break;
      case TraceKind.ListenerDrained:
        this.endDrain(proxy, a, b, c, nsToMs(timeNs));
        break;
    }
  }

  finish(horizonNs: number): LongLivedTotals {
    const atMs = nsToMs(horizonNs);
    this.slots.forEach((slot, p, flow) => {
      this.close(slot, p, flow, atMs);
      for (const cohort of this.cohorts.get(slot) ?? []) {
        this.settle(cohort, p, flow, atMs);
        this.totalsOf(p, flow).openAtEnd += cohort.open;
      }
    });
    const { sets } = this.model.endpoints;
    return {
      tcp: this.totals.tcp,
      streams: this.totals.stream,
      handshakes: this.handshakes.total,
      peakHandshakesPerUpstream: this.handshakes.peak((set) => sets.members(set)),
      refused: this.refusals.list,
    };
  }

  private totalsOf(p: number, flow: number): ConnectionTotals {
    return this.totals[this.slots.flowsOf(p)[flow].type];
  }

  private updateAll(atMs: number): void {
    for (let p = 0; p < this.model.proxies.count; p++) {
      for (let w = 0; w < this.workers; w++) this.updateWorker(p, w, atMs);
    }
  }

  /** Connections that open from now on may fare otherwise. */
  private updateWorker(p: number, worker: number, atMs: number): void {
    const flows = this.slots.flowsOf(p).length;
    if (flows === 0) return;
    const openings = this.shared.openings.of(this.model.proxies.groupOf[p], this.exposure.viewAt(p, worker));
    for (let flow = 0; flow < flows; flow++) {
      const slot = this.slots.of(p, worker, flow);
      if (openings[flow] === this.opening[slot]) continue;
      this.close(slot, p, flow, atMs);
      this.opening[slot] = openings[flow];
    }
  }

  /** A worker's new connections come to other listeners; those that are open on replaced filter chains drain. */
  private takeOver(p: number, worker: number, table: number, atMs: number): void {
    const index = p * this.workers + worker;
    const replaced = new Set(this.model.snapshots.listenerTables.replaced(this.listeners[index], table));
    this.listeners[index] = table;
    const load = (this.loads.get(p) as Load[])[this.taken[index]++];
    for (let flow = 0; flow < this.slots.flowsOf(p).length; flow++) {
      const slot = this.slots.of(p, worker, flow);
      if (replaced.has(this.openingAt(slot).chain)) this.close(slot, p, flow, atMs);
      for (const cohort of this.cohorts.get(slot) ?? []) {
        if (cohort.drain !== undefined || !replaced.has(cohort.chain)) continue;
        this.settle(cohort, p, flow, atMs);
        cohort.drain = load;
        this.fates?.drains(p, load, atMs, cohort.open);
      }
    }
    this.updateWorker(p, worker, atMs);
    // The drain time of the main thread is over before the worker has heard of the change.
    if (load.isOver) this.cutDrained(p, load, atMs);
  }

  private startDrain(p: number, table: number, replaced: number, inbound: number, atMs: number): void {
    if (table !== replaced) (this.loads.get(p) as Load[])[(this.loads.get(p) as Load[]).length - 1].drains = true;
    if (inbound === 0) return;
    const endpoints = this.closeTo(this.model.inbound.endpointsOf.get(p) ?? [], atMs);
    this.serverDrains.set(p, [...(this.serverDrains.get(p) ?? []), { endpoints, startMs: atMs }]);
  }

  /** Openings to some endpoints so far are set apart from those to come. */
  private closeTo(members: Iterable<number>, atMs: number): number {
    const endpoints = this.model.endpoints.sets.of(members);
    this.slots.forEach((slot, p, flow) => {
      const concerned = this.openingAt(slot).accepted.some((part) => this.shareOf(part.endpoints, endpoints) > 0);
      if (concerned) this.close(slot, p, flow, atMs);
    });
    return endpoints;
  }

  private endDrain(p: number, table: number, replaced: number, inbound: number, atMs: number): void {
    if (table !== replaced) {
      const load = (this.loads.get(p) as Load[]).find(({ drains, isOver }) => drains && !isOver) as Load;
      load.isOver = true;
      this.cutDrained(p, load, atMs);
    }
    if (inbound === 1) this.cutByServer((this.serverDrains.get(p) as ServerEnd[]).shift() as ServerEnd, atMs);
  }

  private cutDrained(p: number, drain: Drain, atMs: number): void {
    let count = 0;
    this.slots.forEachOf(p, (slot, _, flow) => {
      const all = this.cohorts.get(slot) ?? [];
      const cut = all.filter((cohort) => cohort.drain === drain);
      if (cut.length === 0) return;
      this.cohorts.set(
        slot,
        all.filter((cohort) => cohort.drain !== drain),
      );
      for (const cohort of cut) {
        this.settle(cohort, p, flow, atMs);
        this.totalsOf(p, flow).cut += cohort.open;
        count += cohort.open;
        this.reopen(slot, p, flow, cohort, 1, atMs);
      }
    });
    this.fates?.cutDrained(p, drain, atMs, count);
  }

  private stopPod(endpoint: number, openShare: number, atMs: number): void {
    this.cutByServer({ endpoints: this.closeTo([endpoint], atMs), startMs: atMs }, atMs, openShare);
  }

  /**
   * @param openShare as a multiple of what is expected to be open, where one knows more: a number of connections that is
   *   a Poisson one falls into two that know nothing of each other, those that last until now and those that do not, so
   *   that the others are as many as ever
   */
  private cutByServer({ endpoints, startMs }: ServerEnd, atMs: number, openShare = 1): void {
    const { sets } = this.model.endpoints;
    this.slots.forEach((slot, p, flow) => {
      for (const cohort of [...(this.cohorts.get(slot) ?? [])]) {
        const share = this.shareOf(cohort.endpoints, endpoints);
        if (share === 0 || cohort.openedByMs > startMs) continue;
        this.settle(cohort, p, flow, atMs);
        const totals = this.totalsOf(p, flow);
        totals.openAtStart += cohort.open * share * (openShare - 1);
        totals.cutByServer += cohort.open * share * openShare;
        this.fates?.cutByServer(p, atMs, cohort.open * share * openShare);
        this.reopen(slot, p, flow, cohort, share * openShare, atMs);
        cohort.keep(1 - share, sets.difference(cohort.endpoints, endpoints));
      }
    });
  }

  /** Share of a set of endpoints that lies in another. */
  private shareOf(set: number, other: number): number {
    const { sets } = this.model.endpoints;
    const members = sets.members(set);
    return members.length === 0 ? 0 : members.filter((endpoint) => sets.has(other, endpoint)).length / members.length;
  }

  private openingAt(slot: number): Opening {
    return this.shared.openings.get(this.opening[slot]);
  }

  /** Ends the stretch of openings of a slot; the next one starts. */
  private close(slot: number, p: number, flow: number, atMs: number): void {
    const since = this.sinceMs[slot];
    this.sinceMs[slot] = atMs;
    if (since === atMs) return;
    const { chain, limitMs, isIdleLimit, accepted, refused } = this.openingAt(slot);
    const group = this.model.proxies.groupOf[p];
    const rate = this.shared.ratesPerMs[group][flow];
    const lifetime = this.shared.lifetimes[group][flow];
    for (const { share, refusal } of refused) this.refusals.add(refusal, rate * share * (atMs - Math.max(0, since)));
    for (const { share, endpoints } of accepted) {
      const own = rate * share;
      const cohort = new Cohort(lifetime, chain, since, atMs, undefined, own, limitMs, isIdleLimit, endpoints);
      const { openAtStart, opened, ended, limited } = duringOpening(lifetime, own, limitMs, since, cohort);
      const totals = this.totalsOf(p, flow);
      totals.openAtStart += openAtStart;
      if (openAtStart > 0) this.fates?.openAtStart(p, openAtStart);
      totals.opened += opened;
      totals.ended += ended;
      totals[isIdleLimit ? 'closedIdle' : 'expired'] += limited;
      this.keep(slot, cohort);
    }
  }

  /** Those whose connections have been cut connect anew, and stay for what was left of their time. */
  private reopen(slot: number, p: number, flow: number, cut: Cohort, share: number, atMs: number): void {
    const { chain, limitMs, isIdleLimit, accepted, refused } = this.openingAt(slot);
    const lifetime = this.shared.lifetimes[this.model.proxies.groupOf[p]][flow];
    const from = cut.wantedSinceMs(atMs);
    for (const part of refused) this.refusals.add(part.refusal, cut.open * share * part.share);
    for (const part of accepted) {
      const rate = cut.ratePerMs * share * part.share;
      const cohort = new Cohort(lifetime, chain, from, cut.toMs, atMs, rate, limitMs, isIdleLimit, part.endpoints);
      this.totalsOf(p, flow).opened += cohort.open;
      this.handshakes.add(atMs, part.endpoints, cohort.open);
      this.keep(slot, cohort);
    }
  }

  private keep(slot: number, cohort: Cohort): void {
    if (cohort.chain === NO_CHAIN || cohort.open === 0) return;
    const all = this.cohorts.get(slot);
    if (all === undefined) this.cohorts.set(slot, [cohort]);
    else all.push(cohort);
  }

  private settle(cohort: Cohort, p: number, flow: number, atMs: number): void {
    const { ended, limited } = cohort.settle(atMs);
    const totals = this.totalsOf(p, flow);
    totals[cohort.drain === undefined ? 'ended' : 'drained'] += ended;
    totals[cohort.isIdleLimit ? 'closedIdle' : 'expired'] += limited;
  }
}
