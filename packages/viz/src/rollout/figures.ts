/** The numbers of one rollout, exactly. Words for them are in strings/. */
import type { Bucket, TrialResult } from '@xdsim/sim-core';
import { grouped } from '../strings/grouped.js';

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
    const { cause, flag, code, noise } = bucket;
    if (code < 500 || noise) continue;
    const key = `${cause} ${flag} ${code}`;
    const count = counts.get(key) ?? { cause, flag, code, expected: 0 };
    count.expected += expected;
    counts.set(key, count);
  }
  return [...counts.values()].sort((a, b) => b.expected - a.expected);
}

/** Envoy's flag, or the code where it sets none. */
export function flagOrCode({ flag, code }: Pick<Bucket, 'flag' | 'code'>): string {
  return flag === '-' ? String(code) : flag;
}

export type FigureName =
  | 'complete'
  | 'propagation'
  | 'skew'
  | 'inconsistent'
  | 'failing'
  | 'errors'
  | 'callerErrors'
  | 'closedIdle'
  | 'drained'
  | 'cut'
  | 'handshakes'
  | 'longLivedCut'
  | 'longLivedDrained';

/** Of these, the ones that are counts; the others are times. */
export const COUNTS: ReadonlySet<string> = new Set<FigureName>([
  'errors',
  'callerErrors',
  'closedIdle',
  'drained',
  'cut',
  'handshakes',
  'longLivedCut',
  'longLivedDrained',
]);

/** undefined: it did not happen within the horizon. Times in ms; requests and connections as expected numbers. */
export function figuresOf(result: TrialResult): Readonly<Record<FigureName, number | undefined>> {
  const { tcp, streams } = result.longLived;
  return {
    complete: result.completeMs,
    propagation: result.propagationMs,
    skew: result.skewMs,
    inconsistent: result.inconsistentMs,
    failing: result.failingMs,
    errors: result.errors,
    callerErrors: result.callers.reduce((sum, { code, expected }) => sum + (code >= 500 ? expected : 0), 0),
    closedIdle: result.connections.closedIdle,
    drained: result.connections.drained,
    cut: result.connections.cut,
    handshakes: result.connections.handshakes,
    longLivedCut: tcp.cut + tcp.cutByServer + streams.cut + streams.cutByServer,
    longLivedDrained: tcp.drained + streams.drained,
  };
}

/** Three digits of a count, none after the point where it is large. */
export function countInWords(value: number): string {
  if (value === 0) return '0';
  return value >= 1000 ? grouped(String(Math.round(value))) : String(Number(value.toPrecision(3)));
}

/** As the command line rounds it: the half width of the interval to the place of the mean's third digit, 27.9 ± 0.2. */
export function estimateInWords(mean: number, [low, high]: readonly [number, number]): string {
  // One trial has no interval: the study gives the largest number there is.
  if (high >= Number.MAX_VALUE) return `${countInWords(mean)} ± ?`;
  const half = Math.max(mean - low, high - mean);
  if (half < Math.abs(mean) * 1e-6) return countInWords(mean);
  // A lopsided interval has no half.
  if (Math.abs(low + high - 2 * mean) > 0.1 * half)
    return `${countInWords(mean)} (${countInWords(low)}–${countInWords(high)})`;
  const decimals = Math.max(0, 2 - Number(mean.toExponential(2).split('e')[1]));
  const width = half.toFixed(decimals);
  const shown = Number(width) === 0 ? String(Number(half.toPrecision(1))) : grouped(width);
  return `${grouped(mean.toFixed(decimals))} ± ${shown}`;
}

/** Below the causes of errors: what there is of them, and what callers see where it is something else. */
export function isTold(result: TrialResult, name: FigureName, value: number | undefined): boolean {
  return name === 'callerErrors' ? value !== result.errors : value !== 0;
}
