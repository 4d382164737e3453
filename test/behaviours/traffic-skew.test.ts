/** A subset that comes to mean fewer pods gets the old routes' requests until the new routes are there. */
import { expect, test } from 'vitest';
import { errorsWith, mean, newCase, trialsOf, trialsWith } from './case.js';

const GAP_S = 2;
const REQUESTS_PER_SECOND = 800;
const CAPACITY_PER_SECOND = 300;
/** What fits into a queue of a second. */
const QUEUE = CAPACITY_PER_SECOND * 1;

test('with the rule first, one pod refuses what it cannot work off in the gap, but for what waits', async () => {
  for (const trial of await trialsWith('traffic-skew', 'dr-first')) {
    const overloaded = errorsWith({ cause: 'endpoint-overloaded' })(trial);
    const beyond = GAP_S * (REQUESTS_PER_SECOND - CAPACITY_PER_SECOND) - QUEUE;
    expect(overloaded).toBeGreaterThan(0.9 * beyond);
    expect(overloaded).toBeLessThan(1.1 * beyond);
    expect(trial.connections.peakRequestsPerSecondPerEndpoint).toBeCloseTo(REQUESTS_PER_SECOND, 0);
    expect(trial.errsAtEnd).toBe(false);
    // It begins when the queue is full.
    expect(trial.failingMs).toBeGreaterThan(1_000);
    expect(trial.failingMs).toBeLessThan(2_000);
  }
});

test('a shorter gap refuses less, and none at all fits into the queue', async () => {
  const refused = async (gapMs: number): Promise<number> => {
    const study = await newCase('traffic-skew', { 'strategies.dr-first.gapMs': gapMs });
    return mean(trialsOf(study, 'dr-first'), errorsWith({ cause: 'endpoint-overloaded' }));
  };
  expect(await refused(400)).toBe(0);
  expect(await refused(1_200)).toBeLessThan(0.5 * (await refused(GAP_S * 1_000)));
});

test('without a capacity nothing is refused, and the load is there to be seen', async () => {
  const edited = await newCase('traffic-skew', { 'traffic.endpointCapacityPerSecond': 10_000 });
  for (const trial of trialsOf(edited, 'dr-first', 2)) {
    expect(errorsWith({ cause: 'endpoint-overloaded' })(trial)).toBe(0);
    expect(trial.connections.peakRequestsPerSecondPerEndpoint).toBeCloseTo(REQUESTS_PER_SECOND, 0);
  }
});

test('callers that retry soon find the pod as full as it was, those that wait do not', async () => {
  const left = async (delayMs: number): Promise<number> => {
    const settings = {
      'traffic.methods': '{GET: 1}',
      'traffic.callers.retries': 1,
      'traffic.callers.delayMs': delayMs,
    };
    const trials = await trialsWith('traffic-skew', 'dr-first', settings);
    const seen = mean(trials, ({ callers }) => callers.reduce((sum, { expected }) => sum + expected, 0));
    return seen / mean(trials, ({ errors }) => errors);
  };
  const refused = 1 - CAPACITY_PER_SECOND / REQUESTS_PER_SECOND;
  const soon = await left(50);
  expect(soon).toBeGreaterThan(0.9 * refused);
  expect(soon).toBeLessThan(refused);
  expect(await left(3_000)).toBeLessThan(0.01);
});

test('with a timeout on the routes those that wait for longer are 504, before the queue is full, and the report has the wait', async () => {
  const withTimeout = (timeout: string) => (text: string) =>
    text.replaceAll('  http:\n    - route:', `  http:\n    - timeout: ${timeout}\n      route:`);
  const queued = async (timeout: string): Promise<number> => {
    const trials = trialsOf(await newCase('traffic-skew', {}, withTimeout(timeout)), 'dr-first', 3);
    for (const { buckets, connections, callers, errors } of trials) {
      const late = buckets.filter(({ bucket }) => bucket.cause === 'queued-too-long').map(({ bucket }) => bucket);
      expect(late.every(({ flag, code }) => flag === 'UT' && code === 504)).toBe(true);
      expect(connections.addedP99Ms).toBeCloseTo(1_000, -2);
      expect(callers.reduce((sum, { expected }) => sum + expected, 0)).toBeCloseTo(errors, 3);
    }
    return mean(trials, errorsWith({ cause: 'queued-too-long' }));
  };
  const [half, most, none] = [await queued('0.5s'), await queued('0.9s'), await queued('5s')];
  // Half a second of waiting is reached after 0.3 of the 0.6 s that the queue takes to fill; 300 a second are taken then.
  expect(half).toBeGreaterThan(800 * 0.3 + 300 * 1.3);
  expect(most).toBeLessThan(0.9 * half);
  expect(none).toBeLessThan(1);
});
