/** Requests that are in flight to a pod when it stops (envoy.md 13.3, 17): the exact count, against requests one by one. */
import { expect, test } from 'vitest';
import type { Distribution } from '../../packages/sim-core/src/kernel/distribution.js';
import { poissonCdf, poissonUpperTail } from '../../packages/sim-core/src/kernel/elementary.js';
import { newLifetime } from '../../packages/sim-core/src/kernel/lifetime.js';
import { Draws, newRootKey } from '../../packages/sim-core/src/kernel/random.js';
import type { PodTiming } from '../../packages/sim-core/src/manifest/pod-template.js';
import type { RetryPolicy } from '../../packages/sim-core/src/manifest/types.js';
import type { PlannedWrite } from '../../packages/sim-core/src/rollout/plan.js';
import type { Scenario, TrafficShape } from '../../packages/sim-core/src/scenario/types.js';
import type { IntervalListener } from '../../packages/sim-core/src/traffic/exposure.js';
import { RequestSampler } from '../../packages/sim-core/src/traffic/sampler.js';
import { destinationRule, endpoint, groupAt, plan, service, virtualService } from '../mesh/objects.js';
import { expectedOf, observe, steadyScenario } from '../mesh/runs.js';

const APP = 'app.shop.svc.cluster.local';
const REQUESTS_PER_SECOND = 1_000;
const RATE_PER_MS = REQUESTS_PER_SECOND / 1000;
/** Nothing that is sent before the first write is in flight by then. */
const WRITTEN_MS = 8_000;
const HORIZON_MS = 14_000;

interface Case {
  readonly durationMs: Distribution;
  readonly pods?: number;
  /** Pods that go, all at once. */
  readonly going?: number;
  readonly hasSidecar?: boolean;
  readonly preStopMs?: number;
  readonly drainMs?: number;
  readonly retries?: RetryPolicy;
  readonly timeoutMs?: number;
  readonly traffic?: Partial<TrafficShape>;
  readonly workloads?: Partial<Scenario['workloads']>;
  readonly workers?: number;
  readonly atMs?: number;
  readonly timing?: Partial<PodTiming>;
  readonly trial?: number;
}

function run(what: Case) {
  const {
    pods: count = 2,
    going = 1,
    hasSidecar = false,
    preStopMs = 0,
    drainMs,
    retries,
    timeoutMs,
    atMs = WRITTEN_MS,
  } = what;
  const pods = Array.from({ length: count }, (_, i) => endpoint(`${i}`, APP, 'v1', { hasSidecar }));
  const initial = {
    services: [service(APP)],
    virtualServices: [virtualService(APP, { v1: 1 }, { retries, timeoutMs })],
    destinationRules: [destinationRule(APP, ['v1'])],
    endpoints: pods,
  };
  const timing = {
    preStopMs,
    gracePeriodMs: 30_000,
    drainMs,
    exitsWhenIdle: false,
    minimumDrainMs: 5_000,
    ...what.timing,
  };
  const limits = { maxSurge: 1, maxUnavailable: 0, recreates: false, minReadyMs: 0 };
  const object = {
    type: 'Rollout' as const,
    removed: pods.slice(0, going),
    added: [],
    kept: count - going,
    ...limits,
    timing,
  };
  const write: PlannedWrite = { action: 'apply', kind: 'Deployment', key: 'Deployment/shop/app', object, revision: '' };
  const scenario = steadyScenario({ sidecars: 2, gateways: 0, workersPerProxy: what.workers ?? 1 });
  const traffic = {
    ...scenario.traffic,
    requestsPerSecond: REQUESTS_PER_SECOND,
    requestDurationMs: what.durationMs,
    ...what.traffic,
  };
  const intervals: Parameters<IntervalListener>[] = [];
  const seen = observe(
    { ...scenario, traffic, workloads: { ...scenario.workloads, ...what.workloads } },
    plan(initial, [groupAt(atMs, write)]),
    {
      trial: what.trial,
      lasting: true,
      horizonMs: what.timing === undefined ? HORIZON_MS : 60_000,
      onInterval:
        () =>
        (...interval) =>
          intervals.push(interval),
    },
  );
  return { ...seen, intervals };
}

