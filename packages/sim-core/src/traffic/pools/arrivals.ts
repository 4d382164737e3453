/** Requests as they come in at each worker: at random, or at even distances; from which source each of them is. */
import { log } from '../../kernel/elementary.js';
import type { EventQueue } from '../../kernel/event-queue.js';
import type { UniformStream } from '../../kernel/random.js';
import { Happens } from './happens.js';
import type { Load } from './setting.js';

const NS_PER_SECOND = 1e9;

const NO_LOAD: Load = { perSecond: 0, sources: [] };

export class Arrivals {
  readonly loads: Load[];
  /** Worker → how often its next arrival was called off. */
  private readonly stamp: Int32Array;
  private isOpen = false;

  constructor(
    private readonly queue: EventQueue,
    private readonly isEvenlySpaced: boolean,
    private readonly gaps: UniformStream,
    private readonly picks: UniformStream,
    workers: number,
  ) {
    this.loads = Array.from({ length: workers }, () => NO_LOAD);
    this.stamp = new Int32Array(workers);
  }

  setLoad(worker: number, load: Load, nowNs: number): void {
    const isSame = this.loads[worker].perSecond === load.perSecond;
    this.loads[worker] = load;
    if (isSame || !this.isOpen) return;
    this.stamp[worker]++;
    this.scheduleFirst(worker, nowNs);
  }

  open(nowNs: number): void {
    this.isOpen = true;
    for (const worker of this.loads.keys()) this.scheduleFirst(worker, nowNs);
  }

  close(): void {
    this.isOpen = false;
    for (const worker of this.loads.keys()) this.stamp[worker]++;
  }

  isCurrent(worker: number, stamp: number): boolean {
    return this.stamp[worker] === stamp;
  }

  scheduleNext(worker: number, nowNs: number): void {
    this.schedule(worker, this.isEvenlySpaced ? 1 : -log(this.gaps.next()), nowNs);
  }

  /** @returns the source of a request */
  pickSource(worker: number): number {
    const { sources } = this.loads[worker];
    if (sources.length === 1) return sources[0].source;
    let rest = this.picks.next();
    for (const { source, share } of sources) {
      rest -= share;
      if (rest < 0) return source;
    }
    return sources[sources.length - 1].source;
  }

  private scheduleFirst(worker: number, nowNs: number): void {
    this.schedule(worker, this.isEvenlySpaced ? this.gaps.next() : -log(this.gaps.next()), nowNs);
  }

  private schedule(worker: number, gaps: number, nowNs: number): void {
    const { perSecond } = this.loads[worker];
    if (perSecond === 0) return;
    const at = nowNs + Math.round((gaps * NS_PER_SECOND) / perSecond);
    this.queue.push(at, 0, Happens.Arrival, worker, this.stamp[worker]);
  }
}
