/**
 * Envoy's main thread, for every proxy: xDS messages one at a time, in the order of the stream; requests and ACKs that leave
 * when the thread has drained what it has received (envoy.md 1; lab finding 2).
 */
import { TraceKind, XdsType } from '../../trace/events.js';
import { drawNs, EventKind, PRIORITY, Purpose, type RunContext } from '../context.js';
import { type Cpu, costFactor } from '../cpu.js';
import { Fifos } from '../fifos.js';
import { InternedSets } from '../interned-sets.js';
import type { Content, PushContents } from '../istiod/push-content.js';
import type { Claims } from '../istiod/responses.js';
import type { Links } from '../links.js';
import type { SubscriptionRequest, SubscriptionRequests } from '../subscriptions.js';
import { EnvoyClusters } from './envoy-clusters.js';
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
  readonly clusters: EnvoyClusters;
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
    const { count } = model.proxies;
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
    this.clusters = new EnvoyClusters(ctx, workers, (p) => this.onAllWarm(p));
    this.routes = model.proxies.byProxy(model.firstSnapshot.routes);
    this.routeConfigs = model.proxies.byProxy(model.firstRouteConfigs);
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
    const isWarming = this.clusters.isWarming(p);
    this.owesCds[p] = isWarming ? 1 : 0;
    return {
      ...this.clusters.heldBy(p),
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
    if (!this.isRejected(p, XdsType.EDS)) this.clusters.applyEndpoints(p, this.contents.content(id));
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

  private answer(p: number, id: number, isRejected: boolean): void {
    const isWithheld = !isRejected && this.contents.content(id).type === XdsType.CDS && this.clusters.isWarming(p);
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
  private onAllWarm(p: number): void {
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
        this.clusters.applyEndpoints(p, content);
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

  /** Endpoints of new clusters have to be asked for. */
  private applyClusters(p: number, content: Content): void {
    const { added, dropped, others } = this.clusters.apply(p, content);
    if (added === InternedSets.EMPTY && dropped === InternedSets.EMPTY && others === 0) return;
    this.outbox.push(p, this.requests.idOf(added, dropped, others) * OUTS + Out.Request);
  }

  private applyRoutes(p: number, routes: number): void {
    if (this.routes[p] === routes) return;
    this.routes[p] = routes;
    this.ctx.sink.emit(TraceKind.RoutesLoaded, this.ctx.now, p, routes, 0, 0);
    this.workers.postRoutes(p, routes);
  }

  private costNs(p: number, content: Content): number {
    const built = content.type === XdsType.CDS ? this.clusters.changedBy(p, content) : 0;
    const changed = Math.max(0, content.otherClusters) + built;
    return this.costs.messageNs(content, changed, this.routes[p] === content.routes);
  }
}
