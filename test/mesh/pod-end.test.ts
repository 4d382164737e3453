/** EXIT_ON_ZERO_ACTIVE_CONNECTIONS (envoy.md 13.2): a pod that is told to go waits for what is open to it, and looks each second. */
import { expect, test } from 'vitest';
import { newSampler } from '../../packages/sim-core/src/kernel/distribution.js';
import { log } from '../../packages/sim-core/src/kernel/elementary.js';
import { newLifetime } from '../../packages/sim-core/src/kernel/lifetime.js';
import { Draws, newRootKey, UniformStream } from '../../packages/sim-core/src/kernel/random.js';
import type { PodTiming } from '../../packages/sim-core/src/manifest/pod-template.js';
import { openShareAtEnd, podEnd } from '../../packages/sim-core/src/mesh/pod-end.js';

const TIMING: PodTiming = { preStopMs: 2_000, gracePeriodMs: 30_000, exitsWhenIdle: true, minimumDrainMs: 5_000 };
/** The signal at 2 s, the first look at 8 s. */
const FIRST_LOOK_MS = 8_000;

const endAt = (open: (ms: number) => number, u = 0.5, timing = TIMING) => podEnd(timing, true, 5_000, open, () => u);

test('with nothing open the first look ends it, a second after the shortest drain', () => {
  expect(endAt(() => 0)).toEqual({ signalMs: 2_000, stopMs: FIRST_LOOK_MS, busyMs: 0, isIdle: true });
  const patient = { ...TIMING, minimumDrainMs: 10_000 };
  expect(endAt(() => 0, 0.5, patient).stopMs).toBe(13_000);
});

test('with much open for long it is killed at the end of the grace period', () => {
  expect(endAt(() => 1_000)).toEqual({ signalMs: 2_000, stopMs: 30_000, busyMs: 29_000, isIdle: false });
  const short = { ...TIMING, gracePeriodMs: 4_000 };
  expect(endAt(() => 0, 0.5, short)).toEqual({ signalMs: 2_000, stopMs: 4_000, busyMs: 0, isIdle: false });
});

test('without the setting, and without a sidecar, nobody looks', () => {
  const plain = { ...TIMING, exitsWhenIdle: false };
  expect(endAt(() => 1_000, 0.5, plain)).toMatchObject({ stopMs: 7_000, isIdle: false, busyMs: 0 });
  expect(
    podEnd(
      TIMING,
      false,
      5_000,
      () => 1_000,
      () => 0.5,
    ).stopMs,
  ).toBe(2_000);
});

test('the more is open, and the longer it lasts, the later it stops', () => {
  let last = 0;
  for (const perPod of [0, 0.5, 1, 2, 5, 20]) {
    const { stopMs } = endAt((ms) => perPod * Math.max(0, 1 - ms / 25_000));
    expect(stopMs).toBeGreaterThanOrEqual(last);
    last = stopMs;
  }
  expect(last).toBeGreaterThan(FIRST_LOOK_MS);
});

test('it stops when connections with lifetimes of their own have ended, as often as they do one by one', () => {
  const OPEN = 3;
  const TRIALS = 4_000;
  const spec = { lognormal: { median: 4_000, p95: 30_000 } };
  const [lifetime, sampler] = [newLifetime(spec), newSampler(spec)];
  const open = (ms: number): number => (OPEN / lifetime.mean) * lifetime.excess(ms);
  const draws = new Draws(newRootKey('pods'), 0);
  /** What opened in the last 1,000 s, one by one: when each ends after the pod is told to go. */
  const leftOf = (trial: number): number[] => {
    const stream = new UniformStream(draws, trial, 1);
    const left: number[] = [];
    const gap = (): number => (-log(stream.next()) * lifetime.mean) / OPEN;
    for (let at = -1_000_000 + gap(); at < 0; at += gap()) {
      const endMs = at + sampler.quantile(stream.next());
      if (endMs > 0) left.push(endMs);
    }
    return left;
  };
  const stops = { model: new Map<number, number>(), single: new Map<number, number>() };
  const add = (into: Map<number, number>, stopMs: number) => into.set(stopMs, (into.get(stopMs) ?? 0) + 1);
  const cut = { model: 0, single: 0 };
  for (let trial = 0; trial < TRIALS; trial++) {
    const end = podEnd(TIMING, true, 5_000, open, () => draws.uniform(trial, 2, 0));
    add(stops.model, end.stopMs);
    cut.model += open(end.stopMs) * openShareAtEnd(end, open(end.busyMs));
    const left = leftOf(trial);
    const last = Math.max(0, ...left);
    let stopMs = FIRST_LOOK_MS;
    while (stopMs <= last && stopMs < 30_000) stopMs += 1_000;
    add(stops.single, stopMs);
    cut.single += left.filter((endMs) => endMs > stopMs).length;
  }
  for (let stopMs = FIRST_LOOK_MS; stopMs <= 30_000; stopMs += 1_000) {
    const [model, single] = [stops.model.get(stopMs) ?? 0, stops.single.get(stopMs) ?? 0];
    // Two Poisson counts: five standard deviations of their difference.
    expect(Math.abs(model - single), `${model} and ${single} stop at ${stopMs}`).toBeLessThan(
      5 * Math.sqrt(model + single + 1),
    );
  }
  expect(cut.single).toBeGreaterThan(500);
  expect(Math.abs(cut.model - cut.single)).toBeLessThan(5 * Math.sqrt(2 * cut.single) * 1.5);
});
