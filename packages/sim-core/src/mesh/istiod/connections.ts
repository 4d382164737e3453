/**
 * The connections of one istiod: the push queue, the slots, and one worker per connection that makes and sends CDS, EDS,
 * LDS and RDS without waiting for ACKs, and reads requests only between pushes (istiod.md 3.3–3.5, 4.1).
 */
import { TraceKind, XdsType } from '../../trace/events.js';
import { shuffle } from '../api-server.js';
import { cdsExtent, edsExtent, Extent, isEndpointsOnly, sendsListenersAndRoutes } from '../changes.js';
import { drawNs, EventKind, PRIORITY, Purpose, type RunContext } from '../context.js';
import { type Cpu, costFactor } from '../cpu.js';
import { Fifos } from '../fifos.js';
import { InternedSets } from '../interned-sets.js';
import type { SubscriptionRequests } from '../subscriptions.js';
import { IstiodCosts } from './istiod-costs.js';
import type { PushContents } from './push-content.js';
import { type MergedRequests, PushQueue, type PushRequest } from './push-queue.js';
import { Relevance, type Relevant } from './relevance.js';
import { Scopes } from './scopes.js';

/** A connection's worker. */
const State = { Idle: 0, Pushing: 1, Answering: 2 } as const;

/** Steps of a push: the four types, then the end. */
const END = 4;

export class Connections {
  private readonly queue: PushQueue;
  private readonly current: MergedRequests;
  private readonly state: Uint8Array;
  /** 1: holds a slot but is still answering a request. */
  private readonly pushWaits: Uint8Array;
  /** Reading of a request has been scheduled. */
  private readonly waking: Uint8Array;
  private readonly types: Uint8Array;
  /** Content that the worker is making; −1: none. */
  private readonly making: Int32Array;
  /** Clusters sent and subscribed, as istiod knows them; snapshot that requests are answered from. */
  private readonly sent: Int32Array;
  private readonly subscribed: Int32Array;
  private readonly lastSnapshot: Int32Array;
  /** Snapshot of the push before: what was in scope then still matters to this one. */
  private readonly previousSnapshot: Int32Array;
  private readonly costs: Int32Array;
  private readonly requests: Fifos;
  private freeSlots: number;
  private readonly scopes: Scopes;
  private readonly relevance: Relevance;
  private readonly work: IstiodCosts;

  constructor(
    private readonly ctx: RunContext,
    /** Proxies connected to this replica. */
    private readonly members: Int32Array,
    slots: number,
    private readonly cpu: Cpu,
    private readonly contents: PushContents,
    private readonly subscriptions: SubscriptionRequests,
    private readonly send: (proxy: number, content: number) => void,
    /** Which istiod this is, and its endpoints, read live. */
    private readonly replica: { readonly id: number; readonly ready: () => number },
  ) {
    const { model } = ctx;
    const count = model.proxies.count;
    this.scopes = new Scopes(model.proxies.groups.length);
    this.relevance = new Relevance(model);
    this.work = new IstiodCosts(model);
    this.queue = new PushQueue(count, members.length, model.changes.sets);
    this.current = this.queue.processing;
    this.state = new Uint8Array(count);
    this.pushWaits = new Uint8Array(count);
    this.waking = new Uint8Array(count);
    this.types = new Uint8Array(count);
    this.making = new Int32Array(count);
    const initial = model.firstSnapshot.clusters.map(({ spec }) =>
      model.clusterSets.of([...spec.keys()].filter((cluster) => spec[cluster] !== 0)),
    );
    this.sent = Int32Array.from(model.proxies.groupOf, (group) => initial[group]);
    this.subscribed = this.sent.slice();
    this.lastSnapshot = new Int32Array(count).fill(model.firstSnapshotId);
    this.previousSnapshot = this.lastSnapshot.slice();
    this.costs = new Int32Array(count);
    this.requests = new Fifos(count);
    this.freeSlots = slots;
  }

