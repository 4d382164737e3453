/** Writes, pushes, messages and connections of a trace, with the names that its numbers stand for. */
import {
  type MeshModel,
  type TraceDictionary,
  TraceKind,
  type TraceSink,
  XDS_TYPE_NAMES,
  XdsType,
} from '@xdsim/sim-core';
import type {
  Delivery,
  Message,
  PushMark,
  QueueLine,
  RolloutPicture,
  Span,
  Subscription,
  WriteMark,
} from './picture.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Read = Pick<
  RolloutPicture,
  | 'proxies'
  | 'writes'
  | 'deliveries'
  | 'churn'
  | 'pushes'
  | 'queues'
  | 'messages'
  | 'subscriptions'
  | 'offline'
  | 'down'
  | 'eventNs'
>;

/** A stream keeps the order of its messages: of those that are not lost, the n-th that was sent is the n-th received. */
interface Stream {
  readonly messages: Mutable<Message>[];
  received: number;
  started: number;
  applied: number;
  readonly asking: Mutable<Subscription>[];
  offlineNs: number | undefined;
}

interface Queue {
  readonly atNs: number[];
  readonly waiting: number[];
  readonly inService: number[];
}

export class TraceReader implements TraceSink {
  private readonly writes = new Map<number, Mutable<WriteMark>>();
  private readonly deliveries: Delivery[] = [];
  private readonly churn: number[][];
  private readonly pushes = new Map<number, Mutable<PushMark>>();
  private readonly debounceNs = new Map<number, number>();
  private readonly queues: Queue[];
  private readonly replicaOf: Int16Array;
  private readonly messages: Mutable<Message>[] = [];
  private readonly subscriptions: Mutable<Subscription>[] = [];
  private readonly streams: Stream[];
  private readonly convergedNs: (number | undefined)[];
  private readonly offline: (Span & { proxy: number })[] = [];
  private readonly down: (Span & { istiod: number })[] = [];
  private readonly downNs = new Map<number, number>();
  private readonly eventNs: number[] = [];

  constructor(
    model: MeshModel,
    private readonly names: TraceDictionary,
  ) {
    const { istiodReplicas } = model.scenario.mesh;
    const perReplica = Array.from({ length: istiodReplicas });
    // Where there are several istiods, the trace begins with who is connected to which.
    this.replicaOf = new Int16Array(names.proxies.length);
    this.churn = perReplica.map(() => []);
    this.queues = perReplica.map(() => ({ atNs: [0], waiting: [0], inService: [0] }));
    this.streams = names.proxies.map(() => ({
      messages: [],
      received: 0,
      started: 0,
      applied: 0,
      asking: [],
      offlineNs: undefined,
    }));
    this.convergedNs = names.proxies.map(() => undefined);
  }

  emit(kind: TraceKind, timeNs: number, proxy: number, a: number, b: number, c: number): void {
    this.eventNs.push(timeNs);
    switch (kind) {
      case TraceKind.WriteSent: {
        const { action, key, revision } = this.names.writes[a];
        this.writes.set(a, { action, object: key, revision, sentNs: timeNs, committedNs: timeNs });
        break;
      }
      case TraceKind.WriteCommitted:
        (this.writes.get(a) as Mutable<WriteMark>).committedNs = timeNs;
        break;
      case TraceKind.WatchDelivered:
        this.deliveries.push({ istiod: b, atNs: timeNs, write: this.writes.has(a) ? a : undefined });
        break;
      case TraceKind.UnrelatedEvent:
        this.churn[b].push(timeNs);
        break;
      case TraceKind.DebounceStarted:
        this.debounceNs.set(a, timeNs);
        break;
      case TraceKind.PushStarted:
        this.pushes.set(a, this.newPush(a, b, c, timeNs));
        break;
      case TraceKind.PushQueued: {
        const connected = this.replicaOf.reduce((count, replica) => count + Number(replica === c), 0);
        this.updatePush(a, { queuedNs: timeNs, doneNs: timeNs, revisions: this.names.snapshot(b) });
        this.queue(c, timeNs, connected, 0);
        break;
      }
      case TraceKind.PushDequeued:
        this.queue(this.replicaOf[proxy], timeNs, -1, 1);
        break;
      case TraceKind.PushDone:
        this.updatePush(a, { doneNs: timeNs });
        this.queue(this.replicaOf[proxy], timeNs, 0, -1);
        break;
      case TraceKind.ResponseSent:
        this.send(proxy, a, timeNs);
        break;
      case TraceKind.ResponseReceived:
        this.next(proxy, 'received', timeNs);
        break;
      case TraceKind.ResponseStarted:
        this.next(proxy, 'started', timeNs);
        break;
      case TraceKind.ResponseApplied:
        this.next(proxy, 'applied', timeNs);
        break;
      case TraceKind.RequestSent:
        if (a === XdsType.EDS && b > 0) this.subscribe(proxy, timeNs);
        break;
      case TraceKind.StreamClosed:
        this.close(proxy, timeNs);
        break;
      case TraceKind.StreamOpened:
        this.open(proxy, a, timeNs);
        break;
      case TraceKind.IstiodDown:
        this.downNs.set(a, timeNs);
        this.queue(a, timeNs, -Infinity, -Infinity);
        break;
      case TraceKind.IstiodUp:
        this.down.push({ istiod: a, fromNs: this.downNs.get(a) ?? 0, toNs: timeNs });
        this.downNs.delete(a);
        break;
      case TraceKind.WorkerCluster:
      case TraceKind.WorkerEndpoints:
      case TraceKind.WorkerRoutes:
        this.convergedNs[proxy] = timeNs;
        break;
    }
  }

