/**
 * The connections of one istiod: the push queue, the slots, and one worker per connection that makes and sends CDS, EDS,
 * LDS and RDS without waiting for ACKs, and reads requests only between pushes (istiod.md 3.3–3.5, 4.1).
 */
import { TraceKind, type XdsType } from '../../trace/events.js';
import { shuffle } from '../api-server.js';
import { drawNs, EventKind, PRIORITY, Purpose, type RunContext } from '../context.js';
import { costFactor } from '../cpu.js';
import { Fifos } from '../fifos.js';
import { InternedSets } from '../interned-sets.js';
import type { Links } from '../links.js';
import type { SubscriptionRequests } from '../subscriptions.js';
import type { GoScheduler } from './go-scheduler.js';
import type { PushContents } from './push-content.js';
import { type MergedRequests, PushQueue } from './push-queue.js';
import { ALL_TYPES, CLUSTER_TYPES, type Claims, Responses } from './responses.js';
import { Scopes } from './scopes.js';

/** A connection's worker. */
const State = { Idle: 0, Pushing: 1, Answering: 2 } as const;

/** Steps of a push: the four types, then the end; or the one answer to a subscription. */
const END = 4;
const ANSWER = 5;

/** A gRPC stream takes so much ahead of its writer (grpc-go, internal/transport: defaultWriteQuota). */
const WRITE_QUOTA_BYTES = 64 * 1024;
const WRITE_NS = 1000;

/** What a push tells every connection. */
export interface PushRequest {
  readonly push: number;
  /** Set of changes, see MeshModel.changes; never empty. */
  readonly changes: number;
  readonly snapshot: number;
}

/** What connections need of the rest of the run. */
export interface ConnectionParts {
  readonly cpu: GoScheduler;
  readonly contents: PushContents;
  readonly subscriptions: SubscriptionRequests;
  readonly links: Links;
  /** Which istiod this is, and its endpoints, read live. */
  readonly replica: { readonly id: number; readonly ready: () => number };
}

export class Connections {
  private readonly queue: PushQueue;
  private readonly current: MergedRequests;
  private readonly responses: Responses;
  /** Proxies connected to this replica: the first `memberCount`, and where each of them is. */
  private readonly members: Int32Array;
  private readonly placeOf: Int32Array;
  private memberCount = 0;
  /** CPU time that this istiod has asked for. */
  workNs = 0;
  /** push → snapshot of its push context. */
  private readonly snapshots: number[] = [];
  private readonly state: Uint8Array;
  /** 1: holds a slot but is still answering a request. */
  private readonly pushWaits: Uint8Array;
  /** 1: waits for the scope of its namespace. */
  private readonly awaitsScope: Uint8Array;
  /** 1: its push has not had a core yet. */
  private readonly begins: Uint8Array;
  /** 1: reading of a request has been scheduled. */
  private readonly waking: Uint8Array;
  /** Types that are still to be made, as bits. */
  private readonly types: Uint8Array;
  /** 1: the last response was more than the stream's write quota; the next waits until it is written. */
  private readonly isWriting: Uint8Array;
  /** Content that the worker is making; −1: none. */
  private readonly making: Int32Array;
  /** 1: has not done the awaited push, nor a later one. */
  private readonly isBehind: Uint8Array;
  private behind = 0;
  private awaitedPush = -1;
  private readonly costs: Int32Array;
  private readonly requests: Fifos;
  private freeSlots: number;
  private scopes: Scopes;

  constructor(
    private readonly ctx: RunContext,
    private readonly slots: number,
    private readonly parts: ConnectionParts,
  ) {
    const { model } = ctx;
    const count = model.proxies.count;
    this.scopes = new Scopes(model.proxies.groups.length);
    this.queue = new PushQueue(count, model.changes.sets);
    this.current = this.queue.processing;
    this.responses = new Responses(model, parts.contents, this.current, parts.replica.ready);
    this.members = new Int32Array(count);
    this.placeOf = new Int32Array(count);
    this.state = new Uint8Array(count);
    this.pushWaits = new Uint8Array(count);
    this.awaitsScope = new Uint8Array(count);
    this.begins = new Uint8Array(count);
    this.isWriting = new Uint8Array(count);
    this.waking = new Uint8Array(count);
    this.types = new Uint8Array(count);
    this.making = new Int32Array(count);
    this.isBehind = new Uint8Array(count);
    this.costs = new Int32Array(count);
    this.requests = new Fifos(count);
    this.freeSlots = slots;
  }

  /** A proxy that has been connected, and up to date, for long. */
  add(p: number): void {
    this.placeOf[p] = this.memberCount;
    this.members[this.memberCount++] = p;
  }

