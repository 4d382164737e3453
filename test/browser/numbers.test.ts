import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatEstimate } from '../../packages/cli/src/report/numbers.js';
import { estimateInWords } from '../../packages/viz/src/rollout/figures.js';

test('an estimate is rounded as the command line rounds it', () => {
  expect(estimateInWords(2009.2, [2005.56, 2012.84])).toBe('2,009 ± 4');
  expect(estimateInWords(7, [0, Number.MAX_VALUE])).toBe('7 ± ?');
  const mean = fc.double({ min: 2, max: 1e6, noNaN: true });
  const share = fc.double({ min: 1e-4, max: 1, noNaN: true });
  fc.assert(
    fc.property(mean, share, (middle, part) => {
      const [low, high] = [middle * (1 - part), middle * (1 + part)];
      expect(estimateInWords(middle, [low, high])).toBe(
        formatEstimate({ mean: middle, ci95: [low, high], noneSeen: false }),
      );
    }),
  );
});
