/** The control plane dies with a change in its debounce: nothing is lost but the order. */
import { expect, test } from 'vitest';
import { errors, mean, newCase, trialsOf, trialsWith } from './case.js';

test('proxies act on the change when they have connected anew, and all of them do', async () => {
  const trials = trialsOf(await newCase('istiod-restart'), 'simultaneous');
  for (const { completeMs = Infinity, unsettledShare } of trials) {
    expect(unsettledShare).toBe(0);
    // Back at 8.05 s; attempts are up to 30 s apart by then.
    expect(completeMs).toBeGreaterThan(8_050);
    expect(completeMs).toBeLessThan(8_050 + 35_000);
  }
});

test('one answer holds rules and routes: the safe order comes to the same as both at once', async () => {
  const study = await newCase('istiod-restart');
  const [together, ruleFirst] = ['simultaneous', 'dr-first'].map((name) => mean(trialsOf(study, name), errors));
  expect(together).toBeGreaterThan(0);
  expect(ruleFirst).toBeCloseTo(together, 6);
});

test('with three istiods a third of the proxies notices', async () => {
  const settings = { 'mesh.istiodReplicas': 3 };
  const trials = await trialsWith('istiod-restart', 'dr-first', settings);
  const alone = await trialsWith('istiod-restart', 'dr-first');
  expect(mean(trials, ({ completeMs = Infinity }) => completeMs)).toBeLessThan(
    mean(alone, ({ completeMs = Infinity }) => completeMs) / 2,
  );
  expect(mean(trials, errors)).toBeLessThan(mean(alone, errors));
});
