/** Routes move in a moment, pods take their time. */
import { decode, newRollout } from '@xdsim/sim-core';
import { expect, test } from 'vitest';
import { errors, errorsWith, mean, newCase, type Settings, trialsOf, trialsWith } from './case.js';

test('the new subset has no pod when the routes name it: UH for the seconds that a pod takes', async () => {
  const trials = await trialsWith('rolling-update', 'simultaneous');
  for (const trial of trials) {
    expect(errorsWith({ flag: 'UH' })(trial)).toBeGreaterThan(0.95 * trial.errors);
    expect(trial.errsAtEnd).toBe(false);
  }
  // Median start and warm-up.
  expect(mean(trials, ({ failingMs }) => failingMs)).toBeGreaterThan(4_000);
});

test('a gap only shortens that, waiting for readiness helps most, and slower applications fail longer', async () => {
  const of = async (strategy: string, settings = {}) =>
    mean(await trialsWith('rolling-update', strategy, settings), errors);
  const [gated, staged, atOnce] = [await of('readiness-gated'), await of('dr-first'), await of('simultaneous')];
  expect(gated).toBeLessThan(0.3 * staged);
  expect(staged).toBeLessThan(atOnce);
  expect(await of('simultaneous', { 'workloads.startupMs': 30_000 })).toBeGreaterThan(1.5 * atOnce);
});

test('with its usual drain the old pods take nothing with them; without one, or with requests of seconds, they do', async () => {
  const killed = async (settings: Settings): Promise<number> => {
    const trials = trialsOf(await newCase('rolling-update', settings), 'readiness-gated', 4);
    for (const { buckets } of trials) {
      const flags = buckets.filter(({ bucket }) => bucket.cause === 'pod-killed').map(({ bucket }) => bucket.flag);
      expect(flags.every((flag) => flag === 'UC')).toBe(true);
    }
    return mean(trials, errorsWith({ cause: 'pod-killed' }));
  };
  const long = { 'traffic.requestDurationMs': '{lognormal: {median: 2000, p95: 8000}}' };
  expect(await killed({})).toBe(0);
  expect(await killed({ 'workloads.drainMs': 0 })).toBeGreaterThan(10);
  const short = await killed({ ...long, 'workloads.drainMs': 2_000 });
  expect(await killed(long)).toBeLessThan(0.7 * short);
});

test('the story has a window of a moment where a pod stops under its requests', async () => {
  const study = await newCase('rolling-update', { 'workloads.drainMs': 0 });
  const strategy = study.strategies.find(({ name }) => name === 'readiness-gated');
  if (strategy === undefined) throw new Error('no readiness-gated');
  const { windows, recording, dictionary } = newRollout(study, strategy, 0);
  const moments = windows.filter(({ state, fromMs, toMs }) => state === 'failing' && fromMs === toMs);
  const stops = Array.from({ length: recording.length }, (_, i) => decode(recording, i, dictionary));
  const stopsMs = stops.flatMap((event) => (event.kind === 'pod-gone' ? [event.timeMs] : []));
  expect(moments.map(({ fromMs }) => fromMs)).toEqual(stopsMs);
  expect(moments[0].firstFailure).toMatchObject({ code: 503, flag: 'UC', cause: 'pod-killed', subset: 'v1' });
});
