/** A rule that comes first, and is not safe for that. */
import { expect, test } from 'vitest';
import { errorsWith, mean, newCase, requestsOf, trialsOf } from './case.js';

test('a policy acts on clusters in use, before any route moves, and does not heal', async () => {
  const study = await newCase('case-b-dr-first', { 'strategies.dr-first.gapMs': 60_000 });
  for (const trial of trialsOf(study, 'dr-first', 3)) {
    // Nearly all of the seven minutes, the gap included.
    expect(errorsWith({ cause: 'server-expects-tls' })(trial)).toBeGreaterThan(0.9 * requestsOf(study));
    expect(trial.errsAtEnd).toBe(true);
  }
});

test('without the TLS setting the release is fine but for the moment of the swap', async () => {
  const harmless = (text: string): string => text.replace(/\n {4}tls:\n {6}mode: DISABLE/, '');
  const study = await newCase('case-b-dr-first', {}, harmless);
  const trials = trialsOf(study, 'dr-first', 3);
  expect(mean(trials, ({ errors }) => errors)).toBeLessThan(0.001 * requestsOf(study));
  for (const { errsAtEnd } of trials) expect(errsAtEnd).toBe(false);
});

test('a detector that may eject all of them answers UH instead, as long as anybody looks', async () => {
  const edit = (text: string): string =>
    text.replace('consecutive5xxErrors: 3', 'consecutive5xxErrors: 3\n      maxEjectionPercent: 100');
  const study = await newCase('case-b-dr-first', {}, edit);
  for (const trial of trialsOf(study, 'dr-first', 2)) {
    expect(errorsWith({ flag: 'UH', cause: 'all-ejected' })(trial)).toBeGreaterThan(0.9 * trial.errors);
    expect(trial.errors).toBeLessThanOrEqual(requestsOf(study));
    expect(trial.failingMs).toBeGreaterThan(0.99 * study.horizonMs - 2_000);
    expect(trial.errsAtEnd).toBe(true);
    // A second holds no more failures than requests, but for the chance of a few proxies that stand for all.
    expect(trial.peakErrors).toBeLessThan(1.5 * study.scenario.traffic.requestsPerSecond);
  }
});
