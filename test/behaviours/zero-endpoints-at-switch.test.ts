/** Both subsets are defined throughout; v2 has no pod, and v1 is taken away from under those who still use it. */
import { expect, test } from 'vitest';
import { errors, errorsWith, mean, newCase, trialsOf } from './case.js';
import { newStory } from './story.js';

test('one apply: NC while the routes still name v1, then UH for good', async () => {
  const story = newStory(await newCase('zero-endpoints-at-switch'), 'simultaneous');
  expect(story.of('sc-1')).toEqual([
    'sc-1 has been sent CDS EDS LDS RDS',
    'sc-1 CDS -v1',
    'sc-1 fails NC rds-late v1',
    'sc-1 workers without v1',
    'sc-1 EDS 202',
    'sc-1 LDS',
    'sc-1 RDS after',
    'sc-1 fails UH no-ready-endpoints v2',
    'sc-1 workers route after',
    'sc-1 still fails at the end',
  ]);
});

test('in the right order there is no NC, and UH all the same', async () => {
  const study = await newCase('zero-endpoints-at-switch');
  const story = newStory(study, 'dr-first');
  expect(story.mesh.filter((line) => line.startsWith('tool'))).toEqual([
    'tool writes VirtualService after',
    'tool writes DestinationRule after',
  ]);
  expect(new Set(story.failing.map(({ what }) => what))).toEqual(new Set(['UH no-ready-endpoints v2']));
  for (const trial of trialsOf(study, 'dr-first')) {
    expect(errorsWith({ flag: 'UH' })(trial)).toBe(trial.errors);
    expect(trial.peakErrors).toBeCloseTo(1000, 6);
    expect(trial.failingMs).toBeGreaterThan(0.99 * study.horizonMs);
  }
});

test('weighted shows it at 10 % first', async () => {
  const study = await newCase('zero-endpoints-at-switch');
  const [trial] = trialsOf(study, 'weighted', 1);
  const [first] = newStory(study, 'weighted').failing;
  // Dwells of 10 s at a tenth and at half of the requests, then all of them.
  const expected = 0.1 * 10_000 + 0.5 * 10_000 + (study.horizonMs - first.fromMs - 20_000);
  expect(Math.abs(trial.errors - expected)).toBeLessThan(0.001 * expected);
});

test('the gate gives up after its minute: nothing has been written, and nothing fails', async () => {
  const study = await newCase('zero-endpoints-at-switch');
  const story = newStory(study, 'readiness-gated');
  expect(story.mesh).toEqual(['tool gives up on switch']);
  expect(story.of('sc-1')).toEqual([]);
  const trials = trialsOf(study, 'readiness-gated');
  expect(mean(trials, errors)).toBe(0);
  expect(trials.map(({ completeMs, unsettledShare }) => [completeMs, unsettledShare])).toEqual(
    trials.map(() => [undefined, 1]),
  );
});
