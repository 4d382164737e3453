/** What became of long-lived connections in one trial, in expected numbers; every connection has exactly one end. */
import type { Refusal } from './openings.js';

export interface ConnectionTotals {
  /** Open when the first write is sent. */
  openAtStart: number;
  /** Opened from then on, those that were opened anew because a proxy had cut them among them. */
  opened: number;
  /** Ended by those who use them, on filter chains in force. */
  ended: number;
  /** Ended by those who use them while their filter chain drained. */
  drained: number;
  /** Closed by the proxy, since nothing was sent for the idle timeout. */
  closedIdle: number;
  /** Closed by the proxy at the greatest age that a DestinationRule allows. */
  expired: number;
  /** Cut when the drain time of their filter chain was over, at the client's proxy or gateway. */
  cut: number;
  /** The same at the server's sidecar, or when the server's pod has stopped. */
  cutByServer: number;
  /** Still open at the horizon. */
  openAtEnd: number;
}

export interface LongLivedTotals {
  readonly tcp: Readonly<ConnectionTotals>;
  readonly streams: Readonly<ConnectionTotals>;
  /** Connections opened anew because theirs had been cut: handshakes that the rollout causes. */
  readonly handshakes: number;
  /** The most of these at one endpoint within one second. */
  readonly peakHandshakesPerUpstream: number;
  /** TCP connections closed as soon as they open. */
  readonly refused: readonly { readonly refusal: Refusal; readonly expected: number }[];
}

export function noConnections(): ConnectionTotals {
  return {
    openAtStart: 0,
    opened: 0,
    ended: 0,
    drained: 0,
    closedIdle: 0,
    expired: 0,
    cut: 0,
    cutByServer: 0,
    openAtEnd: 0,
  };
}

/** Adds up what is refused, by what refuses it. */
export class RefusalCounts {
  private readonly byKey = new Map<string, { readonly refusal: Refusal; expected: number }>();

  add(refusal: Refusal, expected: number): void {
    if (expected === 0) return;
    const key = JSON.stringify(refusal);
    const entry = this.byKey.get(key) ?? { refusal, expected: 0 };
    entry.expected += expected;
    this.byKey.set(key, entry);
  }

  get list(): readonly { readonly refusal: Refusal; readonly expected: number }[] {
    return [...this.byKey.values()];
  }
}

const SECOND_MS = 1000;

/** Handshakes by endpoint: many connections are cut at one instant, and opened anew at the next. */
export class Handshakes {
  private readonly atMs: number[] = [];
  private readonly endpoints: number[] = [];
  private readonly counts: number[] = [];
  total = 0;

  /** @param endpoints that they are spread over, as a set */
  add(atMs: number, endpoints: number, count: number): void {
    this.total += count;
    this.atMs.push(atMs);
    this.endpoints.push(endpoints);
    this.counts.push(count);
  }

  /** @param members of a set of endpoints */
  peak(members: (set: number) => readonly number[]): number {
    const byEndpoint = new Map<number, { readonly atMs: number; readonly count: number }[]>();
    for (const [i, atMs] of this.atMs.entries()) {
      const all = members(this.endpoints[i]);
      for (const endpoint of all) {
        const list = byEndpoint.get(endpoint) ?? [];
        list.push({ atMs, count: this.counts[i] / all.length });
        byEndpoint.set(endpoint, list);
      }
    }
    return [...byEndpoint.values()].reduce((best, list) => Math.max(best, peakOf(list)), 0);
  }
}

/** They come in the order of time. */
function peakOf(list: readonly { readonly atMs: number; readonly count: number }[]): number {
  let sum = 0;
  let best = 0;
  let first = 0;
  for (const { atMs, count } of list) {
    sum += count;
    while (list[first].atMs < atMs - SECOND_MS) sum -= list[first++].count;
    best = Math.max(best, sum);
  }
  return best;
}
