/**
 * Connections that opened in one stretch of time under one filter chain, as an expected number. Those who use them open
 * them at a constant rate and keep each for a lifetime of its own, so that what is open at any moment follows exactly from
 * the tail of the lifetimes (renewal theory; no sampling).
 */
import type { Lifetime } from '../../kernel/lifetime.js';

/** A change of listeners at one proxy, as far as connections on replaced chains depend on it. */
export interface Drain {
  isOver: boolean;
}

export class Cohort {
  /** The drain that the connections are in. */
  drain: Drain | undefined;
  /** Expected number that is open, as of the last settling. */
  open: number;
  private settledMs: number;

  /**
   * @param fromMs since when connections of the cohort were wanted; −Infinity: the steady state before the rollout
   * @param toMs until when; the cohort is made then
   * @param reopenedMs all of them were opened then, anew, by those whose connection had been cut; undefined: each when it
   *   was wanted
   * @param ratePerMs at which they were wanted, as far as they came to be in this cohort
   * @param endpoints that they are spread over, as a set
   */
  constructor(
    private readonly lifetime: Lifetime,
    readonly chain: number,
    readonly fromMs: number,
    readonly toMs: number,
    readonly reopenedMs: number | undefined,
    public ratePerMs: number,
    readonly limitMs: number,
    readonly isIdleLimit: boolean,
    public endpoints: number,
  ) {
    const atMs = reopenedMs ?? toMs;
    this.settledMs = atMs;
    this.open = this.openAt(atMs);
  }

  /** When the last of its connections was opened. */
  get openedByMs(): number {
    return this.reopenedMs ?? this.toMs;
  }

  /** Goes on to a later moment. */
  settle(atMs: number): { readonly ended: number; readonly limited: number } {
    const limited = this.limitedBetween(this.settledMs, atMs);
    const now = this.openAt(atMs);
    const ended = Math.max(0, this.open - now - limited);
    this.open = now;
    this.settledMs = atMs;
    return { ended, limited };
  }

  /** Keeps only a share of its connections: the others have been cut. */
  keep(share: number, endpoints: number): void {
    this.ratePerMs *= share;
    this.open *= share;
    this.endpoints = endpoints;
  }

  /** Those whose connections are left, as a stretch of time in which they were wanted. */
  wantedSinceMs(atMs: number): number {
    return this.reopenedMs === undefined ? Math.max(this.fromMs, atMs - this.limitMs) : this.fromMs;
  }

  private openAt(atMs: number): number {
    if (this.reopenedMs !== undefined && atMs - this.reopenedMs >= this.limitMs) return 0;
    return this.wantedAt(atMs, this.wantedSinceMs(atMs));
  }

  /** Wanted since a moment, and still. */
  private wantedAt(atMs: number, sinceMs: number): number {
    if (sinceMs >= this.toMs) return 0;
    return this.ratePerMs * (this.lifetime.excess(atMs - this.toMs) - this.lifetime.excess(atMs - sinceMs));
  }

  /** Expected number that the proxy closes for their age. */
  private limitedBetween(startMs: number, endMs: number): number {
    const { limitMs, reopenedMs } = this;
    if (limitMs === Infinity) return 0;
    if (reopenedMs !== undefined) {
      const atMs = reopenedMs + limitMs;
      return startMs < atMs && atMs <= endMs ? this.wantedAt(atMs, this.fromMs) : 0;
    }
    const since = Math.max(this.fromMs, startMs - limitMs);
    const until = Math.min(this.toMs, endMs - limitMs);
    return this.ratePerMs * this.lifetime.survival(limitMs) * Math.max(0, until - since);
  }
}

/** What happens in a stretch of openings while it lasts: it starts with the steady state or with nothing. */
export function duringOpening(
  lifetime: Lifetime,
  ratePerMs: number,
  limitMs: number,
  sinceMs: number,
  cohort: Cohort,
): { readonly openAtStart: number; readonly opened: number; readonly ended: number; readonly limited: number } {
  const { toMs } = cohort;
  const isSteady = sinceMs === Number.NEGATIVE_INFINITY;
  const fromMs = isSteady ? 0 : sinceMs;
  const openAtStart = isSteady ? ratePerMs * (lifetime.mean - lifetime.excess(limitMs)) : 0;
  const opened = ratePerMs * (toMs - fromMs);
  const limitedFrom = isSteady ? 0 : Math.min(toMs, sinceMs + limitMs);
  const limited = limitMs === Infinity ? 0 : ratePerMs * lifetime.survival(limitMs) * (toMs - limitedFrom);
  return { openAtStart, opened, ended: Math.max(0, openAtStart + opened - cohort.open - limited), limited };
}
