/** The largest integral over a window, as it is known while steps come, is that over all of them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StepFunction } from '../../packages/sim-core/src/traffic/step-function.js';

const WINDOW_NS = 1_000;
const step = fc.record({ afterNs: fc.integer({ min: 0, max: 400 }), rate: fc.integer({ min: 0, max: 5 }) });

/** Rate × ns over the window that ends at each ns. */
function largest(rateAt: readonly number[]): number {
  let best = 0;
  let sum = 0;
  rateAt.forEach((rate, ns) => {
    sum += rate - (rateAt[ns - WINDOW_NS] ?? 0);
    best = Math.max(best, sum);
  });
  return best;
}

test('the peak is the largest sum over any window', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const rates = new StepFunction(WINDOW_NS);
      const rateAt: number[] = [];
      let now = 0;
      let current = 0;
      for (const { afterNs, rate } of [...steps, { afterNs: 1, rate: 0 }]) {
        for (let i = 0; i < afterNs; i++) rateAt.push(current);
        now += afterNs;
        rates.set(now, rate);
        current = rate;
        expect(rates.current).toBe(rate);
      }
      expect(rates.peak * 1e9).toBeCloseTo(largest(rateAt), 4);
    }),
  );
});

test('many steps within one window are all kept', () => {
  const rates = new StepFunction(WINDOW_NS);
  for (let i = 0; i < 900; i++) rates.set(i, 1 + (i & 1));
  rates.set(900, 0);
  rates.set(5_000, 1);
  rates.set(5_010, 0);
  expect(rates.peak * 1e9).toBeCloseTo(1_350, 6);
});
