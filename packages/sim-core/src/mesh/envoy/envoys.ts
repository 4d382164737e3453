/**
 * Envoy's main thread, for every proxy: xDS messages one at a time, in the order of the stream; clusters that warm;
 * requests and ACKs that leave when the thread has drained what it has received (envoy.md 1, 2; lab finding 2).
 */
import { msToNs } from '../../kernel/time.js';
import { TraceKind, XdsType } from '../../trace/events.js';
import { drawNs, EventKind, PRIORITY, Purpose, type RunContext } from '../context.js';
import { type Cpu, costFactor } from '../cpu.js';
import { Fifos } from '../fifos.js';
import { InternedSets } from '../interned-sets.js';
import type { Content, PushContents } from '../istiod/push-content.js';
import type { Claims } from '../istiod/responses.js';
import type { Links } from '../links.js';
import type { SubscriptionRequest, SubscriptionRequests } from '../subscriptions.js';
import { EnvoyCosts } from './envoy-costs.js';
import type { Listeners } from './listeners.js';
import { Rejections } from './rejections.js';
import type { Servers } from './servers.js';
import type { Workers } from './workers.js';

const Main = { Idle: 0, Waking: 1, Busy: 2 } as const;

/** Entries of the outgoing queue: value × 3 + kind. */
const Out = { Request: 0, Ack: 1, Nack: 2 } as const;
const OUTS = 3;

/** In place of work left: the message has taken effect already. */
const APPLIED = -1;

export class Envoys {
  private readonly clusterCount: number;
  private readonly main: Uint8Array;
  private readonly inbox: Fifos;
  private readonly outbox: Fifos;
  /** 1: has a stream; without one it says nothing, though it works off what it has received. */
  private readonly hasStream: Uint8Array;
  /** Messages received and not worked off, and how many of them came on a stream that is gone: they get no ACK. */
  private readonly unread: Uint16Array;
  private readonly orphaned: Uint16Array;
  /** ACKs of CDS that wait for clusters to be warm. */
  private readonly withheld: Fifos;
  private readonly flushing: Uint8Array;
  private readonly ordinal: Int32Array;
  /** Work left on a message whose endpoints have taken effect half way. */
  private readonly restNs: Float64Array;
  /** 1: connected anew while a cluster warmed, so that CDS has not been asked for. */
  private readonly owesCds: Uint8Array;
  private readonly costs: EnvoyCosts;
  private readonly rejections: Rejections;
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
  private readonly routes: Int32Array;
  /** Route configurations that it has asked for, as a set. */
  private readonly routeConfigs: Int32Array;

  constructor(
    private readonly ctx: RunContext,
    private readonly cpu: Cpu,
    private readonly workers: Workers,
    private readonly servers: Servers,
    private readonly listeners: Listeners,
    private readonly contents: PushContents,
    private readonly requests: SubscriptionRequests,
    private readonly links: Links,
  ) {
    const { model } = ctx;
    const { count, groupOf } = model.proxies;
    const clusters = model.clusters.clusters.length;
    this.clusterCount = clusters;
    this.main = new Uint8Array(count);
    this.inbox = new Fifos(count);
    this.outbox = new Fifos(count);
    this.hasStream = new Uint8Array(count).fill(1);
    this.unread = new Uint16Array(count);
    this.orphaned = new Uint16Array(count);
    this.withheld = new Fifos(count);
    this.flushing = new Uint8Array(count);
    this.ordinal = new Int32Array(count);
    this.restNs = new Float64Array(count);
    this.owesCds = new Uint8Array(count);
    this.costs = new EnvoyCosts(model);
    this.rejections = new Rejections(model);
    this.active = new Int32Array(count * clusters);
    this.warming = new Int32Array(count * clusters);
    this.endpoints = new Int32Array(count * clusters);
    this.warmingCount = new Int32Array(count);
    this.warmings = new Int32Array(count * clusters);
    this.fetchTimeoutNs = msToNs(model.scenario.mesh.initialFetchTimeoutMs);
    const start = model.firstSnapshot;
    this.routes = model.proxies.byProxy(start.routes);
    this.routeConfigs = model.proxies.byProxy(model.firstRouteConfigs);
    this.others = model.proxies.byProxy(start.scopes.map(({ otherClusters }) => otherClusters));
    const sets = start.clusters.map(({ selector }) =>
      selector.map((labels, k) => model.endpoints.select(k, labels, model.initialReady)),
    );
    for (let p = 0; p < count; p++) {
      this.active.set(start.clusters[groupOf[p]].spec, p * clusters);
      this.endpoints.set(sets[groupOf[p]], p * clusters);
    }
  }

  onStreamClosed(p: number): void {
    this.hasStream[p] = 0;
    this.orphaned[p] = this.unread[p];
  }