/** Expected and sampled, by flag, code and cause. */
function comparedOf(what: Case): Map<string, { expected: number; count: number }> {
  const { totals, model, outcomes, intervals, courses } = run(what);
  const compared = new Map<string, { expected: number; count: number }>();
  const add = (key: string, expected: number, count: number): void => {
    const entry = compared.get(key) ?? { expected: 0, count: 0 };
    compared.set(key, { expected: entry.expected + expected, count: entry.count + count });
  };
  for (const { bucket, expected } of totals.buckets) add(`${bucket.flag} ${bucket.code} ${bucket.cause}`, expected, 0);
  const sampler = new RequestSampler(
    model,
    outcomes.classes,
    outcomes.views,
    new Draws(newRootKey('in flight'), 0),
    ({ flag, code, cause }) => add(`${flag} ${code} ${cause}`, 0, 1),
    undefined,
    courses,
  );
  for (const interval of intervals) sampler.onInterval(...interval);
  return compared;
}

const cutOf = (what: Case): number => expectedOf(run(what).totals, 'UC');

/** Of what is in flight: one request in a million may last longer than is looked at. */
const LEFT_OUT = 3e-5;

const LONG: Distribution = { lognormal: { median: 400, p95: 1_200 } };
const VERY_LONG: Distribution = { lognormal: { median: 2_000, p95: 8_000 } };

test.each<[name: string, durationMs: Distribution]>([
  ['fixed', 300],
  ['uniform', { uniform: [50, 400] }],
  ['lognormal', { lognormal: { median: 20, p95: 100 } }],
  ['lognormal with a cap', { lognormal: { median: 200, p95: 1_000, max: 1_500 } }],
  ['gamma', { gamma: { mean: 400, shape: 0.7 } }],
  [
    'quantiles',
    {
      quantiles: [
        [0.1, 30],
        [0.5, 100],
        [0.9, 2_000],
      ],
    },
  ],
])('one that is in flight ends with the pod: rate × mean duration of them, %s', (_, durationMs) => {
  const { totals, cut } = run({ durationMs });
  const { mean } = newLifetime(durationMs);
  const ofPod = (RATE_PER_MS / 2) * mean;
  expect(Math.abs(expectedOf(totals, 'UC') / ofPod - 1)).toBeLessThan(LEFT_OUT);
  const bucket = totals.buckets.find((each) => each.bucket.cause === 'pod-killed')?.bucket;
  expect(bucket).toMatchObject({ flag: 'UC', code: 503, subset: 'v1', noise: false, kind: 'sidecar' });
  // Two proxies, and one instant: the pod is told 10 ms after the write is sent.
  expect([...new Set(cut.map(({ atNs }) => atNs))]).toEqual([(WRITTEN_MS + 10) * 1e6]);
  expect(totals.buckets.reduce((sum, { expected }) => sum + expected, 0)).toBeCloseTo(RATE_PER_MS * HORIZON_MS, 6);
});

test('what was sent before the first write is in flight too', () => {
  const durationMs = { uniform: [50, 400] as [number, number] };
  expect(cutOf({ durationMs, atMs: 0 })).toBeCloseTo(cutOf({ durationMs }), 9);
});

test('who hears of the end sends no more: what is cut is in flight for longer than the proxies have known', () => {
  // Until 115 ms after the write, EDS has reached nobody; the pod is told to go at 10 ms, and goes on for 300 ms.
  const durationMs = { gamma: { mean: 400, shape: 1 } };
  const { excess } = newLifetime(durationMs);
  const cut = cutOf({ durationMs, preStopMs: 300 });
  expect(cut).toBeLessThan((RATE_PER_MS / 2) * excess(310 - 140));
  expect(cut).toBeGreaterThan((RATE_PER_MS / 2) * excess(310 - 115));
});

test('the usual requests and the usual drain lose nothing; without a drain, a preStop, or with long requests they do', () => {
  const usual = { durationMs: { lognormal: { median: 20, p95: 100 } }, hasSidecar: true };
  expect(cutOf(usual)).toBe(0);
  expect(cutOf({ ...usual, drainMs: 0 })).toBeGreaterThan(10);
  expect(cutOf({ ...usual, drainMs: 0, preStopMs: 5_000 })).toBe(0);
  expect(cutOf({ ...usual, hasSidecar: false })).toBeGreaterThan(10);
  expect(cutOf({ ...usual, durationMs: VERY_LONG })).toBeGreaterThan(10);
  // Refused from the signal on, or not: what was sent before is in flight in either case.
  const closed = cutOf({ ...usual, durationMs: VERY_LONG, workloads: { acceptsWhileDraining: false } });
  expect(closed).toBeGreaterThan(10);
});

