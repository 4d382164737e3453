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