  /**
   * A new stream: what was to be said on the one before is out of date (envoy's NewGrpcMuxImpl clears its queue of ACKs).
   * @returns what the proxy says that it has
   */
  onStreamOpened(p: number): Claims {
    this.hasStream[p] = 1;
    this.outbox.clear(p);
    this.withheld.clear(p);
    const { active, warming, clusterCount } = this;
    const first = p * clusterCount;
    const held = Array.from({ length: clusterCount }, (_, k) => k).filter(
      (k) => active[first + k] !== 0 || warming[first + k] !== 0,
    );
    const isWarming = this.warmingCount[p] > 0;
    this.owesCds[p] = isWarming ? 1 : 0;
    return {
      clusters: this.ctx.model.clusterSets.of(held),
      others: this.others[p],
      listeners: this.listeners.tables[p],
      routeConfigs: this.routeConfigs[p],
      isWarming,
    };
  }

  onResponseArrived(p: number, content: number): void {
    const { ctx } = this;
    ctx.sink.emit(TraceKind.ResponseReceived, ctx.now, p, content, 0, 0);
    this.inbox.push(p, content);
    this.unread[p]++;
    if (this.main[p] !== Main.Idle) return;
    this.main[p] = Main.Waking;
    const delay = drawNs(ctx, ctx.delays.wakeMs, p, Purpose.EnvoyWake, this.ordinal[p]++);
    ctx.queue.push(ctx.now + delay, PRIORITY, EventKind.MainWoken, p, 0);
  }

  onMainWoken(p: number): void {
    const { ctx } = this;
    this.main[p] = Main.Busy;
    const id = this.inbox.shift(p);
    const content = this.contents.content(id);
    ctx.sink.emit(TraceKind.ResponseStarted, ctx.now, p, id, 0, 0);
    const ordinal = this.ordinal[p]++;
    const cost = this.costNs(p, content) * costFactor(ctx, p, Purpose.EnvoyCost, ordinal);
    const tracked = ctx.model.clusterSets.size(content.clusters);
    if (content.type !== XdsType.EDS || tracked === 0 || tracked === content.resources) {
      this.cpu.run(p, cost, EventKind.MessageProcessed, p, id);
      return;
    }
    // Each cluster's endpoints take effect at their place in the message, and istiod puts them in random order (it
    // ranges over a map): what follows of other services' endpoints delays the next message, not this effect.
    const place = ctx.draws.uniform(p, Purpose.EndpointPlace, ordinal);
    this.restNs[p] = cost * (1 - place);
    this.cpu.run(p, cost * place, EventKind.EndpointsReached, p, id);
  }

  onEndpointsReached(p: number, id: number): void {
    if (!this.isRejected(p, XdsType.EDS)) this.applyEndpoints(p, this.contents.content(id));
    this.cpu.run(p, this.restNs[p], EventKind.MessageProcessed, p, id);
    this.restNs[p] = APPLIED;
  }

  onMessageProcessed(p: number, id: number): void {
    const { ctx } = this;
    const content = this.contents.content(id);
    const isRejected = this.isRejected(p, content.type);
    if (!isRejected) {
      if (this.restNs[p] !== APPLIED) this.apply(p, content);
      ctx.sink.emit(TraceKind.ResponseApplied, ctx.now, p, id, 0, 0);
    }
    this.restNs[p] = 0;
    this.unread[p]--;
    if (this.orphaned[p] > 0) this.orphaned[p]--;
    else this.answer(p, id, isRejected);
    if (!this.inbox.isEmpty(p)) {
      this.onMainWoken(p);
      return;
    }
    this.main[p] = Main.Idle;
    if (this.flushing[p] === 1) return;
    this.flushing[p] = 1;
    const delay = drawNs(ctx, ctx.delays.requestFlushMs, p, Purpose.Flush, this.ordinal[p]++);
    ctx.queue.push(ctx.now + delay, PRIORITY, EventKind.Flush, p, 0);
  }

  onFlush(p: number): void {
    const { ctx, outbox } = this;
    this.flushing[p] = 0;
    if (this.hasStream[p] === 0) return;
    while (!outbox.isEmpty(p)) {
      const entry = outbox.shift(p);
      const value = Math.floor(entry / OUTS);
      const out = entry % OUTS;
      if (out !== Out.Request) {
        const kind = out === Out.Ack ? TraceKind.AckSent : TraceKind.NackSent;
        ctx.sink.emit(kind, ctx.now, p, value, 0, 0);
        continue;
      }
      this.tellRequest(p, this.requests.request(value));
      this.links.sendUp(p, value);
    }
  }

