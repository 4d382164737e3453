/** Requests that wait at an endpoint which gets more than it can work off, and the timeouts of their routes. */
import { expect, test } from 'vitest';
import type { Distribution } from '../../packages/sim-core/src/kernel/distribution.js';
import { poissonCdf, poissonUpperTail } from '../../packages/sim-core/src/kernel/elementary.js';
import { newLifetime } from '../../packages/sim-core/src/kernel/lifetime.js';
import { Draws, newRootKey } from '../../packages/sim-core/src/kernel/random.js';
import type { RetryPolicy } from '../../packages/sim-core/src/manifest/types.js';
import { newRunOf, prepareStrategy } from '../../packages/sim-core/src/study/trial.js';
import { TrialRequests } from '../../packages/sim-core/src/study/trial-requests.js';
import { FanOut } from '../../packages/sim-core/src/trace/fan-out.js';
import type { IntervalListener } from '../../packages/sim-core/src/traffic/exposure.js';
import { RequestSampler } from '../../packages/sim-core/src/traffic/sampler.js';
import { apply, destinationRule, endpoint, groupAt, plan, service, virtualService } from '../mesh/objects.js';
import { steadyScenario } from '../mesh/runs.js';

const APP = 'app.shop.svc.cluster.local';
const REQUESTS_PER_SECOND = 800;
const HORIZON_MS = 8_000;

interface Case {
  readonly timeoutMs?: number;
  readonly retries?: RetryPolicy;
  readonly capacity?: number;
  readonly queueMs?: number;
  readonly durationMs?: Distribution;
  /** Of each version. */
  readonly pods?: readonly [v1: number, v2: number];
  /** How long the routes name v2. */
  readonly forMs?: number;
}

/** Load moves to the few pods of v2 at 1 s, and back again. */
function run({
  timeoutMs,
  retries,
  capacity = 300,
  queueMs = 1_000,
  durationMs = 50,
  pods = [4, 1],
  forMs = 2_000,
}: Case) {
  const [v1, v2] = pods;
  const podsOf = (version: string, count: number) =>
    Array.from({ length: count }, (_, i) => endpoint(`${version}-${i}`, APP, version));
  const routes = (version: string) => virtualService(APP, { [version]: 1 }, { timeoutMs, retries });
  const initial = {
    services: [service(APP)],
    virtualServices: [routes('v1')],
    destinationRules: [destinationRule(APP, ['v1', 'v2'])],
    endpoints: [...podsOf('v1', v1), ...podsOf('v2', v2)],
  };
  const scenario = steadyScenario({ sidecars: 2, gateways: 0 });
  const traffic = {
    ...scenario.traffic,
    requestsPerSecond: REQUESTS_PER_SECOND,
    requestDurationMs: durationMs,
    endpointCapacityPerSecond: capacity,
    endpointQueueMs: queueMs,
  };
  const rollout = plan(initial, [
    groupAt(1_000, apply(routes('v2'), 'to v2')),
    groupAt(1_000 + forMs, apply(routes('v1'), 'back')),
  ]);
  const prepared = prepareStrategy({ ...scenario, traffic }, rollout);
  const intervals: Parameters<IntervalListener>[] = [];
  const root = newRootKey('queued');
  const horizonNs = HORIZON_MS * 1e6;
  const requests = new TrialRequests(prepared, root, 0, [(...interval) => intervals.push(interval)]);
  newRunOf(prepared, root, 0, horizonNs).run(new FanOut(requests.sinks));
  const { totals, connections } = requests.finish(horizonNs);
  const { model, outcomes } = prepared;
  const expected = new Map<string, number>();
  for (const { bucket, expected: count } of totals.buckets) {
    const key = `${bucket.flag} ${bucket.code} ${bucket.cause}`;
    expected.set(key, (expected.get(key) ?? 0) + count);
  }
  const sampled = (): ReadonlyMap<string, number> => {
    const counts = new Map<string, number>();
    const sampler = new RequestSampler(
      model,
      outcomes.classes,
      outcomes.views,
      new Draws(newRootKey('one by one'), 0),
      ({ flag, code, cause }) =>
        counts.set(`${flag} ${code} ${cause}`, (counts.get(`${flag} ${code} ${cause}`) ?? 0) + 1),
      undefined,
      requests.courses,
    );
    for (const interval of intervals) sampler.onInterval(...interval);
    return counts;
  };
  const sum = [...expected.values()].reduce((all, count) => all + count, 0);
  expect(sum / ((REQUESTS_PER_SECOND * HORIZON_MS) / 1_000)).toBeCloseTo(1, 9);
  return { totals, connections, expected, sampled };
}

const queued = (what: Case): number => run(what).expected.get('UT 504 queued-too-long') ?? 0;
const refused = (what: Case): number => run(what).expected.get('- 503 endpoint-overloaded') ?? 0;

