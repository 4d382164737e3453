/** What callers' retries leave of failures that are sampled, against retries that are sent one by one. */
import { expect, test } from 'vitest';
import { log } from '../../../packages/sim-core/src/kernel/elementary.js';
import { Draws, newRootKey, UniformStream } from '../../../packages/sim-core/src/kernel/random.js';
import { msToNs } from '../../../packages/sim-core/src/kernel/time.js';
import { clusterPolicy } from '../../../packages/sim-core/src/manifest/traffic-policy.js';
import { failedForGood } from '../../../packages/sim-core/src/traffic/caller-retries.js';
import { OutlierDetector } from '../../../packages/sim-core/src/traffic/pools/outlier-detector.js';
import { ClusterFailures } from '../../../packages/sim-core/src/traffic/sampled/cluster-failures.js';
import { begin, newStage, type StageOptions } from './stage.js';

const ENDPOINTS = 4;
const LASTS_MS = 30_000;
const RULE = { consecutive5xxErrors: 5, interval: '10s', baseEjectionTime: '20s', maxEjectionPercent: 50 };
const RUNS = 150;

interface Counts {
  first: number;
  left: number;
}

/** As a rollout's sample tells of it: failures as they were without retries, and the states that a retry would find. */
function sampled(trial: number, perSecond: number, share: number, delayMs: number): Counts {
  const options: StageOptions = {
    durationsMs: Array.from({ length: ENDPOINTS }, () => 5),
    errorShares: [share],
    isEvenlySpaced: false,
    policies: [{ outlierDetection: RULE }],
    trial,
  };
  const stage = newStage(options);
  const failures = new ClusterFailures();
  stage.tally.watcher = {
    arrived: () => undefined,
    ended: (...requests) => failures.ended(...requests),
    made: () => undefined,
  };
  begin(stage, perSecond);
  const note = (nowNs: number): void =>
    failures.enter({ spec: 1, available: stage.cluster.balancerOf(0)!.available, conditions: 0 }, nowNs);
  note(0);
  stage.cluster.onRefresh = note;
  stage.run(LASTS_MS);
  failures.enter(undefined, msToNs(LASTS_MS));
  const stretch = (span: { fromNs: number; toNs: number }, part: number) => ({
    ...span,
    retried: part,
    lost: [{ key: '', share: part, isRetried: true }],
  });
  const first = failures.failures.map((failed) => stretch(failed, failed.count / (failed.toNs - failed.fromNs)));
  const again = failures.states.map((state) =>
    stretch(state, state.available.includes(0) ? share / state.available.length : 0),
  );
  const counts = { first: failures.failures.reduce((sum, { count }) => sum + count, 0), left: 0 };
  failedForGood(first, again, [[msToNs(delayMs)]], msToNs(LASTS_MS), (_, ns) => {
    counts.left += ns;
  });
  return counts;
}

/** Request by request, each failure sent again after the delay; `isSeen`: the detector hears of retries too. */
function replayed(trial: number, perSecond: number, share: number, delayMs: number, isSeen: boolean): Counts {
  const stream = new UniformStream(new Draws(newRootKey('replay'), trial), 0, 0x3000);
  const detector = new OutlierDetector(clusterPolicy({ outlierDetection: RULE }).outlierDetection!, ENDPOINTS, 0);
  const counts = { first: 0, left: 0 };
  const retries: number[] = [];
  const fails = (nowNs: number, isReported: boolean): boolean => {
    const inService = [...Array(ENDPOINTS).keys()].filter((endpoint) => !detector.isEjected(endpoint));
    const endpoint = inService[Math.floor(stream.next() * inService.length)];
    const hasFailed = endpoint === 0 && stream.next() < share;
    if (isReported) detector.report(endpoint, hasFailed ? 500 : 200, false, ENDPOINTS, nowNs);
    return hasFailed;
  };
  let [arrivalNs, tickNs] = [0, detector.nextTickNs(0)];
  for (;;) {
    arrivalNs += -log(stream.next()) * (1e9 / perSecond);
    for (;;) {
      const retryNs = retries[0] ?? Number.POSITIVE_INFINITY;
      if (Math.min(retryNs, tickNs) >= arrivalNs) break;
      if (tickNs <= retryNs) {
        detector.tick(tickNs);
        tickNs = detector.nextTickNs(tickNs);
      } else if (fails(retries.shift()!, isSeen)) counts.left++;
    }
    if (arrivalNs >= msToNs(LASTS_MS)) return counts;
    if (!fails(arrivalNs, true)) continue;
    counts.first++;
    retries.push(arrivalNs + msToNs(delayMs));
  }
}

function sum(count: (trial: number) => Counts): Counts {
  const all = { first: 0, left: 0 };
  for (let trial = 0; trial < RUNS; trial++) {
    const { first, left } = count(trial);
    all.first += first;
    all.left += left;
  }
  return all;
}

test.each([
  [40, 1, 50],
  [40, 0.7, 200],
  [100, 1, 20],
])('%d requests/s, an endpoint that fails %f of its requests, retried after %d ms', (perSecond, share, delayMs) => {
  const model = sum((trial) => sampled(trial, perSecond, share, delayMs));
  const unseen = sum((trial) => replayed(trial, perSecond, share, delayMs, false));
  expect(Math.abs(model.first / unseen.first - 1)).toBeLessThan(0.12);
  expect(Math.abs(model.left / model.first / (unseen.left / unseen.first) - 1)).toBeLessThan(0.12);
  // Real retries are strikes as well: the endpoint goes sooner, and the model is on the safe side.
  const seen = sum((trial) => replayed(trial, perSecond, share, delayMs, true));
  expect(model.left).toBeGreaterThan(0.95 * seen.left);
  expect(model.left).toBeLessThan((1.1 / (1 - share / ENDPOINTS)) * seen.left);
});
