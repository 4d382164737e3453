/**
 * How many connections a pool has after a long time. A pool grows when a request finds all of its connections busy, and
 * since the most recently used one is taken first, a connection goes only when the pool has not needed it for the whole
 * idle timeout: the pool is as large as the most requests that were there at once in that time.
 *
 * A steady run tells how often a request finds n others. Beyond what it has seen the frequency falls as in a queue without
 * limits, where each level is rarer by λS/n. Of the visits to a high level, those that follow each other closely are one
 * excursion: a share of q = rate(n)/rate(n−1) of them is not a first one. Then P(at most n at once in a time T) is
 * exp(−T · rate(n) · (1 − q)), which for exponential durations is the exact mean first passage in its leading term.
 */
import { log } from '../../kernel/elementary.js';

/** Fewer visits say too little of a level. */
const VISITS = 10;
/** Levels, the highest that are known, whose fall goes on above them. */
const FITTED = 4;

const NS_PER_SECOND = 1e9;

export class StockLaw {
  /** Of levels that were visited often enough. */
  private readonly visits: readonly number[];
  /** By how much a level above them is rarer than the one below it, times its n. */
  private readonly fall: number;
  /** The level that is visited most: whatever lies below it is reached for sure. */
  private readonly mode: number;

  /** @param visits n → requests that found n others at a pool, in so many seconds of pools */
  constructor(
    visits: readonly number[],
    private readonly poolSeconds: number,
  ) {
    const known = Math.max(
      0,
      visits.findLastIndex((count) => count >= VISITS),
    );
    this.visits = visits.length === 0 ? [0] : visits.slice(0, known + 1);
    this.mode = Math.max(0, this.visits.indexOf(Math.max(0, ...this.visits)));
    let [above, below] = [0, 0];
    for (let n = Math.max(1, known + 1 - FITTED); n <= Math.max(1, known); n++) {
      above += n * (visits[n] ?? 0);
      below += visits[n - 1] ?? 0;
    }
    this.fall = above / Math.max(1, below);
  }

  /** The size that a pool has reached after `windowNs`, at a probability of 0 to 1. */
  draw(windowNs: number, u: number): number {
    const most = (-log(u) * this.poolSeconds * NS_PER_SECOND) / windowNs;
    let below = Number.POSITIVE_INFINITY;
    for (let n = this.mode; ; n++) {
      const visits = n < this.visits.length ? this.visits[n] : (below * this.fall) / n;
      const firstOnes = visits * (1 - visits / below);
      if (firstOnes <= most) return n;
      below = visits;
    }
  }
}
