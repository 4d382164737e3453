/**
 * What is left of failures after those who called have tried again on their own. A retry comes later by a delay, and fails
 * if the proxy's state of that moment makes it fail: it meets a failing stretch only as far as the stretch is still open.
 * Exact in time; over random delays it is a mean of fixed sets of them.
 */
import { newSampler } from '../kernel/distribution.js';
import { msToNs } from '../kernel/time.js';
import type { Callers } from '../scenario/types.js';

/** A time in which requests fail with constant probability. */
export interface FailingStretch {
  readonly fromNs: number;
  /** Infinity: for good. */
  readonly toNs: number;
  /** Share of requests that fails and is tried again. */
  readonly retried: number;
  /** Share that fails, by how; an end that is retried counts when no retry is left. */
  readonly lost: readonly { readonly key: string; readonly share: number; readonly isRetried: boolean }[];
}

/** Failures at one instant, as a stretch of a nanosecond whose shares may exceed 1. */
export const INSTANT_NS = 1;

/** Puts instants, in order of time, into stretches: one that is open then is parted. */
export function withInstants(
  stretches: readonly FailingStretch[],
  instants: readonly FailingStretch[],
): readonly FailingStretch[] {
  let all = stretches;
  for (const instant of instants) {
    const { fromNs, toNs } = instant;
    const before = all.flatMap((s) => (s.fromNs < fromNs ? [{ ...s, toNs: Math.min(s.toNs, fromNs) }] : []));
    const after = all.flatMap((s) => (s.toNs > toNs ? [{ ...s, fromNs: Math.max(s.fromNs, toNs) }] : []));
    const open = all.filter((s) => s.fromNs < toNs && s.toNs > fromNs);
    const both = {
      ...instant,
      retried: open.reduce((sum, { retried }) => sum + retried, instant.retried),
      lost: [...open, instant].flatMap(({ lost }) => lost),
    };
    all = [...before, both, ...after];
  }
  return all;
}

/** Sets of delays over which a mean is taken; more of them change it by less than 1 % (test/traffic/callers.test.ts). */
const SETS = 64;

/** Multipliers that spread the sets over all delays at once: odd, so that each delay alone takes each 64th once. */
const LATTICE = [1, 19, 43, 27, 11, 51, 37, 5, 59, 23];

/** Equally likely sets of delays in ns, one delay per retry; a single one where delays are fixed. */
export function delaySets({ retries, delayMs, delayFactor }: Callers): readonly (readonly number[])[] {
  const sampler = newSampler(delayMs);
  const count = sampler.isConstant ? 1 : SETS;
  return Array.from({ length: count }, (_, set) => {
    let factor = 1;
    return Array.from({ length: retries }, (_, retry) => {
      const u = (((set * LATTICE[retry]) % count) + 0.5) / count;
      const delayNs = msToNs(sampler.quantile(u) * factor);
      factor *= delayFactor;
      return delayNs;
    });
  });
}

/**
 * Time-integral over [0, horizonNs) of the probability that a request fails for good, by how its last try failed.
 * @param stretches in order of time, apart from each other; retries may meet what lies beyond the horizon
 */
export function failedForGood(
  stretches: readonly FailingStretch[],
  sets: readonly (readonly number[])[],
  horizonNs: number,
  into: (key: string, ns: number) => void,
): void {
  const tries = (delays: readonly number[], at: number, fromNs: number, toNs: number, weight: number): void => {
    for (let i = firstOpenAfter(stretches, fromNs); i < stretches.length && stretches[i].fromNs < toNs; i++) {
      const stretch = stretches[i];
      const from = Math.max(stretch.fromNs, fromNs);
      const to = Math.min(stretch.toNs, toNs);
      const isLast = at === delays.length;
      for (const { key, share, isRetried } of stretch.lost) {
        if (isLast || !isRetried) into(key, weight * share * (to - from));
      }
      if (isLast || stretch.retried === 0) continue;
      tries(delays, at + 1, from + delays[at], to + delays[at], weight * stretch.retried);
    }
  };
  for (const delays of sets) tries(delays, 0, 0, horizonNs, 1 / sets.length);
}

/** Index of the first stretch that ends later. */
function firstOpenAfter(stretches: readonly FailingStretch[], timeNs: number): number {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stretches[middle].toNs > timeNs) high = middle;
    else low = middle + 1;
  }
  return low;
}
