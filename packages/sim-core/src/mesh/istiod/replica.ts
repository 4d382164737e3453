/**
 * One istiod: watches → debounce → push context → queue → connections. The push context is rebuilt only for the kinds
 * that the batch names; the other kinds stay as the last push saw them (istiod.md 3.2).
 */
import type { Debounce as DebounceSettings } from '../../scenario/types.js';
import { TraceKind } from '../../trace/events.js';
import { isEndpointsOnly, Kind, rebuilds, seenKinds, type UnrelatedKind } from '../changes.js';
import { EventKind, Purpose, type RunContext } from '../context.js';
import { costFactor } from '../cpu.js';
import { InternedSets } from '../interned-sets.js';
import type { StreamServer } from '../streams.js';
import type { Connections } from './connections.js';
import { type Batch, Debounce } from './debounce.js';
import { EndpointIndex } from './endpoint-index.js';
import type { GoScheduler } from './go-scheduler.js';
import { IstiodCosts } from './istiod-costs.js';
import type { Claims } from './responses.js';

/** Pushes are numbered over all replicas of a run. */
export interface PushCounter {
  next: number;
}

export class Replica implements StreamServer {
  readonly debounce: Debounce;
  private readonly endpointsDebounced: boolean;
  /** Snapshot that new pushes are made from. */
  snapshot: number;
  private readonly endpoints: EndpointIndex;
  /** object → revision in the informers' stores. */
  private readonly store: number[];
  private readonly pushed: number[];
  /** Push contexts that are being built: the debounced one, and with the EDS debounce off any number beside it. */
  private readonly preparing = new Map<number, { readonly changes: number; readonly isDebounced: boolean }>();
  private isUp = true;
  /** Events of the rollout that no push context holds yet. */
  private untold = 0;
  private readonly work: IstiodCosts;

  constructor(
    private readonly ctx: RunContext,
    readonly id: number,
    settings: DebounceSettings,
    private readonly cpu: GoScheduler,
    private readonly connections: Connections,
    private readonly pushes: PushCounter,
    /** What a list of everything would give. */
    private readonly api: { readonly ready: number; readonly revisions: readonly number[] },
    /** The proxy's side of a new stream: it says what it has. */
    private readonly open: (p: number) => Claims,
  ) {
    const { model } = ctx;
    this.store = model.objects.map(() => 0);
    this.pushed = model.objects.map(() => 0);
    this.snapshot = model.snapshotId(this.pushed);
    this.endpoints = new EndpointIndex(model);
    this.endpointsDebounced = settings.endpoints;
    this.work = new IstiodCosts(model);
    this.debounce = new Debounce(ctx, id, settings, ({ changes, events }: Batch) =>
      this.prepare(changes, events, true),
    );
  }

  /** Ready endpoints, read live whenever EDS is made. */
  get ready(): number {
    return this.endpoints.ready;
  }

  /** Up, and synced: it takes streams. */
  get accepts(): boolean {
    return this.isUp;
  }

  /** Every connection has been pushed all that this istiod has heard of the rollout. */
  get isCaughtUp(): boolean {
    return this.untold === 0 && this.connections.haveDone;
  }

  connect(p: number): void {
    this.connections.connect(p, this.open(p), this.snapshot, this.pushes.next - 1);
  }

  disconnect(p: number): void {
    this.connections.disconnect(p);
  }

  fail(): void {
    this.isUp = false;
    this.connections.reset();
    this.cpu.clear();
    this.debounce.reset();
    this.preparing.clear();
    this.untold = 0;
  }

  /** What replaces it lists everything, and makes its first push context of that. */
  recover(): void {
    const { ctx } = this;
    this.isUp = true;
    this.api.revisions.forEach((revision, object) => {
      this.store[object] = revision;
      this.pushed[object] = revision;
    });
    this.endpoints.list(this.api.ready);
    this.snapshot = ctx.model.snapshotId(this.pushed);
    ctx.sink.emit(TraceKind.IstiodUp, ctx.now, -1, this.id, this.snapshot, 0);
  }

