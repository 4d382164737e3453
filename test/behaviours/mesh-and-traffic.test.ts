/** What more requests, more proxies, more workers and retries change, and what they do not. */
import { expect, test } from 'vitest';
import { errors, errorsWith, mean, NO_RECONNECTS, newCase, requestsOf, trialsOf, trialsWith } from './case.js';

test('twice the requests are twice the errors, in every trial, and the same share', async () => {
  const once = await newCase('blue-green');
  const twice = await newCase('blue-green', { 'traffic.requestsPerSecond': 2000 });
  for (const { name } of once.strategies) {
    const [a, b] = [once, twice].map((study) => trialsOf(study, name, 4));
    a.forEach((trial, i) => {
      expect(b[i].errors).toBeCloseTo(2 * trial.errors, 6);
      expect(b[i].errors / requestsOf(twice)).toBeCloseTo(trial.errors / requestsOf(once), 12);
      expect(b[i].failingMs).toBe(trial.failingMs);
    });
  }
});

test('more sidecars: the last of them is later', async () => {
  const propagation: number[] = [];
  for (const sidecars of [10, 50, 200]) {
    const trials = await trialsWith('blue-green', 'simultaneous', { ...NO_RECONNECTS, 'mesh.sidecars': sidecars });
    propagation.push(mean(trials, ({ propagationMs }) => propagationMs));
  }
  const [few, some, many] = propagation;
  expect(some).toBeGreaterThan(1.3 * few);
  expect(many).toBeGreaterThan(2 * some);
});

test('more workers: more skew, since each gets its updates at its own time, and no more errors', async () => {
  const [one, eight] = await Promise.all(
    [1, 8].map((workers) => newCase('blue-green', { 'mesh.workersPerProxy': workers })),
  );
  const [skewOfOne, skewOfEight] = [one, eight].map((study) =>
    mean(trialsOf(study, 'dr-first'), (trial) => trial.skewMs),
  );
  expect(skewOfEight).toBeGreaterThan(skewOfOne + 1);
  const [errorsOfOne, errorsOfEight] = [one, eight].map((study) => mean(trialsOf(study, 'simultaneous'), errors));
  expect(errorsOfEight).toBeGreaterThan(0.98 * errorsOfOne);
  expect(errorsOfEight).toBeLessThan(1.02 * errorsOfOne);
});

test('retries hide no NC: the route has chosen its cluster before the first try', async () => {
  const withRetries = (text: string): string =>
    text.replaceAll(
      '    - route:',
      "    - retries: {attempts: 5, retryOn: 'gateway-error,connect-failure,5xx'}\n      route:",
    );
  const noRetries = (text: string): string =>
    text.replaceAll('    - route:', '    - retries: {attempts: 0}\n      route:');
  const [plain, none, many] = await Promise.all(
    [undefined, noRetries, withRetries].map((edit) => newCase('blue-green', {}, edit)),
  );
  expect(many.inputs.hash).not.toBe(plain.inputs.hash);
  const notFound = (study: typeof plain) => trialsOf(study, 'simultaneous').map(errorsWith({ flag: 'NC' }));
  expect(notFound(many)).toEqual(notFound(plain));
  expect(notFound(none)).toEqual(notFound(plain));
});
