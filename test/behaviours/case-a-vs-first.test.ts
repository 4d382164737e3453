/** The route is there before the cluster that it names. */
import { expect, test } from 'vitest';
import { errors, errorsWith, mean, NO_RECONNECTS, newCase, trialsOf, trialsWith } from './case.js';
import { newStory } from './story.js';

test('routes name v2 for the whole gap before CDS brings it, and then it has to warm', async () => {
  const story = newStory(await newCase('case-a-vs-first'), 'vs-first');
  expect(story.mesh).toEqual([
    'tool writes VirtualService after',
    'istiod sees VirtualService after',
    'push 0 of 1',
    'tool writes DestinationRule after',
    'istiod sees DestinationRule after',
    'push 1 of 1',
  ]);
  expect(story.of('sc-1')).toEqual([
    'sc-1 has been sent CDS LDS RDS',
    'sc-1 CDS',
    'sc-1 LDS',
    'sc-1 RDS after',
    'sc-1 fails NC cds-late v2',
    'sc-1 workers route after',
    'sc-1 has been sent CDS EDS LDS RDS',
    'sc-1 CDS +v2',
    'sc-1 fails NC eds-late v2',
    'sc-1 EDS 2',
    'sc-1 LDS',
    'sc-1 RDS',
    'sc-1 asks for EDS of 1',
    'sc-1 is sent the EDS it asked for',
    'sc-1 EDS v2 warm',
    'sc-1 workers with v2',
    'sc-1 fails no more',
  ]);
  // The VirtualService is not bound to a gateway: gateways hear of the change and have no route to fail by.
  expect(story.of('gw-1').filter((line) => line.includes('fails'))).toEqual([]);
});

test('every request fails for about the gap', async () => {
  const study = await newCase('case-a-vs-first');
  const trials = trialsOf(study, 'vs-first');
  const perGap = (study.scenario.traffic.requestsPerSecond * 2000) / 1000;
  expect(Math.abs(mean(trials, errors) - perGap)).toBeLessThan(0.02 * perGap);
  // In the worst second nothing succeeds.
  for (const { peakErrors } of trials) expect(peakErrors).toBeCloseTo(1000, 6);
  const warming = mean(trials, errorsWith({ flag: 'NC', cause: 'eds-late' }));
  expect(warming).toBeGreaterThan(0);
  expect(warming).toBeLessThan(0.02 * perGap);
});

test('a gap longer by a second fails a second more of requests, exactly', async () => {
  const [half, one, two] = await Promise.all(
    [500, 1500, 2500].map((gapMs) =>
      trialsWith('case-a-vs-first', 'vs-first', { ...NO_RECONNECTS, 'strategies.vs-first.gapMs': gapMs }),
    ),
  );
  half.forEach((trial, i) => {
    expect(one[i].errors - trial.errors).toBeCloseTo(1000, 6);
    expect(two[i].errors - one[i].errors).toBeCloseTo(1000, 6);
  });
});

test('in the right order none fails, and in one apply only while v2 warms', async () => {
  const study = await newCase('case-a-vs-first');
  expect(mean(trialsOf(study, 'dr-first'), errors)).toBe(0);
  const together = trialsOf(study, 'simultaneous');
  expect(mean(together, errors)).toBeGreaterThan(0);
  expect(mean(together, errorsWith({ cause: 'eds-late' }))).toBeCloseTo(mean(together, errors), 9);
});
