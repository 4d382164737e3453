/**
 * One istiod: watches → debounce → push context → queue → connections. The push context is rebuilt only for the kinds
 * that the batch names; the other kinds stay as the last push saw them (istiod.md 3.2).
 */
import { usToNs } from '../../kernel/time.js';
import type { Debounce as DebounceSettings } from '../../scenario/types.js';
import { TraceKind } from '../../trace/events.js';
import { EventKind, Purpose, type RunContext } from '../context.js';
import { type Cpu, costFactor } from '../cpu.js';
import { Changed, rebuilds } from '../push-request.js';
import type { Connections } from './connections.js';
import { type Batch, Debounce } from './debounce.js';

const FLAGS_OF_KIND = {
  VirtualService: Changed.VirtualService | Changed.MeshVirtualService,
  DestinationRule: Changed.DestinationRule,
  Gateway: Changed.Gateway,
  Service: Changed.Service,
  ServiceEntry: Changed.Service,
} as const;

/** Pushes are numbered over all replicas of a run. */
export interface PushCounter {
  next: number;
}

export class Replica {
  readonly debounce: Debounce;
  private readonly endpointsDebounced: boolean;
  /** Snapshot that new pushes are made from. */
  snapshot: number;
  /** Endpoints, read live whenever EDS is made. */
  ready: number;
  /** object → revision in the informers' stores. */
  private readonly store: number[];
  private readonly pushed: number[];
  private preparing: (Batch & { push: number }) | undefined;

  constructor(
    private readonly ctx: RunContext,
    readonly id: number,
    settings: DebounceSettings,
    private readonly cpu: Cpu,
    private readonly connections: Connections,
    private readonly pushes: PushCounter,
  ) {
    const { model } = ctx;
    this.store = model.objects.map(() => 0);
    this.pushed = model.objects.map(() => 0);
    this.snapshot = model.snapshotId(this.pushed);
    this.ready = model.initialReady;
    this.endpointsDebounced = settings.endpoints;
    this.debounce = new Debounce(ctx, id, settings, (batch) => this.prepare(batch));
  }

  /** A watch event has been handled: the store has it, the debounce hears of it. */
  onWatchDelivered(event: number): void {
    const { ctx } = this;
    const { model } = ctx;
    const write = model.writes[event];
    let flags: number = Changed.Endpoints;
    let hosts: number;
    let isNews: boolean;
    if (write === undefined) {
      const endpoint = model.readiness[event - model.writes.length];
      isNews = this.setReady(endpoint, true);
      hosts = model.hostsOfEndpoint(endpoint);
    } else {
      flags = write.flags;
      hosts = write.hosts;
      if (write.endpoint >= 0) isNews = this.setReady(write.endpoint, write.planned.action === 'apply');
      else {
        isNews = this.store[write.object] !== write.revision;
        this.store[write.object] = write.revision;
      }
    }
    // What changes nothing is dropped before the debounce (istiod.md 1.6, 7).
    if (!isNews) return;
    ctx.sink.emit(TraceKind.WatchDelivered, ctx.now, -1, event, this.id, 0);
    if (flags === Changed.Endpoints && !this.endpointsDebounced) this.prepareAtOnce(hosts);
    else this.debounce.onEvent(flags, hosts);
  }

  /** The push context is ready: publish it, queue every connection, free the debounce. */
  onContextReady(): void {
    const { ctx } = this;
    const batch = this.preparing as Batch & { push: number };
    this.preparing = undefined;
    ctx.model.objects.forEach((object, index) => {
      if (rebuilds(batch.flags, FLAGS_OF_KIND[object.kind])) this.pushed[index] = this.store[index];
    });
    this.snapshot = ctx.model.snapshotId(this.pushed);
    this.startPush(batch.push, batch.flags, batch.hosts);
    this.debounce.onFree();
  }

  private prepare(batch: Batch): void {
    const { ctx } = this;
    const push = this.pushes.next++;
    ctx.sink.emit(TraceKind.PushStarted, ctx.now, -1, push, batch.events, this.id);
    this.preparing = { ...batch, push };
    const cost = usToNs(ctx.model.scenario.costs.istiod.pushContextUs);
    const factor = costFactor(ctx, -1 - this.id, Purpose.IstiodCost, push);
    this.cpu.run(-1 - this.id, cost * factor, EventKind.ContextReady, this.id, push);
  }

  /** Endpoint-only pushes with PILOT_ENABLE_EDS_DEBOUNCE off do not wait for anything. */
  private prepareAtOnce(hosts: number): void {
    const { ctx } = this;
    const push = this.pushes.next++;
    ctx.sink.emit(TraceKind.PushStarted, ctx.now, -1, push, 1, this.id);
    this.startPush(push, Changed.Endpoints, hosts);
  }

  private startPush(push: number, flags: number, hosts: number): void {
    const { ctx } = this;
    ctx.sink.emit(TraceKind.PushQueued, ctx.now, -1, push, this.snapshot, this.id);
    this.connections.enqueueAll({ push, flags, hosts, snapshot: this.snapshot });
  }

  /** @returns whether anything changed */
  private setReady(endpoint: number, present: boolean): boolean {
    const before = this.ready;
    this.ready = this.ctx.model.endpoints.withPresence(before, endpoint, present);
    return this.ready !== before;
  }
}
