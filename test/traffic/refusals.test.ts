/** Endpoints that refuse connections: the formula of outcomes.ts against requests sampled one by one. */
import { expect, test } from 'vitest';
import { poissonCdf, poissonUpperTail } from '../../packages/sim-core/src/kernel/elementary.js';
import { Draws, newRootKey } from '../../packages/sim-core/src/kernel/random.js';
import type { IntervalListener } from '../../packages/sim-core/src/traffic/exposure.js';
import { RequestSampler } from '../../packages/sim-core/src/traffic/sampler.js';
import { destinationRule, endpoint, endpointWrite, groupAt, plan, service, virtualService } from '../mesh/objects.js';
import { expectedOf, newScenario, observe } from '../mesh/runs.js';

const APP = 'app.shop.svc.cluster.local';
const REQUESTS = 100_000;

interface Refused {
  readonly expected: number;
  /** Sampled only when it is asked for. */
  readonly sampled: () => number;
}

/** UF of REQUESTS requests to a host some of whose endpoints refuse. */
function refused(total: number, refusing: number, attempts: number | undefined): Refused {
  const retries = attempts === undefined ? undefined : { attempts };
  const pods = Array.from({ length: total }, (_, i) =>
    endpoint(`${i}`, APP, 'v1', { takes: i < refusing ? 0 : undefined }),
  );
  const initial = {
    virtualServices: [virtualService(APP, { v1: 1 }, { retries })],
    destinationRules: [destinationRule(APP, ['v1'])],
    services: [service(APP)],
    endpoints: pods,
  };
  const scenario = newScenario({
    mesh: { sidecars: 1, gateways: 0 },
    traffic: { requestsPerSecond: REQUESTS, hosts: {}, sources: {}, matches: {} },
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
  const sampled = (): number => {
    const draws = new Draws(newRootKey(`${total} ${refusing}`), 0);
    const sampler = new RequestSampler(model, outcomes.classes, outcomes.views, draws);
    for (const interval of intervals) sampler.onInterval(...interval);
    return sampler.counts.find(({ outcome }) => outcome.flag === 'UF')?.count ?? 0;
  };
  return { expected: expectedOf(totals, 'UF'), sampled };
}

for (const [total, refusing, attempts] of [
  [2, 1, undefined],
  [2, 1, 1],
  [3, 2, 2],
  [4, 3, 3],
  [5, 2, 1],
  [3, 1, 0],
] as const) {
  test(`${refusing} of ${total} endpoints refuse, ${attempts ?? "Istio's default of 2"} retries`, () => {
    const { expected, sampled } = refused(total, refusing, attempts);
    expect(expected).toBeGreaterThan(0);
    const count = sampled();
    const tail = Math.min(poissonCdf(count, expected), poissonUpperTail(count, expected));
    expect(tail, `${count} sampled, ${expected} expected`).toBeGreaterThan(1e-9);
  });
}

test('the first try of half the requests is refused; the second finds the other endpoint but for six bad picks', () => {
  expect(refused(2, 1, 0).expected / REQUESTS).toBeCloseTo(1 / 2, 12);
  expect(refused(2, 1, 1).expected / REQUESTS).toBeCloseTo(1 / 2 / 2 ** 6, 12);
  expect(refused(3, 3, 2).expected / REQUESTS).toBeCloseTo(1, 12);
});
