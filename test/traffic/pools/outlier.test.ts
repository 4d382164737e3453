/** Ejection, return, and what a swap forgets. */
import { expect, test } from 'vitest';
import { Draws, newRootKey } from '../../../packages/sim-core/src/kernel/random.js';
import { msToNs } from '../../../packages/sim-core/src/kernel/time.js';
import {
  clusterPolicy,
  type EffectivePolicy,
  type OutlierDetection,
} from '../../../packages/sim-core/src/manifest/traffic-policy.js';
import { OutlierDetector } from '../../../packages/sim-core/src/traffic/pools/outlier-detector.js';
import { Connect } from '../../../packages/sim-core/src/traffic/pools/setting.js';
import { Outcome } from '../../../packages/sim-core/src/traffic/pools/tally.js';
import { Thinned } from '../../../packages/sim-core/src/traffic/pools/thinned.js';
import { begin, newStage, type Stage, type StageOptions, swapAll } from './stage.js';

function rule(written: EffectivePolicy['outlierDetection']): OutlierDetection {
  return clusterPolicy({ outlierDetection: written }).outlierDetection!;
}

function newDetector(written: EffectivePolicy['outlierDetection'] = {}, endpoints = 4): OutlierDetector {
  return new OutlierDetector(rule({ maxEjectionPercent: 50, ...written }), endpoints, 0);
}

/** @returns which of the reports ejects, from 1; 0: none */
function reports(detector: OutlierDetector, codes: readonly number[], endpoint = 0, isLocal = false): number {
  return 1 + codes.findIndex((code) => detector.report(endpoint, code, isLocal, 4, 0));
}

const FIVE = [500, 500, 500, 500, 500];

test('five 5xx in a row eject; one answer in between starts the count anew', () => {
  expect(reports(newDetector(), FIVE)).toBe(5);
  expect(reports(newDetector(), [500, 500, 500, 500, 404, 500, 500, 500, 500])).toBe(0);
  expect(reports(newDetector({ consecutive5xxErrors: 2 }), FIVE)).toBe(2);
  expect(reports(newDetector({ consecutive5xxErrors: 0 }), [...FIVE, ...FIVE])).toBe(0);
});

test('gateway errors are counted by themselves where the rule says so: 502, 503 and 504 only', () => {
  const gateway = { consecutive5xxErrors: 0, consecutiveGatewayErrors: 3 };
  expect(reports(newDetector(gateway), [503, 502, 504])).toBe(3);
  expect(reports(newDetector(gateway), [503, 503, 500, 503, 503])).toBe(0);
});

test('failures to connect count as 503; split, they have their own count, and answers have theirs', () => {
  expect(reports(newDetector(), [0, 0, 0, 0, 0], 0, true)).toBe(5);
  const split = { splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 2 };
  expect(reports(newDetector(split), [0, 0], 0, true)).toBe(2);
  const mixed = newDetector({ ...split, consecutive5xxErrors: 3 });
  expect([
    mixed.report(0, 0, true, 4, 0),
    mixed.report(0, 500, false, 4, 0),
    mixed.report(0, 0, true, 4, 0),
    mixed.report(0, 500, false, 4, 0),
    mixed.report(0, 500, false, 4, 0),
  ]).toEqual([false, false, false, false, true]);
});

test('no more are ejected than the percentage allows, the first included', () => {
  expect(reports(newDetector({ maxEjectionPercent: 24 }), FIVE)).toBe(0);
  const half = newDetector({ maxEjectionPercent: 50 });
  expect([0, 1, 2].map((endpoint) => reports(half, FIVE, endpoint))).toEqual([5, 5, 0]);
});

test('an endpoint returns at the first tick after the base time, each time later, and less late after good ticks', () => {
  const detector = newDetector({ baseEjectionTime: '25s', interval: '10s' });
  const eject = (atMs: number): boolean[] => FIVE.map((code) => detector.report(0, code, false, 4, msToNs(atMs)));
  const returnsAt = (fromMs: number): number => {
    for (let at = detector.nextTickNs(msToNs(fromMs)); ; at = detector.nextTickNs(at)) {
      if (detector.tick(at)) return at / 1e9;
    }
  };
  eject(3_000);
  expect(returnsAt(3_000)).toBe(30);
  eject(31_000);
  // 2 × 25 s from 31 s on.
  expect(returnsAt(31_000)).toBe(90);
  for (let tick = 100; tick <= 120; tick += 10) detector.tick(tick * 1e9);
  expect(detector.isRemembering).toBe(false);
  eject(121_000);
  expect(returnsAt(121_000)).toBe(150);
});

const BAD_OF_THREE: StageOptions = {
  workers: 2,
  durationsMs: [10, 10, 10],
  errorShares: [1, 0, 0],
  isEvenlySpaced: false,
  policies: [
    { outlierDetection: { baseEjectionTime: '30s', interval: '10s', maxEjectionPercent: 50 } },
    { outlierDetection: { baseEjectionTime: '30s', interval: '10s', maxEjectionPercent: 50 }, connectionPool: {} },
  ],
};

