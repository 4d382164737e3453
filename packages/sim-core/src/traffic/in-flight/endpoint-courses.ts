/**
 * What becomes of endpoints in the course of one rollout that no proxy's view shows: when their pods stop, with what is in
 * flight to them (envoy.md 13.3), and how long requests wait at those that get more than they can work off.
 */
import { type LastingConnections, openShareAtEnd } from '../../mesh/pod-end.js';
import { TraceKind, type TraceSink } from '../../trace/events.js';
import type { EndpointMoment } from '../attempts.js';
import type { Span } from '../time-bins.js';
import { isQuiet, type QueuePoint } from './endpoint-queues.js';

export interface PodStop {
  readonly atNs: number;
  /** As an EndpointMoment has it. */
  readonly openShare: number;
}

/** Points of the queue of each endpoint. */
interface Queues {
  courseOf(endpoint: number): readonly QueuePoint[];
}

type Queue = Pick<EndpointMoment, 'waitMs' | 'refusedShare'>;

const NS_PER_MS = 1e6;
const NO_QUEUE: Queue = { waitMs: 0, refusedShare: 0 };
const STAYS = { stopsInMs: Number.POSITIVE_INFINITY, openShare: 1 };

export class EndpointCourses implements TraceSink {
  readonly watches = [TraceKind.PodGone];
  private readonly stops = new Map<number, PodStop>();
  /** Of endpoints that are not quiet all the time. */
  private readonly queues = new Map<number, readonly QueuePoint[]>();

  constructor(private readonly lasting: LastingConnections) {}

  emit(kind: TraceKind, timeNs: number, _proxy: number, endpoint: number, busyMs: number, isIdle: number): void {
    if (kind !== TraceKind.PodGone) return;
    const end = { busyMs, isIdle: isIdle === 1 };
    const openShare = openShareAtEnd(end, this.lasting.openAfter(endpoint, busyMs));
    if (openShare > 0) this.stops.set(endpoint, { atNs: timeNs, openShare });
  }

  /** Once the load of all endpoints is known. */
  addQueues(queues: Queues, endpoints: number): void {
    for (let endpoint = 0; endpoint < endpoints; endpoint++) {
      const points = queues.courseOf(endpoint);
      if (!points.every(isQuiet)) this.queues.set(endpoint, points);
    }
  }

  /** Whether nothing befalls requests at any endpoint. */
  get isEmpty(): boolean {
    return this.stops.size === 0 && this.queues.size === 0;
  }

  has(endpoint: number): boolean {
    return this.stops.has(endpoint) || this.queues.has(endpoint);
  }

  /** Of an endpoint whose pod stops with something in flight. */
  stopOf(endpoint: number): PodStop | undefined {
    return this.stops.get(endpoint);
  }

  /** Points between which the wait at an endpoint changes at a constant rate; none: nobody ever waits. */
  queueOf(endpoint: number): readonly QueuePoint[] {
    return this.queues.get(endpoint) ?? [];
  }

  /** Parts of queues in which somebody waits or is refused; those of different endpoints may overlap. */
  get busySpans(): readonly Span[] {
    return [...this.queues.values()].flatMap((points) =>
      points.slice(1).flatMap((next, at) => {
        const isBusy = !isQuiet(points[at]) || !isQuiet(next);
        return isBusy ? [{ fromNs: points[at].atNs, toNs: next.atNs }] : [];
      }),
    );
  }

  /** What befalls requests that are sent to an endpoint at a moment; undefined: nothing. */
  momentAt(endpoint: number, atNs: number): EndpointMoment | undefined {
    const stop = this.stops.get(endpoint);
    const queue = this.queueAt(endpoint, atNs);
    if (stop === undefined) return queue === NO_QUEUE ? undefined : { ...STAYS, ...queue };
    return { stopsInMs: (stop.atNs - atNs) / NS_PER_MS, openShare: stop.openShare, ...queue };
  }

  /** What has been befalling them before the rollout. */
  usualMoment(endpoint: number): EndpointMoment | undefined {
    const [first] = this.queueOf(endpoint);
    return first === undefined || isQuiet(first) ? undefined : { ...STAYS, ...first };
  }

  /** What is sent before the first write does not count, but for what is still in flight when a pod stops. */
  private queueAt(endpoint: number, atNs: number): Queue {
    const points = this.queues.get(endpoint);
    if (points === undefined || atNs < 0) return NO_QUEUE;
    let [low, high] = [0, points.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (points[middle].atNs <= atNs) low = middle;
      else high = middle;
    }
    const { waitMs, refusedShare, atNs: fromNs } = points[low];
    const next = points[low + 1];
    if (next === undefined) return { waitMs, refusedShare };
    const share = (atNs - fromNs) / (next.atNs - fromNs);
    const now = { waitMs: waitMs + share * (next.waitMs - waitMs), refusedShare };
    return now.waitMs === 0 && refusedShare === 0 ? NO_QUEUE : now;
  }
}
