/** Readiness that comes and goes. */
import { expect, test } from 'vitest';
import { errors, errorsWith, mean, trialsWith } from './case.js';

test('no order of writes helps where all pods of the new subset are out at once', async () => {
  for (const strategy of ['dr-first', 'readiness-gated']) {
    const trials = await trialsWith('flapping-readiness', strategy);
    expect(mean(trials, errors)).toBeGreaterThan(100);
    for (const trial of trials) expect(errorsWith({ flag: 'UH' })(trial)).toBeGreaterThanOrEqual(0.95 * trial.errors);
  }
});

test('a canary has few requests there in the minute in which they flap', async () => {
  const weighted = mean(await trialsWith('flapping-readiness', 'weighted'), errors);
  expect(weighted).toBeLessThan(mean(await trialsWith('flapping-readiness', 'dr-first'), errors));
});
