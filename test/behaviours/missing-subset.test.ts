/** A tenth goes to a subset that no DestinationRule defines: no order of writes can mend that. */
import { expect, test } from 'vitest';
import { errors, errorsWith, mean, newCase, requestsOf, trialsOf } from './case.js';
import { newStory } from './story.js';

test('the subset that is defined warms, the one that is named never comes', async () => {
  const study = await newCase('missing-subset');
  const story = newStory(study, 'readiness-gated');
  expect(story.mesh.filter((line) => line.startsWith('tool'))).toEqual([
    'tool writes DestinationRule after',
    'tool writes VirtualService after',
  ]);
  expect(story.of('sc-1')).toEqual([
    'sc-1 has been sent CDS EDS LDS RDS',
    'sc-1 CDS +version-2',
    'sc-1 EDS 2',
    'sc-1 LDS',
    'sc-1 RDS',
    'sc-1 asks for EDS of 1',
    'sc-1 is sent the EDS it asked for',
    'sc-1 EDS version-2 warm',
    'sc-1 workers with version-2',
    'sc-1 has been sent CDS LDS RDS',
    'sc-1 CDS',
    'sc-1 LDS',
    'sc-1 RDS after',
    'sc-1 fails NC subset-undefined v2',
    'sc-1 workers route after',
    'sc-1 still fails at the end',
  ]);
  // Nobody can wait for endpoints of a subset that has no labels; the user is told.
  expect(study.warnings.map(({ code }) => code)).toEqual(['XDS-SUBSET-UNDEFINED', 'XDS-GATE-SUBSET-UNDEFINED']);
});

test('the share of steady traffic that fails is the weight, exactly, and to the horizon', async () => {
  const study = await newCase('missing-subset');
  for (const { name } of study.strategies) {
    const trials = trialsOf(study, name, 3);
    for (const trial of trials) {
      expect(trial.peakErrors).toBeCloseTo(100, 9);
      expect(errorsWith({ flag: 'NC', cause: 'subset-undefined' })(trial)).toBe(trial.errors);
      expect(trial.completeMs).toBeDefined();
    }
    // 10 % of what comes after the switch; before it nothing fails.
    const last = Math.max(...trials.map(({ completeMs = 0 }) => completeMs));
    expect(mean(trials, errors)).toBeGreaterThanOrEqual(0.1 * (requestsOf(study) - last));
    expect(mean(trials, errors)).toBeLessThan(0.1 * requestsOf(study));
  }
});

test('weighted fails less only since it comes later to the full weight: 1 %, 5 %, then 10 %', async () => {
  const study = await newCase('missing-subset');
  const [trial] = trialsOf(study, 'weighted', 1);
  const { failing } = newStory(study, 'weighted');
  const firstMs = failing[0].fromMs;
  // Two dwells of 30 s at a tenth and a half of the weight, the rest at all of it.
  const expected = 0.01 * 30_000 + 0.05 * 30_000 + 0.1 * (study.horizonMs - firstMs - 60_000);
  expect(Math.abs(trial.errors - expected)).toBeLessThan(0.001 * expected);
});