  /** No endpoints have come in time: it goes on with those of an earlier object, or with none (envoy.md 2.4). */
  onFetchTimedOut(slot: number, ordinal: number): void {
    if (this.warming[slot] === 0 || this.warmings[slot] !== ordinal) return;
    const p = Math.floor(slot / this.clusterCount);
    const isKnown = this.ctx.model.istio.timedOutEds === 'cached' && this.active[slot] !== 0;
    this.warm(p, slot % this.clusterCount, isKnown ? this.endpoints[slot] : InternedSets.EMPTY, true);
  }

  private answer(p: number, id: number, isRejected: boolean): void {
    const isWithheld = !isRejected && this.contents.content(id).type === XdsType.CDS && this.warmingCount[p] > 0;
    (isWithheld ? this.withheld : this.outbox).push(p, id * OUTS + (isRejected ? Out.Nack : Out.Ack));
  }

  /** A new listener waits for its routes; those of one that is gone are still subscribed to while it drains. */
  private askForRoutes(p: number, listeners: number): void {
    const { listenerTables } = this.ctx.model.snapshots;
    const { routeConfigs: sets } = listenerTables;
    const added = sets.difference(listenerTables.get(listeners).routeConfigs, this.routeConfigs[p]);
    if (added === InternedSets.EMPTY) return;
    this.routeConfigs[p] = sets.union(this.routeConfigs[p], added);
    this.outbox.push(p, this.requests.ofRoutes(added) * OUTS + Out.Request);
  }

  private tellRequest(p: number, { added, dropped, others, routeConfigs }: SubscriptionRequest): void {
    const { sink, now, model } = this.ctx;
    const routes = model.snapshots.listenerTables.routeConfigs.size(routeConfigs);
    const subscribed = model.clusterSets.size(added) + Math.max(0, others);
    const unsubscribed = model.clusterSets.size(dropped) + Math.max(0, -others);
    const ofClusters = subscribed + unsubscribed === 0 ? XdsType.CDS : XdsType.EDS;
    const type = routes > 0 ? XdsType.RDS : ofClusters;
    sink.emit(TraceKind.RequestSent, now, p, type, subscribed + routes, unsubscribed);
  }

  /**
   * The ACK of CDS stays back while a cluster warms (envoy.md 1.4), and leaves behind what was queued meanwhile (lab:
   * after the ACK of RDS, before that of the endpoints that ended the warming).
   */
  private stopWarming(p: number): void {
    this.warmingCount[p]--;
    if (this.warmingCount[p] > 0) return;
    while (!this.withheld.isEmpty(p)) this.outbox.push(p, this.withheld.shift(p));
    if (this.owesCds[p] === 0) return;
    this.owesCds[p] = 0;
    this.outbox.push(p, this.requests.idOf(InternedSets.EMPTY, InternedSets.EMPTY, 0) * OUTS + Out.Request);
  }

  private isRejected(p: number, type: XdsType): boolean {
    return this.rejections.isRejected(p, type, this.ctx.now);
  }

  private apply(p: number, content: Content): void {
    switch (content.type) {
      case XdsType.CDS:
        this.applyClusters(p, content);
        break;
      case XdsType.EDS:
        this.applyEndpoints(p, content);
        break;
      case XdsType.RDS:
        this.applyRoutes(p, content.routes);
        break;
      case XdsType.LDS:
        this.listeners.apply(p, content.listeners, this.servers.onListeners(p, content.policies));
        this.askForRoutes(p, content.listeners);
        break;
    }
  }

  /**
   * Added and changed clusters warm; a changed one goes on serving as it was. Only names that are new get an EDS
   * subscription (envoy.md 1.5). Removals are immediate (envoy.md 2.8).
   */
  private applyClusters(p: number, content: Content): void {
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
    const dropped = content.removedClusters;
    const others = content.otherClusters;
    this.others[p] += others;
    if (added === InternedSets.EMPTY && dropped === InternedSets.EMPTY && others === 0) return;
    this.outbox.push(p, this.requests.idOf(added, dropped, others) * OUTS + Out.Request);
  }

  private isChanged(slot: number, spec: number): boolean {
    return spec !== (this.warming[slot] === 0 ? this.active[slot] : this.warming[slot]);
  }

  private applyEndpoints(p: number, content: Content): void {
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

  private applyRoutes(p: number, routes: number): void {
    if (this.routes[p] === routes) return;
    this.routes[p] = routes;
    this.ctx.sink.emit(TraceKind.RoutesLoaded, this.ctx.now, p, routes, 0, 0);
    this.workers.postRoutes(p, routes);
  }

  private costNs(p: number, content: Content): number {
    const { model } = this.ctx;
    let changed = Math.max(0, content.otherClusters);
    if (content.type === XdsType.CDS) {
      const { spec } = model.clusterState(content.rules);
      for (const k of model.clusterSets.members(content.clusters)) {
        if (this.isChanged(p * this.clusterCount + k, spec[k])) changed++;
      }
    }
    return this.costs.messageNs(content, changed, this.routes[p] === content.routes);
  }
}
