/** Estimates with their confidence, from one number per trial. */
import { exp, log, logGamma, tQuantile } from '../kernel/elementary.js';

/** A bound is null where there are too few trials for it. */
export type Interval = readonly [number | null, number | null];

/** Distribution of a quantity over trials; all null where no trial has it. */
export interface DistributionEstimate {
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  readonly ci95: { readonly mean: Interval; readonly p50: Interval; readonly p95: Interval; readonly p99: Interval };
  readonly n: number;
}

/** An expectation. `noneSeen`: no trial had any; the upper bound is then the rule of three, 3/n. */
export interface Estimate {
  readonly mean: number;
  readonly ci95: readonly [number, number];
  readonly noneSeen: boolean;
}

/** `values` holds one number per trial in which the quantity exists. */
export function estimateDistribution(values: readonly number[]): DistributionEstimate {
  return estimateGrouped(values.map((value) => [value]));
}

/**
 * Several values per trial (one per proxy). Values of one trial are not independent, so the intervals treat each trial
 * as a single observation.
 */
export function estimateGrouped(byTrial: readonly (readonly number[])[]): DistributionEstimate {
  const trials = byTrial.filter((values) => values.length > 0);
  const sorted = Float64Array.from(trials.flat()).sort();
  const n = trials.length;
  const quantile = (p: number): number | null => (n === 0 ? null : quantileOf(sorted, p));
  const around = (p: number): Interval => {
    const [lower, upper] = quantileRanks(n, p);
    return [
      lower === null ? null : quantileOf(sorted, lower / n),
      upper === null ? null : quantileOf(sorted, upper / n),
    ];
  };
  return {
    mean: n === 0 ? null : meanOf(sorted),
    p50: quantile(0.5),
    p90: quantile(0.9),
    p95: quantile(0.95),
    p99: quantile(0.99),
    max: n === 0 ? null : sorted[sorted.length - 1],
    ci95: { mean: meanInterval(trials.map(meanOf)), p50: around(0.5), p95: around(0.95), p99: around(0.99) },
    n: sorted.length,
  };
}

/**
 * Mean of a quantity that cannot be negative, with a Student interval.
 * @param unit what one occurrence adds to the quantity, for the rule of three where nothing was seen
 * @param most what it cannot exceed but by rounding: 1 for a share or a probability
 */
export function estimateMean(values: readonly number[], unit = 1, most = Number.MAX_VALUE): Estimate {
  const n = values.length;
  if (values.every((value) => value === 0)) {
    return { mean: 0, ci95: [0, n === 0 ? unit : Math.min(1, 3 / n) * unit], noneSeen: true };
  }
  const mean = Math.min(most, meanOf(values));
  const [lower, upper] = meanInterval(values);
  const ci95 = [Math.min(mean, Math.max(0, lower ?? 0)), Math.min(most, upper ?? most)] as const;
  return { mean, ci95, noneSeen: false };
}

/** Student interval of the mean at 95 %; null bounds for fewer than two values. */
export function meanInterval(values: ArrayLike<number>): Interval {
  const n = values.length;
  if (n < 2) return [null, null];
  const mean = meanOf(values);
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i] - mean) * (values[i] - mean);
  const half = tQuantile(0.975, n - 1) * Math.sqrt(squares / (n - 1) / n);
  return [mean - half, mean + half];
}

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** The smallest value with at least the share p of all at or below it. */
function quantileOf(sorted: ArrayLike<number>, p: number): number {
  const rank = Math.ceil(p * sorted.length - 1e-9);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1];
}

/**
 * Ranks (from 1) of the order statistics that enclose the p-quantile with 95 % confidence, whatever the distribution:
 * the number of values below it is binomial (n, p).
 */
function quantileRanks(n: number, p: number): [number | null, number | null] {
  let lower: number | null = null;
  let upper: number | null = null;
  let cumulative = 0;
  // Beyond ten standard deviations nothing is left to add; and in logarithms, since (1 − p)^n is 0 for a few hundred n.
  const reach = 10 * Math.sqrt(n * p * (1 - p)) + 10;
  const first = Math.max(0, Math.floor(n * p - reach));
  const last = Math.min(n, Math.ceil(n * p + reach));
  const odds = log(p / (1 - p));
  let logTerm = logGamma(n + 1) - logGamma(first + 1) - logGamma(n - first + 1) + first * odds + n * log(1 - p);
  for (let k = first; k <= last; k++) {
    // cumulative: P(fewer than k values lie below the quantile)
    if (cumulative <= 0.025 && k >= 1) lower = k;
    cumulative += exp(logTerm);
    if (upper === null && cumulative >= 0.975 && k + 1 <= n) upper = k + 1;
    logTerm += log((n - k) / (k + 1)) + odds;
  }
  return [lower, upper];
}
