import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Distribution,
  describeDistribution,
  newSampler,
} from '../../packages/sim-core/src/kernel/distribution.js';
import { gammaQuantile } from '../../packages/sim-core/src/kernel/elementary.js';

const positive = fc.double({ min: 0.01, max: 1000, noNaN: true });
const probability = fc.double({ min: 2 ** -53, max: 1 - 2 ** -53, noNaN: true });

const distribution: fc.Arbitrary<Distribution> = fc.oneof(
  positive,
  fc.record({ constant: positive }),
  fc.tuple(positive, positive).map(([a, b]) => ({ uniform: [Math.min(a, b), Math.max(a, b)] as [number, number] })),
  fc
    .record({ median: positive, spread: fc.double({ min: 1, max: 20, noNaN: true }) })
    .map(({ median, spread }) => ({ lognormal: { median, p95: median * spread } })),
  fc
    .record({
      median: positive,
      sigma: fc.double({ min: 0, max: 1.2, noNaN: true }),
      cap: fc.double({ min: 0.3, max: 9, noNaN: true }),
    })
    .map(({ median, sigma, cap }) => ({ lognormal: { median, sigma, max: median * cap } })),
  fc.record({ gamma: fc.record({ mean: positive, shape: fc.double({ min: 0.05, max: 1e4, noNaN: true }) }) }),
  fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), positive), { minLength: 1, maxLength: 8 }).map((points) => {
    const p = [...new Set(points.map((point) => point[0] / 100))].sort((a, b) => a - b);
    const values = points.map((point) => point[1]).sort((a, b) => a - b);
    return { quantiles: p.map((x, i) => [x, values[i]] as [number, number]) };
  }),
);

describe('every distribution', () => {
  it('has a quantile that never decreases', () => {
    fc.assert(
      fc.property(distribution, probability, probability, (d, u, v) => {
        const sampler = newSampler(d);
        const [low, high] = [Math.min(u, v), Math.max(u, v)];
        // An ulp of slack where two pieces of an approximation meet.
        expect(sampler.quantile(low)).toBeLessThanOrEqual(sampler.quantile(high) * (1 + 1e-14));
      }),
    );
  });

  it('has the mean of its quantiles', () => {
    fc.assert(
      fc.property(distribution, (d) => {
        const sampler = newSampler(d);
        let sum = 0;
        const n = 20_000;
        for (let i = 0; i < n; i++) sum += sampler.quantile((i + 0.5) / n);
        // The midpoint rule misses part of a heavy tail.
        expect(Math.abs(sum / n / sampler.mean - 1)).toBeLessThan(0.03);
        if (sampler.isConstant) expect(sum / n).toBeCloseTo(sampler.mean, 9);
      }),
      { numRuns: 60 },
    );
  });

  it('is described as the user would say it', () => {
    expect(
      (
        [
          5,
          { constant: 5 },
          { uniform: [1, 2] },
          { lognormal: { median: 12, p95: 30 } },
          { lognormal: { median: 12, sigma: 0.5, max: 99 } },
          { gamma: { mean: 4, shape: 2 } },
          {
            quantiles: [
              [0, 1],
              [0.07, 2],
              [0.999, 10],
            ],
          },
        ] as Distribution[]
      ).map(describeDistribution),
    ).toEqual([
      'constant 5',
      'constant 5',
      'uniform(1, 2)',
      'lognormal(median 12, p95 30)',
      'lognormal(median 12, sigma 0.5, max 99)',
      'gamma(mean 4, shape 2)',
      'quantiles(p0 1, p7 2, p99.9 10)',
    ]);
  });
});

describe('each kind', () => {
  it('constant', () => {
    for (const d of [
      7,
      { constant: 7 },
      { uniform: [7, 7] },
      { lognormal: { median: 7, sigma: 0 } },
    ] as Distribution[]) {
      const sampler = newSampler(d);
      expect([sampler.isConstant, sampler.mean, sampler.quantile(0.3)]).toEqual([true, 7, 7]);
    }
    expect(newSampler({ lognormal: { median: 0, p95: 0 } }).quantile(0.9)).toBe(0);
    expect(newSampler({ gamma: { mean: 0, shape: 1 } }).quantile(0.9)).toBe(0);
  });

  it('lognormal passes through its median and its p95, and stops at its max', () => {
    const sampler = newSampler({ lognormal: { median: 12, p95: 30, max: 40 } });
    expect(sampler.quantile(0.5)).toBe(12);
    expect(sampler.quantile(0.95)).toBeCloseTo(30, 12);
    expect(sampler.quantile(0.9999)).toBe(40);
    expect(newSampler({ lognormal: { median: 1, sigma: 1 } }).mean).toBeCloseTo(Math.exp(0.5), 14);
  });

  it('gamma follows the exact quantile to 1e-7', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 1e4, noNaN: true }),
        fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }),
        (shape, u) => {
          const exact = gammaQuantile(u, shape);
          fc.pre(exact > 1e-290);
          expect(Math.abs(newSampler({ gamma: { mean: shape, shape } }).quantile(u) / exact - 1)).toBeLessThan(1e-7);
        },
      ),
    );
  });

  it('empirical quantiles are joined by lines and held beyond the ends', () => {
    const sampler = newSampler({
      quantiles: [
        [0.1, 2],
        [0.5, 4],
        [0.9, 10],
      ],
    });
    expect([0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99].map((u) => Number(sampler.quantile(u).toFixed(9)))).toEqual([
      2, 2, 3, 4, 7, 10, 10,
    ]);
    expect(sampler.mean).toBeCloseTo(0.1 * 2 + 0.4 * 3 + 0.4 * 7 + 0.1 * 10, 12);
  });

  it('what no checked scenario can hold is refused', () => {
    for (const d of [
      Number.NaN,
      { uniform: [2, 1] },
      { lognormal: { median: 1 } },
      { lognormal: { median: 2, p95: 1 } },
      { gamma: { mean: 1, shape: 0 } },
      { quantiles: [] },
      {
        quantiles: [
          [0.5, 1],
          [0.2, 2],
        ],
      },
      {
        quantiles: [
          [0.1, 2],
          [0.2, 1],
        ],
      },
    ] as Distribution[]) {
      expect(() => newSampler(d)).toThrow('distribution:');
    }
  });
});