  finish(horizonNs: number): Read {
    this.streams.forEach(({ offlineNs }, proxy) => {
      if (offlineNs !== undefined) this.offline.push({ proxy, fromNs: offlineNs, toNs: horizonNs });
    });
    for (const [istiod, fromNs] of this.downNs) this.down.push({ istiod, fromNs, toNs: horizonNs });
    return {
      proxies: this.names.proxies.map(({ id, kind }, p) => ({ id, kind, convergedNs: this.convergedNs[p] })),
      writes: [...this.writes.values()],
      deliveries: this.deliveries,
      churn: this.churn.map((times) => Float64Array.from(times)),
      pushes: [...this.pushes.values()],
      queues: this.queues.map(queueLine),
      messages: this.messages,
      subscriptions: this.subscriptions,
      offline: this.offline,
      down: this.down,
      eventNs: Float64Array.from(this.eventNs),
    };
  }

  private newPush(push: number, mergedEvents: number, istiod: number, startedNs: number): PushMark {
    const debounceNs = this.debounceNs.get(istiod) ?? startedNs;
    return {
      istiod,
      push,
      mergedEvents,
      debounceNs,
      startedNs,
      queuedNs: startedNs,
      doneNs: startedNs,
      revisions: {},
    };
  }

  private updatePush(push: number, changes: Partial<PushMark>): void {
    Object.assign(this.pushes.get(push) ?? {}, changes);
  }

  private queue(replica: number, timeNs: number, waiting: number, inService: number): void {
    const queue = this.queues[replica];
    if (queue === undefined) return;
    queue.atNs.push(timeNs);
    queue.waiting.push(Math.max(0, (queue.waiting.at(-1) as number) + waiting));
    queue.inService.push(Math.max(0, (queue.inService.at(-1) as number) + inService));
  }

  private send(proxy: number, id: number, sentNs: number): void {
    const { type, resources, removed, push } = this.names.content(id);
    const message: Mutable<Message> = {
      istiod: this.replicaOf[proxy],
      proxy,
      type: XDS_TYPE_NAMES[type],
      resources,
      removed,
      push: push < 0 ? undefined : push,
      sentNs,
      receivedNs: undefined,
      lostNs: undefined,
      startedNs: undefined,
      appliedNs: undefined,
    };
    this.messages.push(message);
    const stream = this.streams[proxy];
    stream.messages.push(message);
    if (push >= 0) return;
    const asking = stream.asking.shift();
    if (asking !== undefined) asking.answeredNs = sentNs;
  }

  private next(proxy: number, what: 'received' | 'started' | 'applied', timeNs: number): void {
    const stream = this.streams[proxy];
    const message = stream.messages[stream[what]++];
    if (message !== undefined) message[`${what}Ns`] = timeNs;
  }

  private subscribe(proxy: number, sentNs: number): void {
    const subscription: Mutable<Subscription> = {
      istiod: this.replicaOf[proxy],
      proxy,
      sentNs,
      answeredNs: undefined,
    };
    this.subscriptions.push(subscription);
    this.streams[proxy].asking.push(subscription);
  }

  /** What was on its way is lost. */
  private close(proxy: number, timeNs: number): void {
    const stream = this.streams[proxy];
    stream.offlineNs ??= timeNs;
    for (const message of stream.messages.splice(stream.received)) message.lostNs = timeNs;
    stream.asking.length = 0;
    this.replicaOf[proxy] = -1;
  }

  private open(proxy: number, replica: number, timeNs: number): void {
    const stream = this.streams[proxy];
    this.replicaOf[proxy] = replica;
    if (stream.offlineNs === undefined) return;
    this.offline.push({ proxy, fromNs: stream.offlineNs, toNs: timeNs });
    stream.offlineNs = undefined;
  }
}

function queueLine({ atNs, waiting, inService }: Queue): QueueLine {
  return { atNs: Float64Array.from(atNs), waiting: Int32Array.from(waiting), inService: Int32Array.from(inService) };
}
