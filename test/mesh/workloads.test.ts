/** Pods that come and go (deploy-tools.md 9): a controller within its limits, probes on their grid, two tracks of the end. */
import { expect, test } from 'vitest';
import { newSampler } from '../../packages/sim-core/src/kernel/distribution.js';
import type { PodTiming, RolloutLimits } from '../../packages/sim-core/src/manifest/pod-template.js';
import type { HostEndpoint, PlannedWrite } from '../../packages/sim-core/src/rollout/plan.js';
import type { Scenario } from '../../packages/sim-core/src/scenario/types.js';
import { APP } from './app.js';
import { destinationRule, endpoint, group, plan, service, virtualService } from './objects.js';
import { expectedOf, type Observed, observe, steadyScenario } from './runs.js';
import { storyOf } from './story.js';

const EVERY_SECOND = { initialDelayMs: 0, periodMs: 1_000, successThreshold: 1 };
const TIMING: PodTiming = {
  readinessProbe: EVERY_SECOND,
  preStopMs: 0,
  gracePeriodMs: 30_000,
  exitsWhenIdle: false,
  minimumDrainMs: 5_000,
};
const LIMITS: RolloutLimits = { maxSurge: 1, maxUnavailable: 0, recreates: false, minReadyMs: 0 };

const pods = (names: readonly string[], hasSidecar = false): HostEndpoint[] =>
  names.map((name) => endpoint(name, APP, 'v1', { hasSidecar }));

function rollout(
  removed: readonly HostEndpoint[],
  added: readonly HostEndpoint[],
  { timing, ...others }: Partial<RolloutLimits> & { readonly timing?: Partial<PodTiming>; readonly kept?: number } = {},
): PlannedWrite {
  const object = {
    type: 'Rollout' as const,
    removed,
    added,
    kept: 0,
    ...LIMITS,
    ...others,
    timing: { ...TIMING, ...timing },
  };
  return { action: 'apply', kind: 'Deployment', key: 'Deployment/shop/app', object, revision: 'after' };
}

/** The pods run 2 s after they are made and serve 3 s later. */
function observed(
  standing: readonly HostEndpoint[],
  write: PlannedWrite,
  workloads: Partial<Scenario['workloads']> = {},
): Observed {
  const initial = {
    services: [service(APP)],
    virtualServices: [virtualService(APP, { v1: 1 })],
    destinationRules: [destinationRule(APP, ['v1'])],
    endpoints: standing,
  };
  const scenario = steadyScenario({ gateways: 1, sidecars: 3 });
  const shape = { ...scenario.workloads, startMs: 2_000, startupMs: 3_000, ...workloads };
  return observe({ ...scenario, workloads: shape }, plan(initial, [group(0, write)]), { horizonMs: 90_000 });
}

function podStory(seen: Observed): string[] {
  return storyOf(seen, 'nobody').filter((line) => line.includes('endpoint'));
}

test('one pod more than wanted, and none less: a new one is ready before an old one goes', () => {
  const [a, b, c, d] = [...pods(['old-1', 'old-2']), ...pods(['new-1', 'new-2'])];
  const seen = observed([a, b], rollout([a, b], [c, d]));
  expect(podStory(seen)).toMatchInlineSnapshot(`
    [
      "5010.0 endpoint old-2 takes nothing",
      "5015.0 endpoint new-1 ready",
      "5015.0 endpoint old-2 gone",
      "10010.0 endpoint old-1 takes nothing",
      "10015.0 endpoint new-2 ready",
      "10015.0 endpoint old-1 gone",
    ]
  `);
  // Three tries, each of them of the one that has just stopped: rare.
  expect(expectedOf(seen.totals, 'UF')).toBeLessThan(0.1);
  // Without a sidecar each stops at once, with what is in flight: 500 a second, for 32.3 ms on average.
  const { mean } = newSampler(seen.model.scenario.traffic.requestDurationMs);
  expect(expectedOf(seen.totals, 'UC')).toBeCloseTo(2 * 0.5 * mean, 2);
  expect(seen.totals.errors).toBeCloseTo(expectedOf(seen.totals, 'UC') + expectedOf(seen.totals, 'UF'), 9);
});

test('no surge and one unavailable: an old one goes first', () => {
  const [a, b, c, d] = [...pods(['old-1', 'old-2']), ...pods(['new-1', 'new-2'])];
  const seen = observed([a, b], rollout([a, b], [c, d], { maxSurge: 0, maxUnavailable: 1 }));
  expect(podStory(seen).map((line) => line.slice(line.indexOf(' ') + 1))).toMatchInlineSnapshot(`
    [
      "endpoint old-2 takes nothing",
      "endpoint old-2 gone",
      "endpoint old-1 takes nothing",
      "endpoint new-1 ready",
      "endpoint old-1 gone",
      "endpoint new-2 ready",
    ]
  `);
});