test('the queue of the one pod grows by 500 a second: who comes when it takes longer than the timeout is given up', () => {
  // Up to 300 wait, for a second, after 0.6 s; 0.35 s of waiting and 50 ms of work are the timeout of 0.4 s. The queue is
  // that long after 0.21 s, and again 0.65 s after the load has gone, when nobody comes any more.
  const { expected, totals, connections } = run({ timeoutMs: 400 });
  const admitted = 800 * (0.6 - 0.21) + 300 * (2 - 0.6);
  const count = expected.get('UT 504 queued-too-long') ?? 0;
  expect(Math.abs(count / admitted - 1)).toBeLessThan(0.01);
  expect(Math.abs((expected.get('- 503 endpoint-overloaded') ?? 0) / (500 * 1.4) - 1)).toBeLessThan(0.01);
  expect(totals.errors).toBeCloseTo(count + (expected.get('- 503 endpoint-overloaded') ?? 0), 6);
  expect(totals.errsAtEnd).toBe(false);
  // From 0.21 s to 2 s, in quarters of a second.
  expect(totals.failingNs).toBeGreaterThan(1.75e9);
  expect(totals.failingNs).toBeLessThan(2.3e9);
  expect(connections.addedP99Ms).toBeGreaterThan(940);
  expect(connections.addedP99Ms).toBeLessThan(1_060);
});

test('a random duration: what is given up is the tail beyond what the wait leaves of the timeout', () => {
  const durationMs = { lognormal: { median: 40, p95: 150 } };
  // A queue that never fills in 1.5 s: it grows by 0.6 s of waiting in each second.
  const what = { durationMs, timeoutMs: 500, capacity: 500, queueMs: 5_000, forMs: 1_500 };
  const { expected } = run(what);
  const { excess } = newLifetime(durationMs);
  const longestMs = 900;
  // ∫ P(D > 500 − w) − P(D > 500) over the time in which the wait w goes up to 0.9 s.
  const beyondMs = excess(0) - excess(500) + (longestMs - 500) - longestMs * newLifetime(durationMs).survival(500);
  const count = (REQUESTS_PER_SECOND / 600) * beyondMs;
  expect(Math.abs((expected.get('UT 504 queued-too-long') ?? 0) / count - 1)).toBeLessThan(0.01);
});

test('lower capacities and shorter timeouts give up no fewer; without a timeout nobody is given up, and all wait', () => {
  const byCapacity = [900, 700, 500, 300, 100].map(
    (capacity) => run({ capacity, timeoutMs: 300, pods: [12, 1] }).totals.errors,
  );
  const byTimeout = [5_000, 900, 600, 300, 100].map((timeoutMs) => queued({ timeoutMs }));
  for (const series of [byCapacity, byTimeout]) {
    expect(series[0]).toBe(0);
    for (const [at, count] of series.entries()) if (at > 0) expect(count).toBeGreaterThanOrEqual(series[at - 1] - 1e-9);
    expect(series[4]).toBeGreaterThan(series[1]);
  }
  const patient = run({});
  expect(patient.expected.get('UT 504 queued-too-long')).toBeUndefined();
  expect(patient.connections.addedP99Ms).toBeGreaterThan(900);
  expect(run({ capacity: 900 }).connections.addedP99Ms).toBeLessThan(10);
});

test('what is refused does not depend on the timeout: an endpoint works off what its clients have given up', () => {
  expect(refused({ timeoutMs: 300 })).toBeCloseTo(refused({}), 6);
});

const CASES: Readonly<Record<string, Case>> = {
  'a timeout': { timeoutMs: 400, durationMs: { lognormal: { median: 40, p95: 150 } } },
  'tries with a timeout of their own, tried again': {
    retries: { attempts: 2, retryOn: ['5xx'], perTryTimeoutMs: 250 },
    timeoutMs: 600,
    pods: [4, 2],
    capacity: 300,
    durationMs: { uniform: [20, 200] },
  },
  'an answer of 503 is tried again': {
    retries: { attempts: 1, retryOn: ['503'] },
    pods: [4, 2],
    capacity: 250,
    queueMs: 300,
    timeoutMs: 250,
    durationMs: { gamma: { mean: 60, shape: 2 } },
  },
  'overloaded before the rollout too': { capacity: 150, timeoutMs: 900, pods: [4, 4], queueMs: 800 },
};

test.each(Object.entries(CASES))('as requests one by one: %s', (_, what) => {
  const { expected, sampled } = run(what);
  const counts = sampled();
  expect([...expected.keys()].some((key) => key.includes('endpoint-overloaded') || key.includes('queued'))).toBe(true);
  for (const key of new Set([...expected.keys(), ...counts.keys()])) {
    const [count, mean] = [counts.get(key) ?? 0, expected.get(key) ?? 0];
    const tail = Math.min(poissonCdf(count, mean), poissonUpperTail(count, mean));
    expect(tail, `${key}: ${count} sampled, ${mean} expected`).toBeGreaterThan(1e-9);
  }
});

test('an overload that was there before is no doing of the rollout', () => {
  const before = CASES['overloaded before the rollout too'];
  const { totals, connections } = run({ ...before, timeoutMs: undefined });
  const causesOf = ({ buckets }: typeof totals) =>
    new Set(buckets.filter(({ bucket }) => bucket.noise).map(({ bucket }) => bucket.cause));
  expect(causesOf(totals)).toEqual(new Set(['endpoint-overloaded']));
  expect(totals.errors).toBeLessThan(1e-6);
  expect(totals.errsAtEnd).toBe(false);
  // The wait of usual is a full queue.
  expect(connections.addedP99Ms).toBeLessThan(40);
  expect(causesOf(run({ ...before, timeoutMs: 700 }).totals)).toEqual(
    new Set(['endpoint-overloaded', 'queued-too-long']),
  );
});
