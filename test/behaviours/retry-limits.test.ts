/** One of four pods answers 500, and retries hide it; a rollout sets a limit of retries at once. */
import { expect, test } from 'vitest';
import { errorsWith, mean, newCase, requestsOf, trialsOf } from './case.js';

/** @param limit what the new rule has, as YAML of its trafficPolicy */
async function withLimit(limit: string, isEjecting = false) {
  const edit = (text: string): string =>
    (isEjecting ? text : text.replace(/ {4}outlierDetection:\n( {6}.*\n)+/, ''))
      .replace('    - route:', '    - retries: {attempts: 2, retryOn: 5xx}\n      route:')
      // Before the change there is no such line.
      .replace('        connectTimeout: 2s\n', `        connectTimeout: 2s\n${limit}`);
  return newCase('outlier-forgotten', {}, edit);
}

const maxRetries = (most: number): string => `      http:\n        maxRetries: ${most}\n`;
const budget = (percent: number): string =>
  `    retryBudget:\n      percent: ${percent}\n      minRetryConcurrency: 0\n`;

async function errorsOf(limit: string): Promise<number> {
  const study = await withLimit(limit);
  return mean(trialsOf(study, 'simultaneous', 2), ({ errors }) => errors) / requestsOf(study);
}

test('the fewer retries may be under way at once, the more failures come through, as UO', async () => {
  const shares: number[] = [];
  for (const limit of [maxRetries(1), maxRetries(2), maxRetries(4), '']) shares.push(await errorsOf(limit));
  for (let i = 1; i < shares.length; i++) expect(shares[i]).toBeLessThan(shares[i - 1]);
  expect(shares[3]).toBe(0);
  // 20 requests/s of a sidecar, a quarter of which hold a place for some 30 ms: Erlang's formula for one place.
  const offered = 5 * 0.03;
  expect(shares[0] / (0.25 * (offered / (1 + offered)))).toBeGreaterThan(0.6);
  expect(shares[0] / (0.25 * (offered / (1 + offered)))).toBeLessThan(1.6);
  for (const trial of trialsOf(await withLimit(maxRetries(1)), 'simultaneous', 2)) {
    expect(errorsWith({ flag: 'UO', code: 500, cause: 'endpoint-errors' })(trial)).toBeCloseTo(trial.errors, 9);
  }
});

test('a budget is a share of the requests under way; it takes the place of maxRetries', async () => {
  const [small, large] = [await errorsOf(budget(20)), await errorsOf(budget(100))];
  expect(small).toBeGreaterThan(large);
  expect(large).toBeGreaterThan(0);
  expect(await errorsOf(maxRetries(1) + budget(20))).toBe(small);
});

test('a limit that is never reached changes no result in its last bit', async () => {
  const [none, high] = [await withLimit(''), await withLimit(maxRetries(1_000_000))];
  const buckets = (study: typeof none) =>
    trialsOf(study, 'simultaneous', 1).map((trial) => [trial.errors, trial.failingMs, trial.buckets]);
  expect(buckets(high)).toEqual(buckets(none));
});

test('where outlier detection forgets the pod, each proxy refuses some of the retries of those five requests', async () => {
  const study = await withLimit(maxRetries(1), true);
  const free = await withLimit('', true);
  const [some, none] = [study, free].map((of) => mean(trialsOf(of, 'simultaneous', 6), ({ errors }) => errors));
  expect(none).toBe(0);
  expect(some).toBeGreaterThan(1);
  for (const trial of trialsOf(study, 'simultaneous', 2)) {
    expect(errorsWith({ flag: 'UO' })(trial)).toBeCloseTo(trial.errors, 9);
  }
});
