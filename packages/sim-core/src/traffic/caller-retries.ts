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
  /** Of an instant: what fails at that time besides. */
  readonly besides?: Pick<FailingStretch, 'retried' | 'lost'>;
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
    const besides = {
      retried: open.reduce((sum, { retried }) => sum + retried, 0),
      lost: open.flatMap(({ lost }) => lost),
    };
    const both = {
      ...instant,
      retried: besides.retried + instant.retried,
      lost: [...besides.lost, ...instant.lost],
      besides: open[0]?.besides ?? besides,
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
 * @param first what first tries meet
 * @param again what retries meet, in order of time, apart from each other; also what lies beyond the horizon
 */
export function failedForGood(
  first: readonly FailingStretch[],
  again: readonly FailingStretch[],
  sets: readonly (readonly number[])[],
  horizonNs: number,
  into: (key: string, ns: number) => void,
): void {
  const meet = (
    stretch: FailingStretch,
    delays: readonly number[],
    at: number,
    fromNs: number,
    toNs: number,
    weight: number,
  ): void => {
    const from = Math.max(stretch.fromNs, fromNs);
    const to = Math.min(stretch.toNs, toNs);
    if (to <= from) return;
    const isLast = at === delays.length;
    for (const { key, share, isRetried } of stretch.lost) {
      if (isLast || !isRetried) into(key, weight * share * (to - from));
    }
    if (isLast || stretch.retried === 0) return;
    const [againNs, untilNs] = [from + delays[at], to + delays[at]];
    for (let i = firstOpenAfter(again, againNs); i < again.length && again[i].fromNs < untilNs; i++) {
      // What has been cut at an instant comes again at an instant: the next cut may fall on that very moment, but those that
      // it cuts were sent before.
      const met = stretch.besides === undefined ? again[i] : { ...again[i], ...again[i].besides };
      meet(met, delays, at + 1, againNs, untilNs, weight * stretch.retried);
    }
  };
  for (const delays of sets) {
    for (const stretch of first) meet(stretch, delays, 0, 0, horizonNs, 1 / sets.length);
  }
}

/** Lists of stretches at once, as one list; what fails in several of them is added up, to all requests at most. */
export function together(lists: readonly (readonly FailingStretch[])[]): readonly FailingStretch[] {
  const filled = lists.filter((list) => list.length > 0);
  if (filled.length <= 1) return filled[0] ?? [];
  const bounds = [...new Set(filled.flatMap((list) => list.flatMap(({ fromNs, toNs }) => [fromNs, toNs])))];
  bounds.sort((a, b) => a - b);
  const at = filled.map(() => 0);
  const found: FailingStretch[] = [];
  for (let i = 0; i + 1 < bounds.length; i++) {
    const [fromNs, toNs] = [bounds[i], bounds[i + 1]];
    const open = filled.flatMap((list, which) => {
      while (at[which] < list.length && list[at[which]].toNs <= fromNs) at[which]++;
      const stretch = list[at[which]];
      return stretch !== undefined && stretch.fromNs <= fromNs ? [stretch] : [];
    });
    if (open.length > 0) found.push(sumOf(open, fromNs, toNs));
  }
  return found;
}

function sumOf(stretches: readonly FailingStretch[], fromNs: number, toNs: number): FailingStretch {
  const lost = stretches.flatMap((stretch) => stretch.lost);
  const all = lost.reduce((sum, { share }) => sum + share, 0);
  const fits = Math.min(1, 1 / all);
  const retried = stretches.reduce((sum, stretch) => sum + stretch.retried, 0);
  return { fromNs, toNs, retried: fits * retried, lost: lost.map((end) => ({ ...end, share: fits * end.share })) };
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
