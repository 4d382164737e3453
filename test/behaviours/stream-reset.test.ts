/** A message is lost with its stream: TCP loses no single one. The proxy has to connect anew to get it. */
import { expect, test } from 'vitest';
import { errors, mean, trialsWith } from './case.js';

const SIDECARS = Array.from({ length: 50 }, (_, i) => `sc-${i + 1}`).join(', ');

/** Mean expected 5xx when the streams of all sidecars break at a moment. */
async function broken(strategy: string, atMs: number): Promise<number> {
  const faults = { 'faults.streamResets': `[{proxies: [${SIDECARS}], atMs: ${atMs}}]` };
  return mean(await trialsWith('blue-green', strategy, faults), errors);
}

test('one apply: who has lost the routes fails on until it is connected again', async () => {
  const calm = mean(await trialsWith('blue-green', 'simultaneous'), errors);
  // In the middle of the push: some have got CDS, and not yet RDS.
  expect(await broken('simultaneous', 130)).toBeGreaterThan(2 * calm);
});

test('before the push and after it nothing is under way that matters', async () => {
  const calm = mean(await trialsWith('blue-green', 'simultaneous'), errors);
  expect(await broken('simultaneous', 1_000)).toBeCloseTo(calm, 6);
  // The proxies are back when the push is made, or later, and get it all the same.
  expect(await broken('simultaneous', 60)).toBeGreaterThan(0);
});

test('an order whose steps do not depend on each other in time bears it', async () => {
  for (const atMs of [130, 2_120]) expect(await broken('dr-first', atMs)).toBe(0);
});