  /** Every connection, relevant or not, in an order of this push's own (istiod.md 3.1). */
  enqueueAll(request: PushRequest): void {
    const { ctx, members } = this;
    const order = members.slice();
    const base = request.push * members.length;
    shuffle(order, (i) => ctx.draws.uniform(members[0], Purpose.PushOrder, base + i));
    for (const p of order) this.queue.enqueue(p, request);
    this.dispatch();
  }

  onRequestArrived(p: number, request: number): void {
    this.requests.push(p, request);
    if (this.state[p] === State.Idle) this.wake(p);
  }

  onRequestRead(p: number): void {
    this.waking[p] = 0;
    if (this.state[p] === State.Idle) this.serve(p);
  }

  /** One type is made: send it and go on with the next. */
  onStepGenerated(p: number, step: number): void {
    if (this.making[p] >= 0) this.send(p, this.making[p]);
    this.nextStep(p, step + 1);
  }

  onAnswerGenerated(p: number, clusters: number): void {
    const content = this.contents.answer(this.lastSnapshot[p], this.groupOf(p), this.replica.ready(), clusters);
    this.send(p, content);
    this.state[p] = State.Idle;
    this.serve(p);
  }

  /** @param computed push × number of groups + group */
  onScopeReady(computed: number): void {
    const groups = this.ctx.model.proxies.groups.length;
    for (const p of this.scopes.onComputed(Math.floor(computed / groups), computed % groups)) this.firstStep(p);
  }

  private dispatch(): void {
    const { ctx, queue } = this;
    while (this.freeSlots > 0 && !queue.isEmpty) {
      const p = queue.dequeue();
      this.freeSlots--;
      ctx.sink.emit(TraceKind.PushDequeued, ctx.now, p, queue.processing.push[p], 0, 0);
      if (this.state[p] === State.Answering) this.pushWaits[p] = 1;
      else this.startPush(p);
    }
  }

  private startPush(p: number): void {
    const { current } = this;
    this.state[p] = State.Pushing;
    this.pushWaits[p] = 0;
    this.previousSnapshot[p] = this.lastSnapshot[p];
    this.lastSnapshot[p] = current.snapshot[p];
    this.types[p] = this.typesOf(p);
    const group = this.groupOf(p);
    const isReady =
      this.isEndpointsOnly(p) ||
      this.scopes.isReady(current.push[p], group, p, (push) => this.computeScope(p, push, group));
    if (isReady) this.firstStep(p);
  }

  /** Bit per XdsType that is sent. */
  private typesOf(p: number): number {
    const { kinds } = this.relevantTo(p);
    const both = sendsListenersAndRoutes(kinds) ? (1 << XdsType.LDS) | (1 << XdsType.RDS) : 0;
    const cds = this.cdsExtent(p) === Extent.None ? 0 : 1 << XdsType.CDS;
    const eds = edsExtent(kinds, this.ctx.model.istio) === Extent.None ? 0 : 1 << XdsType.EDS;
    return cds | eds | both;
  }

  private computeScope(p: number, push: number, group: number): void {
    const cost = this.work.scopeNs(this.servicesInScope(p)) * this.factor(p);
    const { groups } = this.ctx.model.proxies;
    this.cpu.run(p, cost, EventKind.ScopeReady, this.replica.id, push * groups.length + group);
  }

  private firstStep(p: number): void {
    this.nextStep(p, 0, this.isEndpointsOnly(p) ? 0 : this.work.proxyStateNs(this.servicesInScope(p)));
  }

  /** Starts on the next type that is sent; `extraNs` is CPU time that goes before it. */
  private nextStep(p: number, from: number, extraNs = 0): void {
    let step = from;
    while (step < END && (this.types[p] & (1 << step)) === 0) step++;
    if (step >= END && extraNs === 0) {
      this.endPush(p);
      return;
    }
    this.making[p] = step >= END ? -1 : this.newContent(p, step as XdsType);
    const cost = this.making[p] < 0 ? 0 : this.costNs(p, step as XdsType);
    this.cpu.run(p, (extraNs + cost) * this.factor(p), EventKind.StepGenerated, p, step);
  }

