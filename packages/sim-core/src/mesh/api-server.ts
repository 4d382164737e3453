/**
 * The tool and the API server: writes go out one request latency apart, commit, and reach every istiod through one
 * watch per kind, which keeps the order of that kind only (istiod.md 1.1).
 */
import { newSampler, type Sampler } from '../kernel/distribution.js';
import { msToNs } from '../kernel/time.js';
import type { ReadinessGate, WriteGroup } from '../rollout/plan.js';
import { TraceKind } from '../trace/events.js';
import { drawNs, EventKind, PRIORITY, Purpose, type RunContext } from './context.js';
import type { Workloads } from './workloads.js';

const TOOL = -1;

export class ApiServer {
  /** Endpoints that are ready in the EndpointSlices, as a set of the model's endpoints. */
  ready: number;
  /** object → revision that is stored. */
  readonly revisions: number[];
  /** Watch events and readiness that are still to come. */
  private outstanding: number;
  private hasGivenUp = false;
  /** Endpoints that a write has taken away: nobody waits for them. */
  private readonly deleted = new Set<number>();
  private readonly groups: readonly WriteGroup[];
  private readonly firstWrite: number[] = [];
  private readonly order: number[][];
  private readonly startSamplers: (Sampler | undefined)[];
  /** Per group: position of the next write, and when the gate gives up. */
  private readonly next: number[];
  private readonly gateDeadline: number[];
  /** replica × kind → when the last event of that kind was delivered. */
  private readonly delivered = new Map<string, number>();

  constructor(
    private readonly ctx: RunContext,
    private readonly replicas: number,
    private readonly workloads: Workloads,
  ) {
    const { model } = ctx;
    this.groups = model.plan.groups;
    this.ready = model.initialReady;
    this.revisions = model.objects.map(() => 0);
    this.outstanding = model.plan.readiness.length;
    let first = 0;
    for (const group of this.groups) {
      this.firstWrite.push(first);
      first += group.writes.length;
    }
    this.order = this.groups.map((group, g) => this.drawOrder(group, g));
    this.startSamplers = this.groups.map(({ start }) => ('atMs' in start ? newSampler(start.atMs) : undefined));
    this.next = this.groups.map(() => 0);
    this.gateDeadline = this.groups.map(() => Infinity);
  }

  start(): void {
    const { ctx } = this;
    this.startSamplers.forEach((sampler, g) => {
      if (sampler !== undefined) {
        const at = drawNs(ctx, sampler, g, Purpose.GroupStart, 0);
        ctx.queue.push(at, PRIORITY, EventKind.GroupDue, g, 0);
      }
    });
    if (this.groups.length > 0 && this.startSamplers[0] === undefined) {
      ctx.queue.push(0, PRIORITY, EventKind.GroupDue, 0, 0);
    }
    ctx.model.plan.readiness.forEach((readiness, r) => {
      const at = drawNs(ctx, newSampler(readiness.atMs), r, Purpose.Readiness, 0);
      ctx.queue.push(at, PRIORITY, EventKind.PodReady, r, 0);
    });
  }

  /** No write or pod will tell anything more, and every istiod has heard of all that there was. */
  get isDone(): boolean {
    const isOver = (group: number): boolean => this.next[group] > this.order[group].length || this.hasGivenUp;
    return this.outstanding === 0 && this.workloads.isDone && this.groups.every((_, group) => isOver(group));
  }

  onDelivered(): void {
    this.outstanding--;
  }

  onGroupDue(group: number): void {
    const { gate } = this.groups[group];
    if (gate === undefined) {
      this.sendNext(group);
      return;
    }
    this.gateDeadline[group] = this.ctx.now + msToNs(gate.timeoutMs);
    this.onGatePoll(group);
  }

  onGatePoll(group: number): void {
    const { ctx } = this;
    const gate = this.groups[group].gate as ReadinessGate;
    const open = gate.subsets.every((subset) => this.isReady(subset.host, subset.labels));
    ctx.sink.emit(TraceKind.GatePolled, ctx.now, -1, group, open ? 1 : 0, 0);
    if (open) this.sendNext(group);
    else if (ctx.now >= this.gateDeadline[group]) {
      this.hasGivenUp = true;
      ctx.sink.emit(TraceKind.GateGivenUp, ctx.now, -1, group, 0, 0);
    } else ctx.queue.push(ctx.now + msToNs(gate.pollMs), PRIORITY, EventKind.GatePoll, group, 0);
  }

  /** The answer to a write: commit and response fall together, since a write commits within its latency. */
  onWriteCommitted(write: number, group: number): void {
    const { ctx } = this;
    const { endpoints, object, revision, rollout } = ctx.model.writes[write];
    ctx.sink.emit(TraceKind.WriteCommitted, ctx.now, -1, write, 0, 0);
    if (object >= 0) this.revisions[object] = revision;
    for (const { endpoint, isPresent } of endpoints) this.setEndpoint(endpoint, isPresent);
    // istiod watches pods and slices, and not what makes them.
    if (rollout === undefined) this.deliver(write);
    else this.workloads.onWritten(rollout);
    this.sendNext(group);
  }

