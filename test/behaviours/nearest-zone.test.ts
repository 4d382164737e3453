/** Outlier detection sorts endpoints by nearness: load moves to the pods of each proxy's own zone. */
import type { TrialResult } from '@xdsim/sim-core';
import { expect, test } from 'vitest';
import { errorsWith, mean, newCase, type Settings, trialsOf } from './case.js';

/** Half of 800 requests/s come from each zone, to two pods and to one. */
const ALL = 800;
const CAPACITY = 350;
const overloaded = errorsWith({ cause: 'endpoint-overloaded' });

async function trialsWith(settings: Settings = {}, edit?: (text: string) => string): Promise<TrialResult[]> {
  return trialsOf(await newCase('nearest-zone', settings, edit), 'simultaneous', 3);
}

test("the one pod of a zone gets all of its proxies' load, for good", async () => {
  for (const trial of await trialsWith()) {
    expect(trial.connections.peakRequestsPerSecondPerEndpoint).toBeGreaterThan(0.98 * (ALL / 2));
    expect(trial.connections.peakRequestsPerSecondPerEndpoint).toBeLessThan(1.02 * (ALL / 2));
    expect(overloaded(trial) / trial.failingMs).toBeCloseTo((ALL / 2 - CAPACITY) / 1000, 2);
    expect(trial.errsAtEnd).toBe(true);
  }
});

test('where nobody has a locality, or the rule switches it off, all pods get the same', async () => {
  const off = (text: string): string =>
    text.replace(
      '    outlierDetection:',
      '    loadBalancer: {localityLbSetting: {enabled: false}}\n    outlierDetection:',
    );
  for (const trials of [await trialsWith({ 'mesh.localities': '{}' }), await trialsWith({}, off)]) {
    expect(mean(trials, overloaded)).toBe(0);
    expect(mean(trials, ({ connections }) => connections.peakRequestsPerSecondPerEndpoint)).toBeCloseTo(ALL / 3, 0);
  }
});

test('a zone without pods sends to the next one of its region', async () => {
  const two = (text: string): string => text.replace('replicas: 3', 'replicas: 2');
  const trials = await trialsWith({ 'mesh.localities': '{eu/a: 1, us/a: 1, eu/c: 1}' }, two);
  // The pods are in eu/a and in us/a.
  expect(mean(trials, ({ connections }) => connections.peakRequestsPerSecondPerEndpoint) / ALL).toBeCloseTo(2 / 3, 1);
});
