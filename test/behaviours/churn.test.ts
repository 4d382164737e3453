/** A debounce that finds no quiet: a change waits for seconds, and what was to be two pushes becomes one. */
import { expect, test } from 'vitest';
import { errors, mean, newCase, trialsOf, trialsWith } from './case.js';
import { newStory } from './story.js';

test('a busy cluster holds a change for seconds, a calm one for a tenth of one', async () => {
  const complete = async (perSecond: number) => {
    const trials = await trialsWith('churn', 'simultaneous', { 'churn.endpointEventsPerSecond': perSecond });
    return mean(trials, ({ completeMs = Infinity }) => completeMs);
  };
  const [calm, busy, busier] = [await complete(0), await complete(50), await complete(200)];
  expect(calm).toBeLessThan(400);
  expect(busy).toBeGreaterThan(1_000);
  expect(busier).toBeGreaterThan(busy);
  expect(busier).toBeLessThan(10_500);
});

test('writes 2 s apart share a push where the debounce lasts longer: the safe order fails as no order does', async () => {
  const study = await newCase('churn');
  const trials = trialsOf(study, 'dr-first', 24);
  const merged = trials.filter((trial) => errors(trial) > 0);
  expect(merged.length).toBeGreaterThan(0);
  expect(merged.length).toBeLessThan(trials.length);
  const { mesh } = newStory(study, 'dr-first', merged[0].trial);
  const writes = mesh.findIndex((line) => line.includes('VirtualService'));
  expect(mesh.slice(0, writes).filter((line) => line.startsWith('push'))).toEqual([]);
  // A gap beyond the maximum cannot merge.
  expect(mean(await trialsWith('churn', 'dr-first', { 'strategies.dr-first.gapMs': 12_000 }), errors)).toBe(0);
});
