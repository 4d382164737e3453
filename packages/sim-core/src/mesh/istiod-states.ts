/** What each istiod is doing at one moment, followed through the trace: its debounce, its push queue, its slots. */
import { TraceKind, type TraceSink } from '../trace/events.js';
import type { MeshModel } from './model.js';

/** Where a proxy's connection stands in its istiod. */
const Turn = { None: 0, Queued: 1, Pushing: 2, PushingQueuedAgain: 3 } as const;

export class IstiodStates implements TraceSink {
  /** Per replica: 1, it is there. */
  readonly isUp: Uint8Array;
  /** Per replica: events in the batch that is being debounced, and when the first and the last of them came. */
  readonly debouncing: Int32Array;
  readonly debounceStartNs: Float64Array;
  readonly lastEventNs: Float64Array;
  /** Push whose context is being built, or −1. */
  readonly preparing: Int32Array;
  /** Snapshot of the current push context, or −1 for the one before the rollout. */
  readonly snapshot: Int32Array;
  /** proxy → Turn, and the push that is being or was last made for it, or −1. */
  readonly turn: Uint8Array;
  readonly push: Int32Array;
  /** proxy → replica that it is connected to; −1: none. Where there are several, the trace begins with who is where. */
  readonly replicaOf: Int16Array;
  /** A push that skips the debounce is about to start. */
  private readonly skipsDebounce: Uint8Array;

  constructor(model: MeshModel) {
    const replicas = model.scenario.mesh.istiodReplicas;
    const { count } = model.proxies;
    this.isUp = new Uint8Array(replicas).fill(1);
    this.debouncing = new Int32Array(replicas);
    this.debounceStartNs = new Float64Array(replicas);
    this.lastEventNs = new Float64Array(replicas);
    this.preparing = new Int32Array(replicas).fill(-1);
    this.snapshot = new Int32Array(replicas).fill(-1);
    this.turn = new Uint8Array(count);
    this.push = new Int32Array(count).fill(-1);
    this.replicaOf = new Int16Array(count);
    this.skipsDebounce = new Uint8Array(replicas);
  }

  get count(): number {
    return this.debouncing.length;
  }

  set(other: IstiodStates): void {
    this.isUp.set(other.isUp);
    this.debouncing.set(other.debouncing);
    this.debounceStartNs.set(other.debounceStartNs);
    this.lastEventNs.set(other.lastEventNs);
    this.preparing.set(other.preparing);
    this.snapshot.set(other.snapshot);
    this.turn.set(other.turn);
    this.push.set(other.push);
    this.replicaOf.set(other.replicaOf);
    this.skipsDebounce.set(other.skipsDebounce);
  }

  /** Connections that wait for a slot, those queued again behind their own push included. */
  queueLength(replica: number): number {
    return this.connectionsWith(replica, (turn) => turn === Turn.Queued || turn === Turn.PushingQueuedAgain);
  }

  pushesInProgress(replica: number): number {
    return this.connectionsWith(replica, (turn) => turn === Turn.Pushing || turn === Turn.PushingQueuedAgain);
  }

  emit(kind: TraceKind, timeNs: number, p: number, a: number, b: number, c: number): void {
    switch (kind) {
      case TraceKind.WatchDelivered:
        this.onWatch(b, c, timeNs);
        break;
      case TraceKind.DebounceStarted:
        this.debounceStartNs[a] = timeNs;
        if (this.debouncing[a] > 0) break;
        // A batch that was open at the first write: of its events nothing is known but that there are some.
        this.debouncing[a] = 1;
        this.lastEventNs[a] = timeNs;
        break;
      case TraceKind.PushStarted:
        if (this.skipsDebounce[c] === 0) {
          this.debouncing[c] = 0;
          this.preparing[c] = a;
        }
        this.skipsDebounce[c] = 0;
        break;
      case TraceKind.PushQueued:
        if (this.preparing[c] === a) this.preparing[c] = -1;
        this.snapshot[c] = b;
        this.queueAll(c);
        break;
      case TraceKind.PushDequeued:
        this.turn[p] = Turn.Pushing;
        this.push[p] = a;
        break;
      case TraceKind.UnrelatedEvent:
        this.debouncing[b]++;
        this.lastEventNs[b] = timeNs;
        break;
      case TraceKind.StreamOpened:
        this.replicaOf[p] = a;
        this.turn[p] = Turn.None;
        break;
      case TraceKind.StreamClosed:
        this.replicaOf[p] = -1;
        this.turn[p] = Turn.None;
        break;
      case TraceKind.IstiodDown:
        this.isUp[a] = 0;
        this.debouncing[a] = 0;
        this.preparing[a] = -1;
        break;
      case TraceKind.IstiodUp:
        this.isUp[a] = 1;
        this.snapshot[a] = b;
        break;
      case TraceKind.PushDone:
        this.turn[p] = this.turn[p] === Turn.PushingQueuedAgain ? Turn.Queued : Turn.None;
        break;
    }
  }

  /** @param ways of TraceKind.WatchDelivered */
  private onWatch(replica: number, ways: number, timeNs: number): void {
    if ((ways & 2) !== 0) this.skipsDebounce[replica] = 1;
    if ((ways & 1) === 0) return;
    this.debouncing[replica]++;
    this.lastEventNs[replica] = timeNs;
  }

  private queueAll(replica: number): void {
    this.replicaOf.forEach((its, p) => {
      if (its !== replica) return;
      this.turn[p] = this.turn[p] === Turn.None || this.turn[p] === Turn.Queued ? Turn.Queued : Turn.PushingQueuedAgain;
    });
  }

  private connectionsWith(replica: number, holds: (turn: number) => boolean): number {
    return this.turn.reduce((sum, turn, p) => sum + Number(this.replicaOf[p] === replica && holds(turn)), 0);
  }
}
