/** What those who call, and chains of hops, make of requests that a pod took with it. */
import { expect, test } from 'vitest';
import { newSampler } from '../../packages/sim-core/src/kernel/distribution.js';
import { newRootKey } from '../../packages/sim-core/src/kernel/random.js';
import type { PlannedWrite } from '../../packages/sim-core/src/rollout/plan.js';
import type { Callers, Chain } from '../../packages/sim-core/src/scenario/types.js';
import { prepareStrategy, runTrial, type TrialResult } from '../../packages/sim-core/src/study/trial.js';
import { destinationRule, endpoint, groupAt, plan, service, virtualService } from '../mesh/objects.js';
import { steadyScenario } from '../mesh/runs.js';

const APP = 'app.shop.svc.cluster.local';
const OTHER = 'other.shop.svc.cluster.local';
const REQUESTS_PER_SECOND = 1_000;

function trialOf(callers: Partial<Callers>, hops: Chain['hops']): TrialResult {
  const pods = ['stays', 'goes'].map((name) => endpoint(name, APP, 'v1'));
  const initial = {
    services: [service(APP)],
    virtualServices: [virtualService(APP, { v1: 1 })],
    destinationRules: [destinationRule(APP, ['v1'])],
    endpoints: pods,
  };
  const object = {
    ...{ type: 'Rollout' as const, removed: [pods[1]], added: [], kept: 1 },
    ...{ maxSurge: 1, maxUnavailable: 0, recreates: false, minReadyMs: 0 },
    timing: { preStopMs: 0, gracePeriodMs: 30_000, exitsWhenIdle: false, minimumDrainMs: 5_000 },
  };
  const write: PlannedWrite = { action: 'apply', kind: 'Deployment', key: 'Deployment/shop/app', object, revision: '' };
  const scenario = steadyScenario({ sidecars: 3, gateways: 0 });
  const traffic = {
    ...scenario.traffic,
    requestsPerSecond: REQUESTS_PER_SECOND,
    callers: { ...scenario.traffic.callers, ...callers },
    chains: [{ name: 'chain', hops }],
  };
  const prepared = prepareStrategy({ ...scenario, traffic }, plan(initial, [groupAt(2_000, write)]));
  return runTrial(prepared, newRootKey('cut'), 0, 10e9);
}

/** Half of the requests, for as long as one takes. */
const CUT = (REQUESTS_PER_SECOND / 2) * (newSampler({ lognormal: { median: 20, p95: 100 } }).mean / 1_000);

const TO_APP = { proxy: 'sidecar', host: APP, protocol: 'http' } as const;
const TO_OTHER = { proxy: 'sidecar', host: OTHER, protocol: 'http' } as const;

const uc = ({ callers }: TrialResult): number =>
  callers.reduce((sum, { flag, expected }) => sum + (flag === 'UC' ? expected : 0), 0);

test('who does not try again sees all that is cut; who does finds the other pod, as far as a method may be sent twice', () => {
  const alone = trialOf({}, [TO_APP]);
  expect(alone.errors).toBeGreaterThan(CUT - 0.001);
  expect(uc(alone)).toBeCloseTo(CUT, 2);
  // One request in ten is a POST.
  const again = trialOf({ retries: 1, delayMs: 40 }, [TO_APP]);
  expect(uc(again)).toBeCloseTo(CUT / 10, 2);
  expect(uc(trialOf({ retries: 1, delayMs: 40, retriesAllMethods: true }, [TO_APP]))).toBeLessThan(0.01);
});

test('a chain fails at the hop whose pod stops, unless a hop before tries again', () => {
  const [[only], [, last], [, retried]] = [
    [TO_APP],
    [TO_OTHER, TO_APP],
    [{ ...TO_OTHER, retries: 1, retryOn: '503' }, TO_APP],
  ].map((hops) => trialOf({}, hops).chains[0].byHop);
  expect(only).toBeGreaterThan(CUT - 0.001);
  expect(last).toBeCloseTo(only, 9);
  expect(retried).toBeLessThan(0.01);
});

test("a chain's user tries again like any caller", () => {
  const [chain] = trialOf({ retries: 1, delayMs: 300 }, [TO_APP]).chains;
  expect(chain.byHop[0]).toBeGreaterThan(CUT - 0.001);
  expect(chain.caller).toBeCloseTo(chain.byHop[0] / 10, 1);
});