  /** A watch event has been handled: the store has it, the debounce hears of it. */
  onWatchDelivered(event: number): void {
    if (!this.isUp) return;
    const { ctx } = this;
    const { model } = ctx;
    const write = model.writes[event];
    const steps = write?.endpoints ?? [model.endpointEvent(event)];
    const isNews = write !== undefined && write.object >= 0 && this.store[write.object] !== write.revision;
    // Of a ServiceEntry, service and endpoints are two events (lab: `eventsEach`).
    const isServiceEntry = isNews && model.objects[write.object].kind === 'ServiceEntry';
    const hosts = isServiceEntry ? model.hostsOfService(write.object) : model.hostsServedBy(steps);
    const endpointChanges = this.endpoints.apply(steps, hosts, isServiceEntry);
    // What changes nothing is dropped before the debounce (istiod.md 1.6, 7).
    if (!isNews && endpointChanges === InternedSets.EMPTY) return;
    const changes = isNews ? [write.changes] : [];
    if (endpointChanges !== InternedSets.EMPTY) changes.push(endpointChanges);
    const ways = changes.reduce((bits, each) => bits | (this.skipsDebounce(each) ? 2 : 1), 0);
    ctx.sink.emit(TraceKind.WatchDelivered, ctx.now, -1, event, this.id, ways);
    this.untold++;
    if (isNews) this.store[write.object] = write.revision;
    for (const each of changes) this.onChanges(each);
  }

  /** Something that has nothing to do with the rollout. */
  onUnrelated(kind: UnrelatedKind): void {
    if (!this.isUp) return;
    const { ctx } = this;
    ctx.sink.emit(TraceKind.UnrelatedEvent, ctx.now, -1, Kind[kind], this.id, 0);
    this.onChanges(ctx.model.changes.ofUnrelated(kind));
  }

  /** The push context is ready: publish it, queue every connection, free the debounce. */
  onContextReady(push: number): void {
    const { ctx } = this;
    const prepared = this.preparing.get(push);
    // Built by a process that is gone.
    if (prepared === undefined) return;
    const { changes, isDebounced } = prepared;
    this.preparing.delete(push);
    const kinds = seenKinds(ctx.model.changes.kinds(changes), ctx.model.istio);
    ctx.model.objects.forEach((object, index) => {
      if (rebuilds(kinds, object.kind)) this.pushed[index] = this.store[index];
    });
    this.snapshot = ctx.model.snapshotId(this.pushed);
    ctx.sink.emit(TraceKind.PushQueued, ctx.now, -1, push, this.snapshot, this.id);
    this.connections.enqueueAll({ push, changes, snapshot: this.snapshot });
    if (isDebounced) this.debounce.onFree();
  }

  private onChanges(changes: number): void {
    if (this.skipsDebounce(changes)) this.prepare(changes, 1, false);
    else this.debounce.onEvent(changes);
  }

  /** Endpoint-only pushes with PILOT_ENABLE_EDS_DEBOUNCE off do not wait for anything (istiod.md 2). */
  private skipsDebounce(changes: number): boolean {
    return !this.endpointsDebounced && isEndpointsOnly(this.ctx.model.changes.kinds(changes));
  }

  private prepare(changes: number, events: number, isDebounced: boolean): void {
    const { ctx } = this;
    const { model } = ctx;
    // Before the first write everything is settled: what churn pushed then has left no trace.
    if (ctx.now < 0) {
      this.debounce.onFree();
      return;
    }
    const push = this.pushes.next++;
    if (this.untold > 0) {
      this.untold = 0;
      this.connections.awaitPush(push);
    }
    ctx.sink.emit(TraceKind.PushStarted, ctx.now, -1, push, events, this.id);
    this.preparing.set(push, { changes, isDebounced });
    const kinds = seenKinds(model.changes.kinds(changes), model.istio);
    if (isEndpointsOnly(kinds) && !model.istio.endpointPushContext) {
      this.onContextReady(push);
      return;
    }
    const factor = costFactor(ctx, -1 - this.id, Purpose.IstiodCost, push);
    this.cpu.run(-1 - this.id, this.work.pushContextNs(kinds) * factor, EventKind.ContextReady, this.id, push);
  }
}
