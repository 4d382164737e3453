import { expect, test } from 'vitest';
import { estimateDistribution, type Interval } from '../../packages/sim-core/src/study/estimates.js';

/** Intervals over 1 … n, where a value is its rank. */
function ranks(n: number): { readonly p50: Interval; readonly p95: Interval; readonly p99: Interval } {
  return estimateDistribution(Array.from({ length: n }, (_, i) => i + 1)).ci95;
}

test('percentile intervals are those of the binomial, also for many trials', () => {
  // Largest l with P(X < l) ≤ 2.5 % and smallest u with P(X < u) ≥ 97.5 %, X binomial (n, p).
  expect(ranks(40)).toMatchObject({ p50: [14, 27], p95: [35, null], p99: [38, null] });
  expect(ranks(400)).toMatchObject({ p50: [180, 221], p95: [371, 389], p99: [392, 400] });
});

test.each([400, 2000, 10_000])('of %d trials they lie around the percentile, two standard errors wide', (n) => {
  for (const [p, [lower, upper]] of [
    [0.5, ranks(n).p50],
    [0.95, ranks(n).p95],
  ] as const) {
    const error = Math.sqrt(n * p * (1 - p));
    expect(Math.abs((lower as number) - (n * p - 1.96 * error))).toBeLessThan(2);
    expect(Math.abs((upper as number) - (n * p + 1.96 * error))).toBeLessThan(2.5);
  }
});

test('too few trials have no bound', () => {
  expect(ranks(5)).toMatchObject({ p50: [null, null], p95: [4, null] });
});