  /**
   * A new stream: Envoy asks for everything, and is answered type by type without a slot.
   * @param claims what the proxy says it has
   * @param push the newest, whose push context answers
   */
  connect(p: number, claims: Claims, snapshot: number, push: number): void {
    this.add(p);
    this.responses.connect(p, claims, snapshot);
    if (push < this.awaitedPush) this.setBehind(p, 1);
    // While a cluster warms, CDS is paused, also on a new stream (envoy.md 1.4).
    this.answerWhole(p, claims.isWarming ? ALL_TYPES & ~1 : ALL_TYPES);
  }

  disconnect(p: number): void {
    const holdsSlot = this.state[p] === State.Pushing || this.pushWaits[p] === 1;
    this.forget(p);
    if (!holdsSlot) return;
    this.freeSlots++;
    this.dispatch();
  }

  /** The process is gone with all that it had in hand. */
  reset(): void {
    while (this.memberCount > 0) this.forget(this.members[0]);
    this.responses.onRestart();
    this.freeSlots = this.slots;
    this.scopes = new Scopes(this.ctx.model.proxies.groups.length);
  }

  /** Every connection, relevant or not, in an order of this push's own (istiod.md 3.1). */
  enqueueAll({ push, changes, snapshot }: PushRequest): void {
    const { ctx, parts } = this;
    this.snapshots[push] = snapshot;
    this.responses.onPushContext(changes, snapshot);
    const order = this.members.slice(0, this.memberCount);
    const base = push * ctx.model.proxies.count;
    shuffle(order, (i) => ctx.draws.uniform(-1 - parts.replica.id, Purpose.PushOrder, base + i));
    for (const p of order) this.queue.enqueue(p, changes, push);
    this.dispatch();
  }

  /** Keeps count of the connections that have not done a push yet, which is about to be made. */
  awaitPush(push: number): void {
    this.awaitedPush = push;
    for (let i = 0; i < this.memberCount; i++) this.setBehind(this.members[i], 1);
  }

  /** Every connection has done the awaited push, or a later one. */
  get haveDone(): boolean {
    return this.behind === 0;
  }

  onRequestArrived(p: number, request: number): void {
    this.requests.push(p, request);
    if (this.state[p] === State.Idle) this.wake(p);
  }

  onRequestRead(p: number): void {
    this.waking[p] = 0;
    if (this.state[p] === State.Idle) this.serve(p);
  }

  /** A goroutine has a core: of a connection, or of the push context (below 0). */
  onStarted(p: number): void {
    if (p < 0 || this.begins[p] === 0) return;
    this.begins[p] = 0;
    this.ctx.sink.emit(TraceKind.PushBegun, this.ctx.now, p, this.current.push[p], 0, 0);
  }

  /** One type is made: send it and, when the send returns, go on with the next. */
  onStepGenerated(p: number, step: number): void {
    const { ctx, parts } = this;
    const content = this.making[p];
    if (content >= 0) {
      if (this.isWriting[p] === 1) {
        this.isWriting[p] = 0;
        parts.cpu.runAfterOthers(p, WRITE_NS, EventKind.StepGenerated, p, parts.links.tag(p, step));
        return;
      }
      ctx.sink.emit(TraceKind.ResponseSent, ctx.now, p, content, 0, 0);
      this.responses.onSent(p, content);
      if (parts.links.bytesOf(content) > WRITE_QUOTA_BYTES) this.isWriting[p] = 1;
      const sent = parts.links.deliver(p, content);
      if (sent > ctx.now) {
        ctx.queue.push(sent, PRIORITY, EventKind.SendUnblocked, p, parts.links.tag(p, step));
        return;
      }
    }
    this.onStepSent(p, step);
  }

  onStepSent(p: number, step: number): void {
    if (step === ANSWER) this.endAnswer(p);
    else this.nextStep(p, step + 1);
  }

  /** @param computed push × number of groups + group */
  onScopeReady(computed: number): void {
    const groups = this.ctx.model.proxies.groups.length;
    for (const p of this.scopes.onComputed(Math.floor(computed / groups), computed % groups)) {
      // Its stream may have ended meanwhile.
      if (this.awaitsScope[p] === 1) this.firstStep(p);
    }
  }

  private dispatch(): void {
    const { ctx, queue } = this;
    while (this.freeSlots > 0) {
      const p = queue.dequeue();
      if (p < 0) return;
      this.freeSlots--;
      ctx.sink.emit(TraceKind.PushDequeued, ctx.now, p, queue.processing.push[p], 0, 0);
      if (this.state[p] === State.Answering) this.pushWaits[p] = 1;
      else this.startPush(p);
    }
  }

