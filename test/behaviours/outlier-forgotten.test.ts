/** A pod that fails is kept away by every proxy, until a change of the rule makes the clusters anew. */
import { expect, test } from 'vitest';
import { errorsWith, mean, newCase, trialsOf, trialsWith } from './case.js';

const SIDECARS = 50;
/** Consecutive errors that eject. */
const ERRORS = 5;

test('each proxy asks the pod five times at once, and five times more when its first minute is over', async () => {
  const trials = await trialsWith('outlier-forgotten', 'simultaneous');
  const errors = mean(trials, ({ errors }) => errors);
  const noise = mean(trials, ({ buckets }) =>
    buckets.reduce((sum, { bucket, expected }) => sum + (bucket.noise ? expected : 0), 0),
  );
  expect(Math.abs((errors + noise) / (2 * ERRORS * SIDECARS) - 1)).toBeLessThan(0.12);
  // Without the change an ejection of five minutes ends in one rollout out of two or three.
  expect(noise).toBeLessThan(0.5 * errors);
  for (const trial of trials) {
    expect(errorsWith({ cause: 'endpoint-errors', code: 500, flag: '-', noise: false })(trial)).toBeCloseTo(
      trial.errors,
      6,
    );
    // Most proxies do so within a second or two of the swap.
    expect(trial.peakErrors).toBeGreaterThan(2 * SIDECARS);
  }
});

test('without outlier detection there is nothing to forget: the pod fails its share, which is noise', async () => {
  const edit = (text: string): string => text.replace(/ {4}outlierDetection:\n( {6}.*\n)+/, '');
  const study = await newCase('outlier-forgotten', {}, edit);
  for (const trial of trialsOf(study, 'simultaneous', 3)) {
    expect(trial.errors).toBe(0);
    const noise = trial.buckets.filter(({ bucket }) => bucket.noise);
    expect(noise.reduce((sum, { expected }) => sum + expected, 0)).toBeCloseTo((250 * study.horizonMs) / 1000, 3);
  }
});

test('a tenth of four pods is none: with the default limit nobody was ejected before, and nobody is after', async () => {
  const edit = (text: string): string => text.replace('maxEjectionPercent: 50', 'maxEjectionPercent: 10');
  const study = await newCase('outlier-forgotten', {}, edit);
  for (const trial of trialsOf(study, 'simultaneous', 3)) {
    const noise = trial.buckets.filter(({ bucket }) => bucket.noise);
    const failed = noise.reduce((sum, { expected }) => sum + expected, 0) + trial.errors;
    expect(Math.abs(failed / ((250 * study.horizonMs) / 1000) - 1)).toBeLessThan(0.05);
  }
});

test('callers that retry meet the pod as long as it is in service: of five requests the last has ejected it', async () => {
  const settings = {
    'traffic.methods': '{GET: 1}',
    'traffic.callers.retryOn': '5xx',
    'traffic.chains': '[{name: user, hops: [{proxy: sidecar, host: pricing.shop.svc.cluster.local}]}]',
  };
  const left: number[] = [];
  for (const retries of [0, 1, 2]) {
    const study = await newCase('outlier-forgotten', { ...settings, 'traffic.callers.retries': retries });
    const trials = trialsOf(study, 'simultaneous', 6);
    const seen = mean(trials, ({ callers }) => callers.reduce((sum, { expected }) => sum + expected, 0));
    left.push(seen / mean(trials, ({ errors }) => errors));
    for (const { errors, chains } of trials) expect(chains[0].byHop[0]).toBeCloseTo(errors, 6);
    const users = mean(trials, ({ chains: [{ caller }] }) => caller);
    expect(users / mean(trials, ({ errors }) => errors)).toBeCloseTo(left[retries], 1);
  }
  expect(left[0]).toBeCloseTo(1, 6);
  // A quarter goes to the pod again, but for the time in which it is out already.
  expect(left[1]).toBeGreaterThan(0.12);
  expect(left[1]).toBeLessThan(0.25);
  expect(left[2]).toBeLessThan(0.3 * left[1]);
});
