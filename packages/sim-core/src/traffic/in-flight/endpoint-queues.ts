/**
 * Endpoints that get more than they can work off, as a fluid: work queues up, a request that would wait for too long is
 * answered with an error at once. Within a queue's length of the truth: what of single requests is random evens out over
 * the many that an overload takes. A request that its client has given up on is worked off all the same.
 */
import { WaitHistogram } from '../pools/wait-histogram.js';

/** A moment from which on the wait changes at a constant rate, up to the next. */
export interface QueuePoint {
  readonly atNs: number;
  /** Of a request that comes now. */
  readonly waitMs: number;
  /** Of the requests that come from now on. */
  readonly refusedShare: number;
}

const NS_PER_SECOND = 1e9;
const MS_PER_SECOND = 1000;
const NS_PER_MS = 1e6;

/** A wait that changes is counted in so many steps. */
const STEPS = 20;

export class EndpointQueues {
  /** endpoint → requests that wait, and until when that is known. */
  private readonly waiting: Float64Array;
  private readonly sinceNs: Float64Array;
  private readonly waitingMax: number;
  private readonly points: readonly QueuePoint[][];
  /** Waits of those that come to an endpoint while some wait there. */
  private readonly waits = new WaitHistogram();
  /** The longest wait before the rollout, and at all. */
  private usualWaitMs = 0;
  private longestWaitMs = 0;

  constructor(
    endpoints: number,
    private readonly perSecond: number,
    queueMs: number,
  ) {
    this.waiting = new Float64Array(endpoints);
    this.sinceNs = new Float64Array(endpoints);
    this.waitingMax = (perSecond * queueMs) / MS_PER_SECOND;
    this.points = Array.from(this.waiting, () => []);
  }

  /** Before time 0 the rate has been the same for ever. */
  start(endpoint: number, perSecond: number): void {
    const beyond = perSecond - this.perSecond;
    this.waiting[endpoint] = beyond > 0 ? this.waitingMax : 0;
    this.add(endpoint, 0, beyond > 0 ? beyond / perSecond : 0);
    this.usualWaitMs = Math.max(this.usualWaitMs, this.waitMs(endpoint));
  }

  /** The rate has been the same since the last call. */
  advance(endpoint: number, perSecond: number, timeNs: number): void {
    const fromNs = this.sinceNs[endpoint];
    if (timeNs <= fromNs) return;
    const beyond = perSecond - this.perSecond;
    const seconds = (timeNs - fromNs) / NS_PER_SECOND;
    const before = this.waiting[endpoint];
    const end = beyond > 0 ? this.waitingMax : 0;
    const change = Math.abs(beyond) * seconds;
    const left = Math.abs(end - before);
    const refusedAtEnd = beyond > 0 ? beyond / perSecond : 0;
    if (left === 0) {
      this.add(endpoint, fromNs, refusedAtEnd);
    } else {
      this.add(endpoint, fromNs, 0);
      if (change < left) this.waiting[endpoint] = before + beyond * seconds;
      else {
        this.waiting[endpoint] = end;
        this.add(endpoint, fromNs + (left / Math.abs(beyond)) * NS_PER_SECOND, refusedAtEnd);
      }
    }
    this.sinceNs[endpoint] = timeNs;
    this.countWaits(before, perSecond, beyond, seconds);
  }

  /** How long requests wait at p99 that come to an endpoint while some wait there, less the longest wait before the rollout. */
  get addedP99Ms(): number {
    return Math.max(0, Math.min(this.waits.quantile(0.99) / NS_PER_MS, this.longestWaitMs) - this.usualWaitMs);
  }

  /** Up to where advance has come. */
  finish(endpoint: number): void {
    this.add(endpoint, this.sinceNs[endpoint], 0);
  }

  /** In order of time. */
  courseOf(endpoint: number): readonly QueuePoint[] {
    return this.points[endpoint];
  }

  private waitMs(endpoint: number): number {
    return (this.waiting[endpoint] / this.perSecond) * MS_PER_SECOND;
  }

  private add(endpoint: number, atNs: number, refusedShare: number): void {
    const points = this.points[endpoint];
    const point = { atNs, waitMs: this.waitMs(endpoint), refusedShare };
    this.longestWaitMs = Math.max(this.longestWaitMs, point.waitMs);
    const [previous, last] = [points[points.length - 2], points[points.length - 1]];
    const isStill = [previous, last, point].every((each) => each !== undefined && isQuiet(each));
    if (last?.atNs === atNs || isStill) points[points.length - 1] = point;
    else points.push(point);
  }

  private countWaits(before: number, perSecond: number, beyond: number, seconds: number): void {
    if (before === 0 && beyond <= 0) return;
    for (let step = 0; step < STEPS; step++) {
      const waiting = before + ((beyond * seconds) / STEPS) * (step + 0.5);
      const kept = Math.min(this.waitingMax, waiting);
      if (kept <= 0) continue;
      const taken = waiting > this.waitingMax ? this.perSecond : perSecond;
      this.waits.add((kept / this.perSecond) * MS_PER_SECOND * NS_PER_MS, (taken * seconds) / STEPS);
    }
  }
}

/** Nobody waits, and nobody is refused. */
export function isQuiet({ waitMs, refusedShare }: QueuePoint): boolean {
  return waitMs === 0 && refusedShare === 0;
}