  private startPush(p: number): void {
    const { current, responses } = this;
    this.state[p] = State.Pushing;
    this.pushWaits[p] = 0;
    responses.startPush(p, this.snapshots[current.push[p]]);
    this.types[p] = responses.types(p);
    const { groups, groupOf } = this.ctx.model.proxies;
    const group = groups[groupOf[p]].scopeGroup;
    this.awaitsScope[p] = 1;
    if (responses.isEndpointsOnly(p) || this.scopes.isReady(current.push[p], group)) {
      this.firstStep(p);
      return;
    }
    const missing = this.scopes.wait(group, p);
    if (missing >= 0) this.computeScope(p, missing, group);
  }

  private computeScope(p: number, push: number, group: number): void {
    const { cpu, replica } = this.parts;
    const cost = this.responses.work.scopeNs(this.responses.servicesInScope(p)) * this.factor(p);
    this.workNs += cost;
    const { groups } = this.ctx.model.proxies;
    cpu.run(p, cost, EventKind.ScopeReady, replica.id, push * groups.length + group);
  }

  private firstStep(p: number): void {
    const { responses } = this;
    this.awaitsScope[p] = 0;
    this.begins[p] = 1;
    const state = responses.isEndpointsOnly(p) ? 0 : responses.work.proxyStateNs(responses.servicesInScope(p));
    this.nextStep(p, 0, state);
  }

  /** Starts on the next type that is sent; `extraNs` is CPU time that goes before it. */
  private nextStep(p: number, from: number, extraNs = 0): void {
    const { responses } = this;
    let step = from;
    while (step < END && (this.types[p] & (1 << step)) === 0) step++;
    if (step >= END && extraNs === 0) {
      if (this.state[p] === State.Answering) this.endAnswer(p);
      else this.endPush(p);
      return;
    }
    const isWhole = this.state[p] === State.Answering;
    const type = step as XdsType;
    this.making[p] = step >= END ? -1 : isWhole ? responses.whole(p, type) : responses.ofPush(p, type);
    const cost = this.making[p] < 0 ? 0 : responses.costNs(p, this.making[p]);
    this.run(p, extraNs + cost, step);
  }

  private endPush(p: number): void {
    const push = this.current.push[p];
    this.ctx.sink.emit(TraceKind.PushDone, this.ctx.now, p, push, 0, 0);
    if (push >= this.awaitedPush) this.setBehind(p, 0);
    this.state[p] = State.Idle;
    this.freeSlots++;
    this.queue.markDone(p);
    if (!this.requests.isEmpty(p)) this.serve(p);
    this.dispatch();
  }

  private endAnswer(p: number): void {
    this.state[p] = State.Idle;
    this.serve(p);
  }

  /** Requests first, then a push that waits for this connection. */
  private serve(p: number): void {
    const { requests, responses } = this;
    while (!requests.isEmpty(p)) {
      const request = this.parts.subscriptions.request(requests.shift(p));
      const { added, dropped, others, routeConfigs } = request;
      const asks = added !== InternedSets.EMPTY || others > 0 || routeConfigs !== InternedSets.EMPTY;
      if (!asks && dropped === InternedSets.EMPTY && others === 0) {
        this.answerWhole(p, CLUSTER_TYPES);
        return;
      }
      responses.subscribe(p, request);
      if (!asks) continue;
      this.state[p] = State.Answering;
      this.making[p] = responses.answer(p, request);
      this.run(p, responses.answerCostNs(p, this.making[p]), ANSWER);
      return;
    }
    if (this.pushWaits[p] === 1) this.startPush(p);
  }

  private answerWhole(p: number, types: number): void {
    this.state[p] = State.Answering;
    this.types[p] = types;
    this.nextStep(p, 0);
  }

  private forget(p: number): void {
    this.queue.remove(p);
    this.requests.clear(p);
    this.state[p] = State.Idle;
    this.pushWaits[p] = 0;
    this.awaitsScope[p] = 0;
    this.waking[p] = 0;
    this.isWriting[p] = 0;
    this.setBehind(p, 0);
    const last = this.members[--this.memberCount];
    this.members[this.placeOf[p]] = last;
    this.placeOf[last] = this.placeOf[p];
  }

  private setBehind(p: number, isBehind: number): void {
    this.behind += isBehind - this.isBehind[p];
    this.isBehind[p] = isBehind;
  }

  private wake(p: number): void {
    const { ctx } = this;
    if (this.waking[p] === 1) return;
    this.waking[p] = 1;
    const delay = drawNs(ctx, ctx.delays.wakeMs, p, Purpose.IstiodWake, this.costs[p]);
    ctx.queue.push(ctx.now + delay, PRIORITY, EventKind.RequestRead, p, this.parts.links.tag(p, 0));
  }

  private run(p: number, workNs: number, step: number): void {
    const { cpu, links } = this.parts;
    const cost = workNs * this.factor(p);
    this.workNs += cost;
    cpu.run(p, cost, EventKind.StepGenerated, p, links.tag(p, step));
  }

  private factor(p: number): number {
    return costFactor(this.ctx, p, Purpose.IstiodCost, this.costs[p]++);
  }
}
