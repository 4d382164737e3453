/** How a request ends with all its tries: the probabilities of attempts.ts against requests sampled one by one. */
import { expect, test } from 'vitest';
import { poissonCdf, poissonUpperTail } from '../../packages/sim-core/src/kernel/elementary.js';
import { Draws, newRootKey } from '../../packages/sim-core/src/kernel/random.js';
import type { DestinationRule, RetryPolicy } from '../../packages/sim-core/src/manifest/types.js';
import type { TrafficShape } from '../../packages/sim-core/src/scenario/types.js';
import type { IntervalListener } from '../../packages/sim-core/src/traffic/exposure.js';
import { RequestSampler } from '../../packages/sim-core/src/traffic/sampler.js';
import { destinationRule, endpoint, endpointWrite, groupAt, plan, service, virtualService } from '../mesh/objects.js';
import { newScenario, observe } from '../mesh/runs.js';

const APP = 'app.shop.svc.cluster.local';
const REQUESTS = 20_000;

interface Case {
  /** Endpoints, and how many of them refuse connections. */
  readonly of: readonly [total: number, refusing: number];
  readonly retries?: RetryPolicy;
  readonly timeoutMs?: number;
  readonly policy?: DestinationRule['trafficPolicy'];
  readonly istio?: string;
  readonly traffic?: Partial<TrafficShape>;
}

type Counts = Readonly<Record<string, number>>;

/** Flags of REQUESTS requests to a host whose state does not change; sampled only when it is asked for. */
function flagsOf({ of: [total, refusing], retries, timeoutMs, policy, istio = '1.32', traffic }: Case) {
  const pods = Array.from({ length: total }, (_, i) =>
    endpoint(`${i}`, APP, 'v1', { takes: i < refusing ? 0 : undefined }),
  );
  const initial = {
    virtualServices: [virtualService(APP, { v1: 1 }, { retries, timeoutMs })],
    destinationRules: [destinationRule(APP, ['v1'], policy)],
    services: [service(APP)],
    endpoints: pods,
  };
  const scenario = newScenario({
    mesh: { istio, sidecars: 1, gateways: 0 },
    traffic: { requestsPerSecond: REQUESTS, ...traffic },
  });
  // Written after the horizon: the rollout touches the host, and nothing changes.
  const rollout = plan(initial, [groupAt(5_000, endpointWrite(pods[0], 'apply'))]);
  const intervals: Parameters<IntervalListener>[] = [];
  const { totals, model, outcomes } = observe(scenario, rollout, {
    horizonMs: 1_000,
    onInterval:
      () =>
      (...interval) =>
        intervals.push(interval),
  });
  const expected: Record<string, number> = {};
  for (const { bucket, expected: count } of totals.buckets) {
    expected[bucket.flag] = (expected[bucket.flag] ?? 0) + count;
  }
  const sampled = (): Counts => {
    const draws = new Draws(newRootKey(`${total} ${refusing}`), 0);
    const sampler = new RequestSampler(model, outcomes.classes, outcomes.views, draws);
    for (const interval of intervals) sampler.onInterval(...interval);
    return Object.fromEntries(sampler.counts.map(({ outcome, count }) => [outcome.flag, count]));
  };
  return { expected: expected as Counts, sampled, totals };
}

function shareOf(flag: string, what: Case): number {
  return (flagsOf(what).expected[flag] ?? 0) / REQUESTS;
}

const SLOW = { requestDurationMs: { uniform: [0, 100] as [number, number] } };

