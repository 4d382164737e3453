import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as elementary from '../../packages/sim-core/src/kernel/elementary.js';
import * as reference from './reference.js';

const { exp, expm1, gammaQuantile, log, log1p, normalCdf, normalQuantile, poissonCdf, poissonUpperTail, pow } =
  elementary;

/** Distance in units of the last place, near enough: relative error over 2^-52. */
function ulps(actual: number, expected: number): number {
  if (Object.is(actual, expected) || actual === expected) return 0;
  return Math.abs(actual - expected) / Math.max(Math.abs(expected) * 2 ** -52, Number.MIN_VALUE);
}

/** The worst disagreement over 1e5 points of a low-discrepancy sequence through [low, high]. */
function worstUlps(f: (x: number) => number, g: (x: number) => number, at: (u: number) => number): number {
  let worst = 0;
  for (let i = 0; i < 1e5; i++) {
    const x = at((i * 0.6180339887498949) % 1);
    const error = ulps(f(x), g(x));
    if (!(error <= worst)) worst = error;
  }
  return worst;
}

/** The worst relative error against the reference rows, whose last number is the expected one. */
function worstRelative(rows: number[][], f: (...args: number[]) => number): number {
  return Math.max(...rows.map((row) => Math.abs(f(...row.slice(0, -1)) / (row.at(-1) as number) - 1)));
}

describe('log and exp agree with the engine to the last bits', () => {
  it.each([
    ['exp', exp, Math.exp, (u: number) => -700 + 1400 * u],
    ['exp near 0', exp, Math.exp, (u: number) => u - 0.5],
    ['expm1', expm1, Math.expm1, (u: number) => -40 + 100 * u],
    ['expm1 near 0', expm1, Math.expm1, (u: number) => (u - 0.5) ** 9],
    ['log', log, Math.log, (u: number) => 10 ** (600 * u - 300)],
    ['log near 1', log, Math.log, (u: number) => 0.5 + u],
    ['log1p', log1p, Math.log1p, (u: number) => (2 * u - 1) ** 9],
    ['pow', (x: number) => pow(x, 7.3), (x: number) => x ** 7.3, (u: number) => 100 * u + 0.01],
  ])('%s', (_name, f, g, at) => {
    expect(worstUlps(f, g, at)).toBeLessThanOrEqual(2);
  });

  it('subnormal numbers', () => {
    expect(ulps(log(5e-324), Math.log(5e-324))).toBeLessThanOrEqual(1);
    expect(exp(-745.13)).toBe(5e-324);
    expect(exp(-746)).toBe(0);
    expect(exp(709.78)).toBeCloseTo(1.7928227943945155e308, -300);
  });

  it('the edges of the domain', () => {
    expect([log(0), log(-1), log(Infinity), log(1)]).toEqual([-Infinity, NaN, Infinity, 0]);
    expect([exp(Infinity), exp(-Infinity), exp(NaN), exp(0), exp(710)]).toEqual([Infinity, 0, NaN, 1, Infinity]);
    expect([log1p(-1), log1p(-2), log1p(1e-300), log1p(Infinity)]).toEqual([-Infinity, NaN, 1e-300, Infinity]);
    expect([expm1(-0), expm1(-100), expm1(NaN), expm1(Infinity)]).toEqual([-0, -1, NaN, Infinity]);
    expect(pow(2, 10)).toBe(1024);
    expect(pow(-2, 3)).toBe(-8);
    expect(pow(10, 400)).toBe(Infinity);
    for (const x of [-2, -0.5, 0, 0.5, 1, 2, Infinity]) {
      for (const y of [-Infinity, -2, 0, 0.5, 2, Infinity]) {
        if (Math.abs(x) !== 1 && (x >= 0 || Number.isInteger(y)))
          expect(ulps(pow(x, y), x ** y)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('pow keeps its accuracy under large exponents', () => {
    expect(worstRelative(reference.powReference, pow)).toBeLessThan(5e-16);
  });
});

describe('special functions agree with mpmath', () => {
  it.each([
    ['normalQuantile', reference.normalQuantileReference, normalQuantile, 1e-15],
    ['normalCdf', reference.normalCdfReference, normalCdf, 2e-13],
    ['gammaQuantile', reference.gammaQuantileReference, gammaQuantile, 5e-13],
    ['tQuantile', reference.tQuantileReference, elementary.tQuantile, 5e-12],
    ['logGamma', reference.logGammaReference, elementary.logGamma, 1e-12],
  ] as [string, number[][], (...args: number[]) => number, number][])('%s', (_name, rows, f, tolerance) => {
    expect(worstRelative(rows, f)).toBeLessThan(tolerance);
  });

  it('Poisson tails to 1e-12, lambda up to 1e6', () => {
    for (const [k, lambda, cdf, upper] of reference.poissonReference) {
      if (cdf > 1e-290) expect(Math.abs(poissonCdf(k, lambda) / cdf - 1)).toBeLessThan(1e-12);
      if (upper > 1e-290) expect(Math.abs(poissonUpperTail(k, lambda) / upper - 1)).toBeLessThan(1e-12);
    }
  });

  it('the t quantile of a familiar table', () => {
    expect(elementary.tQuantile(0.975, 1)).toBeCloseTo(12.706204736174694, 10);
    expect(elementary.tQuantile(0.975, 29)).toBeCloseTo(2.045229642132703, 12);
    expect(elementary.tQuantile(0.025, 4)).toBeCloseTo(-2.7764451051977934, 12);
    expect(elementary.tQuantile(0.5, 4)).toBe(0);
  });
});

describe('quantiles invert their distribution', () => {
  const probability = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });

  it('normal', () => {
    fc.assert(
      fc.property(probability, (p) => {
        expect(Math.abs(normalCdf(normalQuantile(p)) / p - 1)).toBeLessThan(1e-13);
      }),
    );
  });

  it('gamma, from shape 0.05 to 1e4', () => {
    // Through the Poisson process: the shape-th arrival is before x if at least `shape` arrivals are.
    fc.assert(
      fc.property(probability, fc.integer({ min: 1, max: 1e4 }), (p, shape) => {
        expect(Math.abs(poissonUpperTail(shape, gammaQuantile(p, shape)) / p - 1)).toBeLessThan(1e-10);
      }),
    );
    fc.assert(
      fc.property(probability, probability, fc.double({ min: 0.05, max: 1e4, noNaN: true }), (p, q, shape) => {
        if (p < q) expect(gammaQuantile(p, shape)).toBeLessThanOrEqual(gammaQuantile(q, shape) * (1 + 1e-12));
      }),
    );
  });

  it('the ends', () => {
    expect([normalQuantile(0), normalQuantile(0.5), normalQuantile(1)]).toEqual([-Infinity, 0, Infinity]);
    expect([gammaQuantile(0, 2), gammaQuantile(1, 2)]).toEqual([0, Infinity]);
    expect([poissonCdf(-1, 3), poissonUpperTail(0, 3), poissonCdf(0, 0), poissonUpperTail(1, 0)]).toEqual([0, 1, 1, 0]);
    expect(poissonCdf(0, 2)).toBeCloseTo(Math.exp(-2), 15);
    expect(poissonUpperTail(1, 1e-9)).toBeCloseTo(1e-9, 17);
  });
});
