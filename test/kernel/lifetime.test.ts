/** Tails of lifetimes against the quantiles that samplers draw from, and against what can be worked out by hand. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Distribution, newSampler } from '../../packages/sim-core/src/kernel/distribution.js';
import { exp } from '../../packages/sim-core/src/kernel/elementary.js';
import { newLifetime } from '../../packages/sim-core/src/kernel/lifetime.js';

const EACH: readonly Distribution[] = [
  7,
  { constant: 3 },
  { uniform: [2, 10] },
  { uniform: [4, 4] },
  { lognormal: { median: 5, p95: 40 } },
  { lognormal: { median: 5, sigma: 0.3 } },
  { lognormal: { median: 5, sigma: 1, max: 12 } },
  { lognormal: { median: 5, sigma: 1, max: 2 } },
  { gamma: { mean: 6, shape: 1 } },
  { gamma: { mean: 6, shape: 0.4 } },
  { gamma: { mean: 6, shape: 30 } },
  {
    quantiles: [
      [0.1, 1],
      [0.5, 3],
      [0.9, 20],
    ],
  },
  {
    quantiles: [
      [0, 2],
      [0.3, 2],
      [1, 9],
    ],
  },
];

test.each(EACH.map((distribution) => ({ distribution })))(
  '$distribution: as the mean over its quantiles',
  ({ distribution }) => {
    const sampler = newSampler(distribution);
    const lifetime = newLifetime(distribution);
    const n = 200_000;
    const drawn = Float64Array.from({ length: n }, (_, i) => sampler.quantile((i + 0.5) / n));
    for (const x of [0, 0.5, 2.5, 3.9, 7.5, 11, 25]) {
      const excess = drawn.reduce((sum, value) => sum + Math.max(0, value - x), 0) / n;
      const above = drawn.reduce((sum, value) => sum + Number(value > x), 0) / n;
      // The midpoint rule misses part of a heavy tail.
      expect(Math.abs(lifetime.excess(x) - excess), `excess(${x})`).toBeLessThan(2e-3 * lifetime.mean);
      expect(Math.abs(lifetime.survival(x) - above), `survival(${x})`).toBeLessThan(2e-5);
    }
    expect(lifetime.excess(0)).toBeCloseTo(lifetime.mean, 12);
    expect([lifetime.excess(Infinity), lifetime.survival(Infinity)]).toEqual([0, 0]);
  },
);

test('by hand: what has no memory, and what lasts for a fixed time', () => {
  const memoryless = newLifetime({ gamma: { mean: 10, shape: 1 } });
  for (const x of [1, 5, 40]) expect(memoryless.excess(x)).toBeCloseTo(10 * exp(-x / 10), 12);
  const fixed = newLifetime(60);
  // Of 120 connections of 60 s that open evenly, a quarter is still open 45 s later.
  expect((120 / fixed.mean) * fixed.excess(45)).toBeCloseTo(30, 12);
  const even = newLifetime({ uniform: [0, 10] });
  expect(even.excess(4)).toBeCloseTo(36 / 20, 12);
});

test('excess falls as survival says, and neither ever rises', () => {
  const x = fc.double({ min: 0.01, max: 30, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(...EACH), x, x, (distribution, a, b) => {
      const lifetime = newLifetime(distribution);
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const drop = lifetime.excess(low) - lifetime.excess(high);
      const slack = 1e-9;
      expect(drop).toBeGreaterThanOrEqual((high - low) * lifetime.survival(high) - slack);
      expect(drop).toBeLessThanOrEqual((high - low) * lifetime.survival(low) + slack);
    }),
  );
});