  onPodReady(readiness: number): void {
    const { ctx } = this;
    const at = ctx.now + drawNs(ctx, ctx.delays.endpointSliceMs, readiness, Purpose.EndpointSlice, 0);
    ctx.queue.push(at, PRIORITY, EventKind.SliceCommitted, readiness, 0);
  }

  onSliceCommitted(readiness: number): void {
    this.outstanding--;
    this.setEndpoint(this.ctx.model.readiness[readiness], true);
    // Readiness events are numbered after the writes; istiod tells them apart by that.
    this.deliver(this.ctx.model.writes.length + readiness);
  }

  onPodSlice(endpoint: number, isReady: boolean): void {
    this.setEndpoint(endpoint, isReady);
    this.deliver(this.ctx.model.sliceEvent(endpoint, isReady));
  }

  private sendNext(group: number): void {
    const { ctx } = this;
    const position = this.next[group]++;
    const order = this.order[group];
    if (position < order.length) {
      const write = order[position];
      ctx.sink.emit(TraceKind.WriteSent, ctx.now, -1, write, 0, 0);
      const latency = drawNs(ctx, ctx.delays.apiRequestMs, TOOL, Purpose.ApiRequest, write);
      ctx.queue.push(ctx.now + latency, PRIORITY, EventKind.WriteCommitted, write, group);
      return;
    }
    const following = this.groups[group + 1];
    if (following !== undefined && 'afterPreviousMs' in following.start) {
      const at = ctx.now + msToNs(following.start.afterPreviousMs);
      ctx.queue.push(at, PRIORITY, EventKind.GroupDue, group + 1, 0);
    }
  }

  private deliver(event: number): void {
    const { ctx } = this;
    const write = ctx.model.writes[event];
    const watch = watchOf(write?.planned.kind ?? 'EndpointSlice');
    const isController = watch === 'VirtualService' && ctx.model.istio.virtualServiceController;
    // A pod meets the same luck whatever the number of writes: readiness counts down from −1, writes up from 0.
    const ordinal = write === undefined ? ctx.model.writes.length - event - 1 : event;
    for (let replica = 0; replica < this.replicas; replica++) {
      let at = ctx.now + drawNs(ctx, ctx.delays.watchMs, replica, Purpose.Watch, ordinal);
      if (isController) {
        at += drawNs(ctx, ctx.delays.virtualServiceExtraMs, replica, Purpose.VirtualServiceExtra, ordinal);
      }
      const kind = `${replica}/${watch}`;
      at = Math.max(at, this.delivered.get(kind) ?? 0);
      this.delivered.set(kind, at);
      this.outstanding++;
      ctx.queue.push(at, PRIORITY, EventKind.WatchDelivered, replica, event);
    }
  }

  private setEndpoint(endpoint: number, present: boolean): void {
    const { endpoints } = this.ctx.model;
    if (present) this.deleted.delete(endpoint);
    else this.deleted.add(endpoint);
    this.ready = endpoints.withPresence(this.ready, endpoint, present);
    const isReady = endpoints.sets.has(this.ready, endpoint);
    this.ctx.sink.emit(TraceKind.EndpointChanged, this.ctx.now, -1, endpoint, isReady ? 1 : 0, 0);
  }

  private isReady(host: string, labels: Readonly<Record<string, string>>): boolean {
    const { endpoints } = this.ctx.model;
    const all = [...endpoints.endpoints.keys()].filter(
      (endpoint) => endpoints.isSelected(endpoint, host, labels) && !this.deleted.has(endpoint),
    );
    return all.length > 0 && all.every((endpoint) => endpoints.sets.has(this.ready, endpoint));
  }

  private drawOrder(group: WriteGroup, g: number): number[] {
    const order = group.writes.map((_, index) => this.firstWrite[g] + index);
    if (group.order === 'random') shuffle(order, (i) => this.ctx.draws.uniform(g, Purpose.WriteOrder, i));
    return order;
  }
}

/** Kinds of Kubernetes' own, whose events go through one queue (istiod.md 1.9); Istio's have a watch each. */
const REGISTRY_KINDS = ['Service', 'EndpointSlice', 'Pod', 'Deployment', 'StatefulSet'];

function watchOf(kind: string): string {
  return REGISTRY_KINDS.includes(kind) ? 'registry' : kind;
}

/** Fisher–Yates, with one uniform per position. */
export function shuffle(array: number[] | Int32Array, uniform: (i: number) => number): void {
  for (let i = array.length - 1; i > 0; i--) {
    const j = Math.floor(uniform(i) * (i + 1));
    const swapped = array[i];
    array[i] = array[j];
    array[j] = swapped;
  }
}