test('the longer the drain, the fewer; the longer the requests, the more', () => {
  const drains = [0, 500, 1_500, 4_000].map((drainMs) => cutOf({ durationMs: VERY_LONG, hasSidecar: true, drainMs }));
  for (const [at, cut] of drains.entries()) if (at > 0) expect(cut).toBeLessThan(drains[at - 1]);
  const lengths = [20, 200, 2_000].map((mean) =>
    cutOf({ durationMs: { gamma: { mean, shape: 2 } }, hasSidecar: true, drainMs: 500 }),
  );
  for (const [at, cut] of lengths.entries()) if (at > 0) expect(cut).toBeGreaterThan(lengths[at - 1]);
});

test("a retry of the route for resets covers them, and Istio's default does not", () => {
  const durationMs = { uniform: [0, 100] as [number, number] };
  expect(cutOf({ durationMs })).toBeCloseTo((RATE_PER_MS / 2) * 50, 3);
  const retried = run({ durationMs, retries: { attempts: 2, retryOn: ['reset'] } }).totals;
  expect(expectedOf(retried, 'UC')).toBe(0);
  expect(expectedOf(retried, 'UF')).toBeLessThan(1);
});

test('a pod that waits until nothing is open cuts what its grace period does not last for: as much in all as by chance', () => {
  const durationMs: Distribution = { gamma: { mean: 20_000, shape: 1 } };
  const { excess } = newLifetime(durationMs);
  const timing = { gracePeriodMs: 30_000, exitsWhenIdle: true };
  const trials = Array.from({ length: 200 }, (_, trial) => {
    const { totals, cut } = run({ durationMs, hasSidecar: true, timing, trial, traffic: { requestsPerSecond: 0.1 } });
    return { count: expectedOf(totals, 'UC'), atMs: cut.map(({ atNs }) => atNs / 1e6) };
  });
  for (const { count, atMs } of trials) {
    if (count > 0) expect(Math.min(...atMs)).toBe(WRITTEN_MS + 10 + 30_000);
  }
  const waiting = trials.filter(({ count }) => count > 0);
  // The last look is at 29 s, and finds something in as many trials.
  const open = (0.05 / 1000) * excess(29_000);
  expect(waiting.length / trials.length).toBeGreaterThan(0.6 * open);
  expect(waiting.length / trials.length).toBeLessThan(1.4 * open);
  const mean = trials.reduce((sum, { count }) => sum + count, 0) / trials.length;
  expect(mean).toBeGreaterThan(0.6 * (0.05 / 1000) * excess(30_000));
  expect(mean).toBeLessThan(1.4 * (0.05 / 1000) * excess(30_000));
});

const CASES: Readonly<Record<string, Case>> = {
  'long requests, a drain that is too short': { durationMs: LONG, hasSidecar: true, drainMs: 1_000, workers: 2 },
  'tried again': { durationMs: LONG, pods: 4, going: 3, retries: { attempts: 2, retryOn: ['reset'] } },
  'tried again, with a timeout': {
    durationMs: LONG,
    pods: 3,
    going: 2,
    retries: { attempts: 1, retryOn: ['5xx'] },
    timeoutMs: 700,
  },
  'tries with timeouts of their own': {
    durationMs: { uniform: [100, 900] },
    pods: 3,
    retries: { attempts: 2, retryOn: ['reset'], perTryTimeoutMs: 600 },
    timeoutMs: 1_000,
  },
  'a timeout that comes first': { durationMs: LONG, timeoutMs: 300 },
  'resets in the background': {
    durationMs: { gamma: { mean: 500, shape: 2 } },
    retries: { attempts: 1, retryOn: ['reset'] },
    traffic: { backgroundResetShare: 0.1 },
  },
  'refused from the signal on': {
    durationMs: LONG,
    hasSidecar: true,
    workloads: { acceptsWhileDraining: false },
    drainMs: 1_500,
  },
};

test.each(Object.entries(CASES))('as requests one by one: %s', (_, what) => {
  const compared = comparedOf(what);
  const cut = [...compared].filter(([key]) => key.includes('pod-killed'));
  for (const [key, { expected, count }] of compared) {
    const tail = Math.min(poissonCdf(count, expected), poissonUpperTail(count, expected));
    expect(tail, `${key}: ${count} sampled, ${expected} expected`).toBeGreaterThan(1e-9);
  }
  if (what.retries === undefined) expect(cut.length).toBeGreaterThan(0);
});
