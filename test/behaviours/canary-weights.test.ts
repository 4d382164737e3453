/** Weights that move in steps: what can fail is only what already goes to the new version. */
import { expect, test } from 'vitest';
import { errors, mean, newCase, trialsOf, trialsWith } from './case.js';
import { newStory } from './story.js';

/** A tenth are testers, who go to v2 altogether; of the others a fifth does. */
const TO_V2 = 0.1 + 0.9 * 0.2;

test('v2 is warm before the first weight; each step is routes only, and no sidecar hears of it', async () => {
  const story = newStory(await newCase('canary-weights'), 'weighted');
  expect(story.mesh.filter((line) => line.startsWith('tool'))).toEqual([
    'tool writes DestinationRule after',
    'tool writes VirtualService 10%',
    'tool writes VirtualService 50%',
    'tool writes VirtualService after',
  ]);
  // When the last type leaves istiod and when Envoy takes the first is a race of the two.
  expect(story.of('gw-1').filter((line) => !line.includes(' sent '))).toEqual([
    'gw-1 CDS +v2',
    'gw-1 EDS 2',
    'gw-1 LDS',
    'gw-1 RDS',
    'gw-1 asks for EDS of 1',
    'gw-1 EDS v2 warm',
    'gw-1 workers with v2',
    ...['10%', '50%', 'after'].flatMap((revision) => [
      'gw-1 CDS',
      'gw-1 LDS',
      `gw-1 RDS ${revision}`,
      `gw-1 workers route ${revision}`,
    ]),
  ]);
  const afterWarm = story.of('sc-1').slice(story.of('sc-1').indexOf('sc-1 workers with v2') + 1);
  expect(afterWarm).toEqual([]);
  expect(story.failing).toEqual([]);
});

test('vs-first fails what goes to v2, and nothing else', async () => {
  const study = await newCase('canary-weights');
  for (const { peakErrors, errors: total, failingMs } of trialsOf(study, 'vs-first')) {
    expect(peakErrors).toBeCloseTo(TO_V2 * 1000, 6);
    // At most, since the two gateways do not fail over the very same time.
    expect(total).toBeLessThanOrEqual(TO_V2 * failingMs);
    expect(total).toBeGreaterThan(0.95 * TO_V2 * failingMs);
  }
});

test('with no gap before the switch, the first step of 10 % puts a tenth of those requests at risk', async () => {
  const all = await trialsWith('canary-weights', 'dr-first', { 'strategies.dr-first.gapMs': 0 });
  const tenth = await trialsWith('canary-weights', 'weighted', { 'strategies.weighted.gapMs': 0 });
  expect(mean(all, errors)).toBeGreaterThan(0);
  all.forEach((trial, i) => {
    expect(tenth[i].errors).toBeCloseTo(trial.errors / 10, 12);
    // Only while v2 warms: no subset goes in this case.
    expect(trial.buckets.filter(({ bucket }) => bucket.code >= 500).map(({ bucket }) => bucket.cause)).toEqual([
      'eds-late',
    ]);
  });
});
