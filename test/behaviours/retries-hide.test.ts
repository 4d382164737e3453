/** Callers of `cart` try twice more on their own, after 50 to 150 ms and twice that, but never with POST (a tenth). */

import type { TrialResult } from '@xdsim/sim-core';
import { expect, test } from 'vitest';
import { errors, mean, newCase, trialsOf, trialsWith } from './case.js';

const seenByCallers = ({ callers }: TrialResult): number =>
  callers.reduce((sum, { code, expected }) => sum + (code >= 500 ? expected : 0), 0);
const failingUsers = ({ chains: [{ byHop }] }: TrialResult): number =>
  byHop.reduce((sum, failures) => sum + failures, 0);
const usersAfterRetries = ({ chains: [{ caller }] }: TrialResult): number => caller;

test('one apply: windows of some 70 ms are over when the retries come, and only POST is left', async () => {
  const trials = trialsOf(await newCase('retries-hide'), 'simultaneous');
  for (const trial of trials) {
    expect(trial.errors).toBeGreaterThan(20);
    expect(seenByCallers(trial) / trial.errors).toBeCloseTo(0.1, 3);
  }
});

test('vs-first: of two seconds the retries hide the last 300 ms', async () => {
  const study = await newCase('retries-hide', { 'traffic.methods': '{GET: 1}' });
  const trials = trialsOf(study, 'vs-first');
  // 1,000 requests a second; delays of 100 and 200 ms in the mean.
  expect(mean(trials, errors) - mean(trials, seenByCallers)).toBeCloseTo(300, -1);
  for (const trial of trials) expect(failingUsers(trial)).toBeCloseTo(trial.errors, 6);
});

test('without retries of their own, or with ones that do not cover 503, callers see it all', async () => {
  for (const [path, value] of [
    ['retries', '0'],
    ['retryOn', "'502,504'"],
  ]) {
    const settings = { [`traffic.callers.${path}`]: value };
    for (const trial of await trialsWith('retries-hide', 'simultaneous', settings)) {
      expect(seenByCallers(trial)).toBeCloseTo(trial.errors, 6);
    }
  }
});

test('up to Istio 1.23 the gateway retries a 503 of the service behind it, and hides much of what comes later to users', async () => {
  const [old, now] = [
    await trialsWith('retries-hide', 'simultaneous', { 'mesh.istio': '1.23' }),
    await trialsWith('retries-hide', 'simultaneous', { 'mesh.istio': '1.24' }),
  ];
  // Each retry goes through another sidecar; not all of them are in their window at that moment.
  expect(mean(old, failingUsers)).toBeLessThan(0.6 * mean(old, errors));
  for (const trial of now) expect(failingUsers(trial)).toBeCloseTo(trial.errors, 6);
  // With the whole mesh failing for two seconds there is no other sidecar.
  const gap = await trialsWith('retries-hide', 'vs-first', { 'mesh.istio': '1.23' });
  expect(mean(gap, failingUsers)).toBeGreaterThan(0.98 * mean(gap, errors));
});

test('gRPC: UNAVAILABLE that comes back is retried under any version', async () => {
  const hops = `[{name: user, hops: [{proxy: gateway, host: web.shop.svc.cluster.local, protocol: grpc},
    {proxy: sidecar, host: cart.shop.svc.cluster.local}]}]`;
  const trials = await trialsWith('retries-hide', 'simultaneous', { 'traffic.chains': hops });
  expect(mean(trials, failingUsers)).toBeLessThan(0.6 * mean(trials, errors));
});

test('what the gateway hides and what users retry comes to less than either', async () => {
  const trials = await trialsWith('retries-hide', 'simultaneous', { 'mesh.istio': '1.23' });
  expect(mean(trials, usersAfterRetries)).toBeLessThanOrEqual(0.11 * mean(trials, failingUsers));
});

test('dr-first has nothing to hide', async () => {
  for (const trial of trialsOf(await newCase('retries-hide'), 'dr-first')) {
    expect([trial.errors, seenByCallers(trial), failingUsers(trial)]).toEqual([0, 0, 0]);
  }
});