function errorsOf({ tally }: Stage): number {
  return tally.total(Outcome.Error);
}

test('the proxy ejects a bad endpoint after five errors over all of its workers, and drains its connections', () => {
  const stage = newStage(BAD_OF_THREE);
  begin(stage, 30);
  stage.run(20_000);
  expect(errorsOf(stage)).toBe(5);
  const [bad] = stage.tally.requestsTo;
  expect(bad).toBe(5);
  expect(stage.cluster.standingPools.every(({ endpoint }) => endpoint !== 0)).toBe(true);
});

test('a swap forgets it: five more errors at once, and it is gone for the first base time again', () => {
  const stage = newStage(BAD_OF_THREE);
  begin(stage, 30);
  // Out at once for 30 s, then for 60, then for 90.
  stage.run(150_000);
  expect(errorsOf(stage)).toBe(15);
  swapAll(stage, 2);
  stage.run(155_000);
  expect(errorsOf(stage)).toBe(20);
  // Back at 190 s; without the swap it would have stayed away to 210.
  stage.run(195_000);
  expect(errorsOf(stage)).toBe(25);
});

test('all ejected: without a panic threshold every request is UH, with one they all get their share of errors', () => {
  const all = { maxEjectionPercent: 100, baseEjectionTime: '300s' };
  const bad = { ...BAD_OF_THREE, errorShares: [1, 1, 1] };
  const strict = newStage({ ...bad, policies: [{ outlierDetection: all }] });
  begin(strict, 30);
  strict.run(60_000);
  expect(errorsOf(strict)).toBe(15);
  expect(strict.tally.total(Outcome.AllEjected)).toBe(strict.tally.arrivals - 15);
  const panicking = newStage({ ...bad, policies: [{ outlierDetection: { ...all, minHealthPercent: 50 } }] });
  begin(panicking, 30);
  panicking.run(60_000);
  expect(panicking.tally.total(Outcome.AllEjected)).toBe(0);
  expect(errorsOf(panicking)).toBeGreaterThan(1500);
});

test('an endpoint that refuses connections is ejected too', () => {
  const stage = newStage({
    ...BAD_OF_THREE,
    errorShares: [],
    attempts: 3,
    connect: (endpoint) => (endpoint === 0 ? Connect.Refused : Connect.Plaintext),
  });
  begin(stage, 30);
  stage.run(20_000);
  // Retries hide it from the callers while it lasts.
  expect(stage.tally.total(Outcome.Refused)).toBe(0);
  expect(stage.tally.retries).toBe(5);
});

test.each([1, 0.6])('looking at the failures only sees what is seen request by request: share %f', (share) => {
  const options = { ...BAD_OF_THREE, errorShares: [share, 0, 0] };
  const HOUR_MS = 3_600_000;
  const RUNS = 12;
  const sums = { whole: 0, thinned: 0 };
  for (let trial = 0; trial < RUNS; trial++) {
    const whole = newStage({ ...options, trial });
    begin(whole, 15);
    whole.run(HOUR_MS);
    sums.whole += errorsOf(whole);
    const stage = newStage({ ...options, trial });
    begin(stage, 15);
    new Thinned(stage.cluster, new Draws(newRootKey('thinned'), trial), 0, stage.tally).run(0, msToNs(HOUR_MS));
    sums.thinned += errorsOf(stage);
  }
  expect(Math.abs(sums.thinned / sums.whole - 1)).toBeLessThan(share === 1 ? 0.02 : 0.15);
});

test.each([
  ['no more may go', { maxEjectionPercent: 34 }, [1, 1, 0.5]],
  ['a panic', { maxEjectionPercent: 100, minHealthPercent: 50 }, [1, 1, 0]],
])(
  'a long time in which nobody can be ejected is counted as it is seen request by request: %s',
  (_, rule, errorShares) => {
    const policies = [{ outlierDetection: { baseEjectionTime: '30s', interval: '10s', ...rule } }];
    const options = { ...BAD_OF_THREE, errorShares, policies };
    const [sums, RUNS, LASTS_MS] = [{ whole: 0, thinned: 0 }, 8, 300_000];
    for (let trial = 0; trial < RUNS; trial++) {
      const whole = newStage({ ...options, trial });
      begin(whole, 100);
      whole.run(LASTS_MS);
      sums.whole += errorsOf(whole);
      const stage = newStage({ ...options, trial });
      begin(stage, 100);
      new Thinned(stage.cluster, new Draws(newRootKey('thinned'), trial), 0, stage.tally).run(0, msToNs(LASTS_MS));
      sums.thinned += errorsOf(stage);
    }
    expect(Math.abs(sums.thinned / sums.whole - 1)).toBeLessThan(0.02);
  },
);
