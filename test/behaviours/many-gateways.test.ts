/** Many proxies that hold every cluster: one control plane makes all their pushes, and each takes long to read. */

import type { TrialResult } from '@xdsim/sim-core';
import { expect, test } from 'vitest';
import { errors, errorsWith, mean, newCase, trialsOf, trialsWith } from './case.js';
import { newStory } from './story.js';

test('a gateway reads the endpoints of 600 services between losing blue and leaving it', async () => {
  const study = await newCase('many-gateways');
  const story = newStory(study, 'simultaneous');
  // When the last type leaves istiod is chance: a time slice of istiod may end in a push, and all others go first.
  expect(story.of('gw-1').filter((line) => !line.includes(' sent '))).toEqual([
    'gw-1 CDS +green -blue',
    'gw-1 asks for EDS of 1',
    'gw-1 fails NC rds-late blue',
    'gw-1 workers without blue',
    'gw-1 EDS 601',
    'gw-1 LDS',
    'gw-1 RDS after',
    'gw-1 fails NC eds-late green',
    'gw-1 workers route after',
    'gw-1 EDS green warm',
    'gw-1 workers with green',
    'gw-1 fails no more',
  ]);
  // The VirtualService is not for sidecars: to them it is the change of a rule, with the EDS of its two clusters.
  expect(story.of('sc-1').slice(0, 2)).toEqual(['sc-1 CDS +green -blue', 'sc-1 EDS 2']);
  expect(new Set(story.failing.map(({ proxy }) => proxy.slice(0, 2)))).toEqual(new Set(['gw']));
});

test('40 gateways converge later than one, and each of them fails for longer', async () => {
  const [one, forty] = await Promise.all(
    [1, 40].map((gateways) => trialsWith('many-gateways', 'simultaneous', { 'mesh.gateways': gateways })),
  );
  for (const value of ['propagationMs', 'skewMs'] as const) {
    expect(mean(forty, (trial) => trial[value])).toBeGreaterThan(2 * mean(one, (trial) => trial[value]));
  }
  // Most pushes go through in one piece. Those that istiod's time slice ends in wait for all other slots: the longest
  // remove windows grow by much, and with them the mean (test/lab/scale: spans at 400 proxies).
  const longest = (trials: readonly TrialResult[]) => Math.max(...trials.flatMap(({ removeMs }) => removeMs));
  expect(longest(forty)).toBeGreaterThan(1.4 * longest(one));
  expect(mean(forty, ({ removeMs }) => removeMs)).toBeGreaterThan(1.1 * mean(one, ({ removeMs }) => removeMs));
  // The same requests in both, spread over all gateways.
  expect(mean(forty, errors)).toBeGreaterThan(1.1 * mean(one, errors));
});

test('it takes longer, and fails longer, than the gateways of the smaller mesh of blue-green', async () => {
  const many = await trialsWith('many-gateways', 'simultaneous', { 'traffic.requestsPerSecond': 1000 });
  // Sidecars, which load the routes of every service, are another matter.
  const few = await trialsWith('blue-green', 'simultaneous', { 'traffic.sources.sidecar': 0 });
  expect(mean(many, ({ propagationMs }) => propagationMs)).toBeGreaterThan(
    mean(few, ({ propagationMs }) => propagationMs),
  );
  expect(mean(many, errors)).toBeGreaterThan(1.2 * mean(few, errors));
  // The rest: the answer with the endpoints of green waits for a core behind the pushes of others.
  expect(mean(many, errorsWith({ cause: 'rds-late' }))).toBeGreaterThan(0.9 * mean(many, errors));
});

test('in the right order none fails, however many there are', async () => {
  expect(mean(trialsOf(await newCase('many-gateways'), 'dr-first'), errors)).toBe(0);
});
