/** The numbers of one rollout, exactly. Words for them are in strings/. */
import type { Bucket, TrialResult } from '@xdsim/sim-core';

export interface CauseCount {
  readonly cause: Bucket['cause'];
  readonly flag: string;
  readonly code: number;
  /** Expected requests. */
  readonly expected: number;
}

/** Expected 5xx by why they happen; those that happen most come first. */
export function errorsByCause(result: TrialResult): CauseCount[] {
  const counts = new Map<string, { cause: Bucket['cause']; flag: string; code: number; expected: number }>();
  for (const { bucket, expected } of result.buckets) {
    const { cause, flag, code } = bucket;
    if (code < 500) continue;
    const key = `${cause} ${flag} ${code}`;
    const count = counts.get(key) ?? { cause, flag, code, expected: 0 };
    count.expected += expected;
    counts.set(key, count);
  }
  return [...counts.values()].sort((a, b) => b.expected - a.expected);
}

export type FigureName = 'complete' | 'propagation' | 'skew' | 'inconsistent' | 'failing' | 'errors';

/** undefined: it did not happen within the horizon. Times in ms, errors in requests. */
export function figuresOf(result: TrialResult): Readonly<Record<FigureName, number | undefined>> {
  return {
    complete: result.completeMs,
    propagation: result.propagationMs,
    skew: result.skewMs,
    inconsistent: result.inconsistentMs,
    failing: result.failingMs,
    errors: result.errors,
  };
}

/** Three digits of a count, none after the point where it is large. */
export function countInWords(value: number): string {
  if (value === 0) return '0';
  return value >= 1000
    ? String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
    : String(Number(value.toPrecision(3)));
}
