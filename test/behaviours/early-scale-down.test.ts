/** Pods that go before the routes have left them. */
import { expect, test } from 'vitest';
import { errors, errorsWith, trialsWith } from './case.js';

test('in one apply the old subset is empty before the routes leave it', async () => {
  for (const trial of await trialsWith('early-scale-down', 'simultaneous')) {
    expect(errorsWith({ flag: 'UH', subset: 'v1' })(trial)).toBeGreaterThan(0);
    // Until the routes are there, and no longer: a fraction of a second.
    expect(trial.failingMs).toBeLessThan(1_000);
    expect(trial.errsAtEnd).toBe(false);
  }
});

test('scaled down last, nobody asks the old pods any more', async () => {
  expect((await trialsWith('early-scale-down', 'dr-first')).map(errors)).toEqual(Array(8).fill(0));
});