  private costNs(p: number, type: XdsType): number {
    const { resources } = this.contents.content(this.making[p]);
    const others = this.contents.othersOf(this.lastSnapshot[p], this.groupOf(p));
    const subscribed = others + this.ctx.model.clusterSets.size(this.subscribed[p]);
    return this.work.responseNs(type, resources, subscribed, this.servicesInScope(p), this.kindOf(p) === 'sidecar');
  }

  /** The response of a type as of now, or −1 where there is nothing to send. */
  private newContent(p: number, type: XdsType): number {
    const { contents, current } = this;
    const push = current.push[p];
    const snapshot = current.snapshot[p];
    const group = this.groupOf(p);
    const relevant = this.relevantTo(p);
    const to = { group, sent: this.sent[p], subscribed: this.subscribed[p] };
    switch (type) {
      case XdsType.CDS:
        return contents.cds(push, this.cdsExtent(p), relevant, snapshot, to);
      case XdsType.EDS: {
        const extent = edsExtent(relevant.kinds, this.ctx.model.istio);
        const id = contents.eds(push, extent, relevant, snapshot, this.replica.ready(), to);
        return contents.content(id).resources === 0 ? -1 : id;
      }
      case XdsType.LDS:
        return contents.lds(push, snapshot, group);
      default:
        return contents.rds(push, snapshot, group);
    }
  }

  private cdsExtent(p: number): Extent {
    const { model } = this.ctx;
    const kind = this.kindOf(p);
    const isFiltered = kind === 'gateway' && model.scenario.mesh.filterGatewayClusters;
    return cdsExtent(this.relevantTo(p).kinds, { kind, isFiltered }, model.istio);
  }

  private relevantTo(p: number): Relevant {
    const { current } = this;
    return this.relevance.of(this.groupOf(p), current.changes[p], current.snapshot[p], this.previousSnapshot[p]);
  }

  private isEndpointsOnly(p: number): boolean {
    return isEndpointsOnly(this.ctx.model.changes.kinds(this.current.changes[p]));
  }

  private servicesInScope(p: number): number {
    return this.ctx.model.snapshot(this.lastSnapshot[p]).scopes[this.groupOf(p)].services;
  }

  private endPush(p: number): void {
    this.ctx.sink.emit(TraceKind.PushDone, this.ctx.now, p, this.current.push[p], 0, 0);
    this.state[p] = State.Idle;
    this.freeSlots++;
    this.queue.markDone(p);
    if (!this.requests.isEmpty(p)) this.serve(p);
    this.dispatch();
  }

  /** Requests first, then a push that waits for this connection. */
  private serve(p: number): void {
    const { ctx, requests } = this;
    const sets = ctx.model.clusterSets;
    while (!requests.isEmpty(p)) {
      const { added, dropped } = this.subscriptions.request(requests.shift(p));
      this.subscribed[p] = sets.union(sets.difference(this.subscribed[p], dropped), added);
      if (added === InternedSets.EMPTY) continue;
      this.state[p] = State.Answering;
      const cost = this.work.responseNs(XdsType.EDS, sets.size(added), 0, 0, false) * this.factor(p);
      this.cpu.run(p, cost, EventKind.AnswerGenerated, p, added);
      return;
    }
    if (this.pushWaits[p] === 1) this.startPush(p);
  }

  private wake(p: number): void {
    const { ctx } = this;
    if (this.waking[p] === 1) return;
    this.waking[p] = 1;
    const delay = drawNs(ctx, ctx.delays.wakeMs, p, Purpose.IstiodWake, this.costs[p]);
    ctx.queue.push(ctx.now + delay, PRIORITY, EventKind.RequestRead, p, 0);
  }

  /** Keeps istiod's knowledge of what the proxy has been sent. */
  onSent(p: number, built: number, removed: number): void {
    const sets = this.ctx.model.clusterSets;
    this.sent[p] = sets.difference(sets.union(this.sent[p], built), removed);
  }

  private kindOf(p: number): 'sidecar' | 'gateway' {
    return this.ctx.model.proxies.groups[this.groupOf(p)].kind;
  }

  private groupOf(p: number): number {
    return this.ctx.model.proxies.groupOf[p];
  }

  private factor(p: number): number {
    return costFactor(this.ctx, p, Purpose.IstiodCost, this.costs[p]++);
  }
}
