/** The smallest mesh that fails: what the first lesson of the page tells. */
import { expect, test } from 'vitest';
import { errors, errorsWith, mean, trialsWith } from './case.js';

test('VirtualService first: no cluster for as long as the second write is away, and a little longer', async () => {
  for (const gapMs of [1_000, 5_000]) {
    const trials = await trialsWith('one-gateway', 'vs-first', { 'strategies.vs-first.gapMs': gapMs });
    const failing = mean(trials, ({ failingMs }) => failingMs);
    expect(failing).toBeGreaterThan(gapMs);
    expect(failing).toBeLessThan(gapMs + 60);
    expect(mean(trials, errorsWith({ flag: 'NC' }))).toBe(mean(trials, errors));
  }
});

test('DestinationRule first: no error', async () => {
  expect(mean(await trialsWith('one-gateway', 'dr-first'), errors)).toBe(0);
});