test('Recreate: nobody serves until the new pods are ready', () => {
  const [a, b] = [...pods(['old']), ...pods(['new'])];
  const seen = observed([a], rollout([a], [b], { recreates: true }));
  expect(expectedOf(seen.totals, 'UH')).toBeGreaterThan(4_900);
  expect(seen.totals.errsAtEnd).toBe(false);
});

test('ready is the first attempt on the grid at which the application serves', () => {
  const [a, b] = [...pods(['old']), ...pods(['new'])];
  const at = (timing: Partial<PodTiming>): string | undefined =>
    podStory(observed([a], rollout([a], [b], { timing }))).find((line) => line.includes('new ready'));
  const grid = { initialDelayMs: 0, periodMs: 10_000, successThreshold: 1 };
  // Write 10 ms, containers at 2,010, application at 5,010, slice 5 ms later.
  expect(at({ readinessProbe: undefined })).toBe('2015.0 endpoint new ready');
  expect(at({})).toBe('5015.0 endpoint new ready');
  expect(at({ readinessProbe: grid })).toBe('12015.0 endpoint new ready');
  expect(at({ readinessProbe: { ...grid, initialDelayMs: 3_500 } })).toBe('5515.0 endpoint new ready');
  expect(at({ readinessProbe: { ...grid, periodMs: 1_000, successThreshold: 3 } })).toBe('7015.0 endpoint new ready');
  const startupProbe = { ...grid, periodMs: 2_000 };
  expect(at({ startupProbe, readinessProbe: grid })).toBe('6015.0 endpoint new ready');
});

test('a pod that is ready before it serves refuses: without a probe nobody knows', () => {
  const [a, b] = [...pods(['old']), ...pods(['new'])];
  const timing = { readinessProbe: undefined };
  const seen = observed([a], rollout([a], [b], { recreates: true, timing }));
  expect(expectedOf(seen.totals, 'UF')).toBeGreaterThan(2_900);
  // What is left with a probe: the old pod has stopped, and its clients hear of it by EDS.
  const probed = observed([a], rollout([a], [b], { recreates: true }));
  expect(expectedOf(probed.totals, 'UF')).toBeLessThan(130);
});

test('who still asks a pod that has stopped is refused, and tries another: until EDS says that it is gone', () => {
  const [a, b] = pods(['stays', 'goes']);
  // Without a sidecar the application stops at the signal, some 115 ms before the proxies know.
  const seen = observed([a, b], rollout([b], [], { kept: 1 }));
  expect(podStory(seen)[0]).toBe('10.0 endpoint goes takes nothing');
  const retried = expectedOf(seen.totals, 'UF');
  expect(retried).toBeLessThan(1);
  // A sidecar goes on for 5 s: long enough.
  const [c, d] = pods(['stays', 'goes'], true);
  const drained = observed([c, d], rollout([d], [], { kept: 1 }));
  expect(expectedOf(drained.totals, 'UF')).toBe(0);
});

test('a preStop hook holds the end back, up to the grace period', () => {
  const [a] = pods(['goes']);
  const end = (timing: Partial<PodTiming>): string =>
    podStory(observed([a], rollout([a], [], { timing }))).find((line) => line.includes('takes nothing')) ?? '';
  expect(end({ preStopMs: 15_000 })).toBe('15010.0 endpoint goes takes nothing');
  expect(end({ preStopMs: 60_000 })).toBe('30010.0 endpoint goes takes nothing');
});

test('a sidecar waits for the preStop of the application if it is native; else it drains from the deletion on', () => {
  const [a] = pods(['goes'], true);
  const end = (nativeSidecars: boolean, timing: Partial<PodTiming> = {}): string => {
    const seen = observed([a], rollout([a], [], { timing: { preStopMs: 12_000, ...timing } }), { nativeSidecars });
    return podStory(seen).find((line) => line.includes('takes nothing')) ?? '';
  };
  expect(end(true)).toBe('17010.0 endpoint goes takes nothing');
  expect(end(false)).toBe('5010.0 endpoint goes takes nothing');
  expect(end(false, { proxyPreStopMs: 4_000 })).toBe('9010.0 endpoint goes takes nothing');
});

test('probes that fail now and then take the pod out of the endpoints, each time with a push', () => {
  const [a, b] = pods(['steady', 'flaps']);
  const flapping = [{ labels: { version: 'v1' }, everyMs: 5_000, downMs: 1_000, untilMs: 20_000 }];
  const write = rollout([], pods(['other']), {
    timing: { readinessProbe: { ...EVERY_SECOND, initialDelayMs: 60_000 } },
  });
  const seen = observed([a, b], write, { flapping });
  // Both at the same moments, since nothing is drawn: nobody is left.
  expect(expectedOf(seen.totals, 'UH')).toBeGreaterThan(1_000);
  expect(podStory(seen).filter((line) => line.includes('flaps gone'))).toHaveLength(3);
});
