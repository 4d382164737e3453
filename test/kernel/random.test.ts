import { describe, expect, it } from 'vitest';
import { Draws, newRootKey, UniformStream } from '../../packages/sim-core/src/kernel/random.js';

const ROOT = newRootKey('xdsim');
const N = 100_000;

/** The sequences in which correlation would do harm: neighbours in one input, the others fixed. */
const WALKS: [string, (i: number) => number][] = [
  ['ordinals', walk((draws, i) => draws.uniform(7, 3, i))],
  ['entities', walk((draws, i) => draws.uniform(i, 3, 7))],
  ['purposes', walk((draws, i) => draws.uniform(7, i, 3))],
  ['trials', (i) => new Draws(ROOT, i).uniform(7, 3, 1)],
  ['a grid of all', (i) => new Draws(ROOT, i & 7).uniform((i >> 3) & 63, (i >> 9) & 7, i >> 12)],
];

function walk(draw: (draws: Draws, i: number) => number): (i: number) => number {
  const draws = new Draws(ROOT, 0);
  return (i) => draw(draws, i);
}

describe('a draw depends on its address alone', () => {
  // These numbers change only with a major version: every published result hangs on them.
  it('first numbers', () => {
    expect(ROOT).toEqual({ a: 2663433755, b: 1323625202 });
    const draws = new Draws(ROOT, 0);
    expect([0, 1, 2].map((ordinal) => draws.uniform(0, 0, ordinal))).toEqual([
      0.9089921819468846, 0.3801834369445415, 0.8060775905507186,
    ]);
    expect(new Draws(ROOT, 1).uniform(2, 3, 4)).toBe(0.37094455080730826);
  });

  it('whatever was drawn before', () => {
    const draws = new Draws(ROOT, 5);
    const first = draws.uniform(1, 2, 3);
    for (let i = 0; i < 100; i++) draws.uniform(i, i, i);
    expect(draws.uniform(1, 2, 3)).toBe(first);
    expect(new Draws(newRootKey('xdsim'), 5).uniform(1, 2, 3)).toBe(first);
    expect(new Draws(newRootKey('another'), 5).uniform(1, 2, 3)).not.toBe(first);
  });

  it('a stream is the draws in order of ordinal', () => {
    const draws = new Draws(ROOT, 0);
    const stream = new UniformStream(draws, 4, 2);
    expect([stream.next(), stream.next(), stream.next()]).toEqual([0, 1, 2].map((i) => draws.uniform(4, 2, i)));
  });

  it('lies strictly between 0 and 1, and no two of 100,000 are equal', () => {
    for (const [, at] of WALKS) {
      const seen = new Set<number>();
      for (let i = 0; i < N; i++) seen.add(at(i));
      expect(seen.size).toBe(N);
      expect([...seen].every((u) => u > 0 && u < 1)).toBe(true);
    }
  });
});

describe.each(WALKS)('over neighbouring %s', (_name, at) => {
  const values = Float64Array.from({ length: N }, (_, i) => at(i));

  it('is uniform (chi-square over 1,000 bins of the high bits, and of the low)', () => {
    for (const scale of [1, 2 ** 26]) {
      const counts = new Float64Array(1000);
      for (const u of values) counts[Math.floor(((u * scale) % 1) * 1000)]++;
      const chiSquare = counts.reduce((sum, count) => sum + (count - N / 1000) ** 2 / (N / 1000), 0);
      expect(Math.abs(chiSquare - 999)).toBeLessThan(4.5 * Math.sqrt(2 * 999));
    }
  });

  it('is uncorrelated at lags 1, 2, 8 and 64', () => {
    for (const lag of [1, 2, 8, 64]) {
      let sum = 0;
      for (let i = lag; i < N; i++) sum += (values[i] - 0.5) * (values[i - lag] - 0.5);
      expect(Math.abs((12 * sum) / Math.sqrt(N))).toBeLessThan(4.5);
    }
  });

  it('fills the square of successive pairs evenly', () => {
    const counts = new Float64Array(32 * 32);
    for (let i = 0; i + 1 < N; i += 2) counts[Math.floor(values[i] * 32) * 32 + Math.floor(values[i + 1] * 32)]++;
    const expected = N / 2 / counts.length;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(Math.abs(chiSquare - 1023)).toBeLessThan(4.5 * Math.sqrt(2 * 1023));
  });
});

describe('avalanche', () => {
  /** The 52 bits of a draw, as two halves. */
  function bitsOf(u: number): [number, number] {
    const high = Math.floor(u * 2 ** 26);
    return [high, Math.floor((u * 2 ** 26 - high) * 2 ** 26)];
  }

  const inputs: [string, (values: number[]) => number][] = ['trial', 'entity', 'purpose', 'ordinal'].map((name) => [
    name,
    ([trial, entity, purpose, ordinal]) => new Draws(ROOT, trial).uniform(entity, purpose, ordinal),
  ]);

  it.each(inputs)('flipping a bit of %s flips each output bit half of the time', (name, draw) => {
    const input = inputs.findIndex(([other]) => other === name);
    const samples = 2000;
    for (let bit = 0; bit < 32; bit++) {
      const flips = new Float64Array(52);
      for (let s = 0; s < samples; s++) {
        const address = [s & 15, (s >> 4) & 15, (s >> 8) & 3, s >> 10]; // small numbers, as in use
        const before = bitsOf(draw(address));
        address[input] ^= 1 << bit;
        const after = bitsOf(draw(address));
        for (let half = 0; half < 2; half++) {
          const changed = before[half] ^ after[half];
          for (let i = 0; i < 26; i++) flips[half * 26 + i] += (changed >>> i) & 1;
        }
      }
      // Six standard deviations, for 6,656 statistics.
      for (const count of flips) expect(Math.abs(count / samples - 0.5)).toBeLessThan(3 / Math.sqrt(samples));
    }
  });
});
