import { expect, test } from 'vitest';
import { Antiderivative } from '../../packages/sim-core/src/kernel/antiderivative.js';
import {
  type Distribution,
  newSampler,
  probabilityAbove,
  tailEdges,
} from '../../packages/sim-core/src/kernel/distribution.js';
import { newLifetime } from '../../packages/sim-core/src/kernel/lifetime.js';

function between(integral: Antiderivative, from: number, to: number): number[] {
  const values: number[] = [];
  integral.between(from, to, (component, value) => {
    values[component] = value;
  });
  return values;
}

test('polynomials of degree 4 are exact from anywhere to anywhere, of degree 9 from edge to edge', () => {
  const edges = [-1, 0.5, 2, 7];
  const integral = new Antiderivative(edges, (x, add) => {
    add(0, 5 * x ** 4 - 2 * x);
    add(1, 10 * x ** 9);
  });
  const primitive = (x: number): number => x ** 5 - x ** 2;
  for (const [from, to] of [
    [-1, 7],
    [-0.3, 6.2],
    [0.6, 0.7],
    [2, 2.5],
  ]) {
    expect(between(integral, from, to)[0]).toBeCloseTo(primitive(to) - primitive(from), 8);
  }
  expect(between(integral, 0.5, 7)[1] / (7 ** 10 - 0.5 ** 10)).toBeCloseTo(1, 12);
});

test('nothing is beyond the edges, and parts add up', () => {
  const integral = new Antiderivative([0, 1, 3], (x, add) => add(0, x));
  expect(between(integral, -5, 0)).toEqual([]);
  expect(between(integral, -5, 9)[0]).toBeCloseTo(4.5, 12);
  expect(between(integral, 0.2, 1.7)[0] + between(integral, 1.7, 3)[0]).toBeCloseTo((9 - 0.04) / 2, 12);
});

test('a component that is 0 before some panel', () => {
  const integral = new Antiderivative([0, 1, 2], (x, add) => {
    if (x > 1) add(2, 3);
  });
  expect(between(integral, 0, 2)[2]).toBeCloseTo(3, 12);
  expect(between(integral, 0, 1)).toEqual([]);
});

const DURATIONS: readonly Distribution[] = [
  40,
  { uniform: [10, 60] },
  { lognormal: { median: 20, p95: 100 } },
  { lognormal: { median: 20, p95: 1_000 } },
  { lognormal: { median: 500, sigma: 0.1 } },
  { lognormal: { median: 20, p95: 100, max: 60 } },
  { gamma: { mean: 100, shape: 0.3 } },
  { gamma: { mean: 100, shape: 1 } },
  { gamma: { mean: 100, shape: 20 } },
  {
    quantiles: [
      [0, 1],
      [0.4, 30],
      [0.9, 200],
      [0.99, 5_000],
    ],
  },
];

test.each(DURATIONS)('the tail of a duration is integrated to one in ten thousand of its mean: %j', (spec) => {
  const [sampler, lifetime] = [newSampler(spec), newLifetime(spec)];
  const edges = tailEdges(sampler);
  const reach = edges[edges.length - 1];
  const integral = new Antiderivative([0, ...edges], (x, add) => add(0, probabilityAbove(sampler, x)));
  for (let part = 0; part < 20; part++) {
    const [from, to] = [(part / 20) ** 3 * reach, ((part + 1) / 20) ** 3 * reach];
    const [value = 0] = between(integral, from, to);
    expect(Math.abs(value - (lifetime.excess(from) - lifetime.excess(to)))).toBeLessThan(1e-4 * lifetime.mean);
  }
});
