/** Routes move in a moment, pods take their time. */
import { expect, test } from 'vitest';
import { errors, errorsWith, mean, trialsWith } from './case.js';

test('the new subset has no pod when the routes name it: UH for the seconds that a pod takes', async () => {
  const trials = await trialsWith('rolling-update', 'simultaneous');
  for (const trial of trials) {
    expect(errorsWith({ flag: 'UH' })(trial)).toBeGreaterThan(0.95 * trial.errors);
    expect(trial.errsAtEnd).toBe(false);
  }
  // Median start and warm-up.
  expect(mean(trials, ({ failingMs }) => failingMs)).toBeGreaterThan(4_000);
});

test('a gap only shortens that, waiting for readiness helps most, and slower applications fail longer', async () => {
  const of = async (strategy: string, settings = {}) =>
    mean(await trialsWith('rolling-update', strategy, settings), errors);
  const [gated, staged, atOnce] = [await of('readiness-gated'), await of('dr-first'), await of('simultaneous')];
  expect(gated).toBeLessThan(0.3 * staged);
  expect(staged).toBeLessThan(atOnce);
  expect(await of('simultaneous', { 'workloads.startupMs': 30_000 })).toBeGreaterThan(1.5 * atOnce);
});