const CASES: Readonly<Record<string, Case>> = {
  "1 of 2 endpoints refuses, Istio's default of 2 retries": { of: [2, 1] },
  '2 of 3 endpoints refuse, 2 retries': { of: [3, 2], retries: { attempts: 2 } },
  '3 of 4 endpoints refuse, 3 retries': { of: [4, 3], retries: { attempts: 3 } },
  '1 of 3 endpoints refuses, no retries': { of: [3, 1], retries: { attempts: 0 } },
  'tried endpoints are not avoided': { of: [3, 2], retries: { attempts: 2, ignorePreviousHosts: false } },
  'a consistent hash': { of: [3, 1], policy: { loadBalancer: { consistentHash: { httpHeaderName: 'user' } } } },
  'a timeout of the request': { of: [2, 0], timeoutMs: 70, traffic: SLOW },
  'a timeout of each try, tried again': {
    of: [3, 1],
    retries: { attempts: 2, retryOn: ['5xx'], perTryTimeoutMs: 60 },
    traffic: SLOW,
  },
  'both timeouts': {
    of: [3, 1],
    retries: { attempts: 3, retryOn: ['reset'], perTryTimeoutMs: 40 },
    timeoutMs: 100,
    traffic: { ...SLOW, backgroundResetShare: 0.2 },
  },
  'background resets, tried again': {
    of: [2, 0],
    retries: { attempts: 1, retryOn: ['5xx'] },
    traffic: { backgroundResetShare: 0.3 },
  },
};

test.each(Object.entries(CASES))('%s', (_, what) => {
  const { expected, sampled } = flagsOf(what);
  const counts = sampled();
  expect(Object.keys(expected).length).toBeGreaterThan(1);
  for (const flag of new Set([...Object.keys(expected), ...Object.keys(counts)])) {
    const [count, mean] = [counts[flag] ?? 0, expected[flag] ?? 0];
    const tail = Math.min(poissonCdf(count, mean), poissonUpperTail(count, mean));
    expect(tail, `${flag}: ${count} sampled, ${mean} expected`).toBeGreaterThan(1e-9);
  }
});

test('the first try of half the requests is refused; the second finds the other endpoint but for six bad picks', () => {
  expect(shareOf('UF', { of: [2, 1], retries: { attempts: 0 } })).toBeCloseTo(1 / 2, 12);
  expect(shareOf('UF,URX', { of: [2, 1], retries: { attempts: 1 } })).toBeCloseTo(1 / 2 / 2 ** 6, 12);
  expect(shareOf('UF,URX', { of: [3, 3], retries: { attempts: 2 } })).toBeCloseTo(1, 12);
});

test('with a hash a retry meets the same endpoint; without the memory of endpoints any', () => {
  const hashed = { loadBalancer: { consistentHash: { httpHeaderName: 'user' } } };
  expect(shareOf('UF,URX', { of: [4, 1], policy: hashed })).toBeCloseTo(1 / 4, 12);
  expect(shareOf('UF,URX', { of: [4, 1], retries: { attempts: 2, ignorePreviousHosts: false } })).toBeCloseTo(
    1 / 64,
    12,
  );
});

test('timeouts: of the request, of each try, and a retry of the route that covers them', () => {
  const late = { of: [2, 0] as const, traffic: SLOW };
  expect(shareOf('UT', { ...late, timeoutMs: 70 })).toBeCloseTo(0.3, 9);
  // The default conditions do not cover it, and a reset does.
  expect(shareOf('UT', { ...late, retries: { attempts: 2, perTryTimeoutMs: 70 } })).toBeCloseTo(0.3, 9);
  const again = { attempts: 2, perTryTimeoutMs: 70, retryOn: ['reset'] };
  expect(shareOf('UT,URX', { ...late, retries: again })).toBeCloseTo(0.3 ** 3, 9);
  // 70 ms are gone when the second try starts, and 30 are left.
  expect(shareOf('UT', { ...late, retries: again, timeoutMs: 100 })).toBeCloseTo(0.3 * 0.7, 9);
  expect(shareOf('UT', { ...late, retries: { ...again, attempts: 0 } })).toBe(0);
});

test('what is slow without the rollout is noise, and no error of it', () => {
  const { totals } = flagsOf({ of: [2, 0], timeoutMs: 70, traffic: SLOW });
  expect(totals.errors).toBe(0);
  const noise = totals.buckets.filter(({ bucket }) => bucket.noise);
  expect(noise.map(({ bucket: { flag, code, cause } }) => [flag, code, cause])).toEqual([['UT', 504, 'slow-answer']]);
  expect(noise[0].expected).toBeCloseTo(0.3 * REQUESTS, 3);
});
