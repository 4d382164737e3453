/** The cluster of v2 is there and warm, and empty for good: UH, which no order of messages can mend. */
import { expect, test } from 'vitest';
import { errors, errorsWith, mean, newCase, trialsOf } from './case.js';
import { newStory } from './story.js';

test('the right order of writes ends in an empty cluster', async () => {
  const story = newStory(await newCase('label-not-on-pods'), 'dr-first');
  const lines = story.of('sc-1');
  expect(lines.slice(lines.indexOf('sc-1 EDS v2 warm'))).toEqual([
    // An answer without endpoints ends the warming too.
    'sc-1 EDS v2 warm',
    'sc-1 workers with v2',
    'sc-1 has been sent CDS LDS RDS',
    'sc-1 CDS',
    'sc-1 LDS',
    'sc-1 RDS after',
    'sc-1 fails UH no-ready-endpoints v2',
    'sc-1 workers route after',
    'sc-1 still fails at the end',
  ]);
  expect(new Set(story.failing.map(({ what }) => what))).toEqual(new Set(['UH no-ready-endpoints v2']));
});

test('every request fails from the switch to the horizon', async () => {
  const study = await newCase('label-not-on-pods');
  for (const name of ['simultaneous', 'vs-first', 'dr-first', 'weighted']) {
    const trials = trialsOf(study, name, 3);
    for (const trial of trials) {
      expect(trial.peakErrors).toBeCloseTo(1000, 6);
      expect(errorsWith({ flag: 'UH' })(trial)).toBeGreaterThan(0.89 * study.horizonMs);
    }
  }
});

test('NC comes before UH only where the routes name v2 before it is warm', async () => {
  const study = await newCase('label-not-on-pods');
  const notFound = (name: string): number => mean(trialsOf(study, name), errorsWith({ flag: 'NC' }));
  expect(notFound('vs-first')).toBeGreaterThan(1900);
  // 1,000 requests/s, for the few milliseconds from RDS to the endpoints that Envoy asks for after it.
  expect(notFound('simultaneous')).toBeGreaterThan(0);
  expect(notFound('simultaneous')).toBeLessThan(5);
  expect(notFound('dr-first')).toBe(0);
});

test('whoever looks at the endpoints first stops before the switch', async () => {
  const study = await newCase('label-not-on-pods');
  const story = newStory(study, 'readiness-gated');
  expect(story.mesh).toEqual([
    'tool writes DestinationRule after',
    'istiod sees DestinationRule after',
    'push 0 of 1',
    'tool gives up on switch',
  ]);
  const trials = trialsOf(study, 'readiness-gated');
  expect(mean(trials, errors)).toBe(0);
  for (const { completeMs, unsettledShare } of trials) {
    expect(completeMs).toBeUndefined();
    // The gateways have no route to move: for them the rollout is over.
    expect(unsettledShare).toBeCloseTo(50 / 52, 12);
  }
});
