/**
 * The connections of one istiod: the push queue, the slots, and one worker per connection that makes and sends CDS, EDS,
 * LDS and RDS without waiting for ACKs, and reads requests only between pushes (istiod.md 3.3–3.5, 4.1).
 */
import { usToNs } from '../../kernel/time.js';
import { TraceKind, XdsType } from '../../trace/events.js';
import { shuffle } from '../api-server.js';
import { drawNs, EventKind, PRIORITY, Purpose, type RunContext } from '../context.js';
import { type Cpu, costFactor } from '../cpu.js';
import { Fifos } from '../fifos.js';
import { InternedSets } from '../interned-sets.js';
import { Changed, relevantTo } from '../push-request.js';
import type { SubscriptionRequests } from '../subscriptions.js';
import { PushContents } from './push-content.js';
import { type MergedRequests, PushQueue, type PushRequest } from './push-queue.js';
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
  private readonly costs: Int32Array;
  private readonly requests: Fifos;
  private freeSlots: number;
  private readonly scopes = new Scopes();

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
    this.queue = new PushQueue(count, members.length, model.hostSets);
    this.current = this.queue.processing;
    this.state = new Uint8Array(count);
    this.pushWaits = new Uint8Array(count);
    this.waking = new Uint8Array(count);
    this.types = new Uint8Array(count);
    this.making = new Int32Array(count);
    const { spec } = model.firstSnapshot.clusters;
    const initial = model.clusterSets.of([...spec.keys()].filter((cluster) => spec[cluster] !== 0));
    this.sent = new Int32Array(count).fill(initial);
    this.subscribed = new Int32Array(count).fill(initial);
    this.lastSnapshot = new Int32Array(count).fill(model.firstSnapshotId);
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
    const content = this.contents.answer(this.lastSnapshot[p], this.replica.ready(), clusters);
    this.send(p, content);
    this.state[p] = State.Idle;
    this.serve(p);
  }

  /** @param computed push × 2 + proxy kind */
  onScopeReady(computed: number): void {
    const kind = (computed & 1) as 0 | 1;
    for (const p of this.scopes.onComputed(computed >> 1, kind)) this.firstStep(p);
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
    this.lastSnapshot[p] = current.snapshot[p];
    this.types[p] = PushContents.types(relevantTo(this.kindOf(p), current.flags[p]));
    const kind = this.kindOf(p) === 'gateway' ? 0 : 1;
    const isReady =
      current.flags[p] === Changed.Endpoints ||
      this.scopes.isReady(current.push[p], kind, p, (push) => this.computeScope(p, push, kind));
    if (isReady) this.firstStep(p);
  }

  private computeScope(p: number, push: number, kind: number): void {
    const { costs, mesh } = this.ctx.model.scenario;
    const cost = usToNs(costs.istiod.scopePerServiceUs * mesh.services) * this.factor(p);
    this.cpu.run(p, cost, EventKind.ScopeReady, this.replica.id, push * 2 + kind);
  }

  private firstStep(p: number): void {
    const { costs, mesh } = this.ctx.model.scenario;
    const onlyEndpoints = this.current.flags[p] === Changed.Endpoints;
    const state = costs.istiod.proxyStateUs + costs.istiod.proxyStatePerServiceUs * mesh.services;
    this.nextStep(p, 0, onlyEndpoints ? 0 : usToNs(state));
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
    const { model } = this.ctx;
    const { resources } = this.contents.content(this.making[p]);
    const subscribed = model.untouchedServices + model.clusterSets.size(this.subscribed[p]);
    return this.contents.costNs(type, resources, subscribed, this.kindOf(p) === 'sidecar');
  }

  /** The response of a type as of now, or −1 where there is nothing to send. */
  private newContent(p: number, type: XdsType): number {
    const { contents, current } = this;
    const push = current.push[p];
    const snapshot = current.snapshot[p];
    const group = this.ctx.model.proxies.groupOf[p];
    const flags = relevantTo(this.kindOf(p), current.flags[p]);
    const to = { group, sent: this.sent[p], subscribed: this.subscribed[p] };
    switch (type) {
      case XdsType.CDS:
        return contents.cds(push, flags, current.hosts[p], snapshot, to);
      case XdsType.EDS: {
        const id = contents.eds(push, flags, current.hosts[p], snapshot, this.replica.ready(), to);
        return contents.content(id).resources === 0 ? -1 : id;
      }
      case XdsType.LDS:
        return contents.lds(push, snapshot, group);
      default:
        return contents.rds(push, snapshot, group);
    }
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
      const cost = this.contents.costNs(XdsType.EDS, sets.size(added), 0, false) * this.factor(p);
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
    const { groupOf, groups } = this.ctx.model.proxies;
    return groups[groupOf[p]].kind;
  }

  private factor(p: number): number {
    return costFactor(this.ctx, p, Purpose.IstiodCost, this.costs[p]++);
  }
}
