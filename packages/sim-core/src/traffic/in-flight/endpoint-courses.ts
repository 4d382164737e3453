/**
 * What becomes of endpoints in the course of one rollout that no proxy's view shows: when their pods stop, with what is in
 * flight to them (envoy.md 13.3).
 */
import { type LastingConnections, openShareAtEnd } from '../../mesh/pod-end.js';
import { TraceKind, type TraceSink } from '../../trace/events.js';
import type { EndpointMoment } from '../attempts.js';

export interface PodStop {
  readonly atNs: number;
  /** As an EndpointMoment has it. */
  readonly openShare: number;
}

const NS_PER_MS = 1e6;

export class EndpointCourses implements TraceSink {
  readonly watches = [TraceKind.PodGone];
  private readonly stops = new Map<number, PodStop>();

  constructor(private readonly lasting: LastingConnections) {}

  emit(kind: TraceKind, timeNs: number, _proxy: number, endpoint: number, busyMs: number, isIdle: number): void {
    if (kind !== TraceKind.PodGone) return;
    const end = { busyMs, isIdle: isIdle === 1 };
    const openShare = openShareAtEnd(end, this.lasting.openAfter(endpoint, busyMs));
    if (openShare > 0) this.stops.set(endpoint, { atNs: timeNs, openShare });
  }

  /** Whether anything befalls requests at some endpoint. */
  get isEmpty(): boolean {
    return this.stops.size === 0;
  }

  /** Of an endpoint whose pod stops with something in flight. */
  stopOf(endpoint: number): PodStop | undefined {
    return this.stops.get(endpoint);
  }

  /** What befalls requests that are sent to an endpoint at a moment; undefined: nothing. */
  momentAt(endpoint: number, atNs: number): EndpointMoment | undefined {
    const stop = this.stops.get(endpoint);
    if (stop === undefined) return undefined;
    return { stopsInMs: (stop.atNs - atNs) / NS_PER_MS, openShare: stop.openShare, waitMs: 0, refusedShare: 0 };
  }
}
