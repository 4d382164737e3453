/** Routes of sidecars come from a cache, whose key holds all VirtualServices that they see (istiod.md 13). */
import { expect, test } from 'vitest';
import { Kind } from '../../packages/sim-core/src/mesh/changes.js';
import type { Scenario } from '../../packages/sim-core/src/scenario/types.js';
import { TraceKind, XdsType } from '../../packages/sim-core/src/trace/events.js';
import { apply, destinationRule, endpoint, group, plan, service, virtualService } from './objects.js';
import { observe, steadyScenario } from './runs.js';

const HOST = 'app.shop.svc.cluster.local';
const SIDECARS = 4;

/** 10 services: 0.1 ms from the cache, 5 ms made anew. */
const COSTS = { rdsUs: 0, rdsPerServiceUs: 10, rdsPerMissedServiceUs: 500 };

interface Push {
  /** Of the unrelated events in its batch, as bits. */
  readonly kinds: number;
  /** For so many sidecars routes were sent, and made anew. */
  sent: number;
  made: number;
}

/** By push; answers to new streams under −1. */
function pushesOf(parts: Partial<Scenario>, slots = 1): Map<number, Push> {
  const mesh = { gateways: 0, sidecars: SIDECARS, istiodCores: slots, pushThrottle: slots };
  const initial = {
    virtualServices: [virtualService(HOST, { v1: 1 })],
    destinationRules: [destinationRule(HOST, ['v1'])],
    services: [service(HOST)],
    endpoints: [endpoint('one', HOST, 'v1')],
  };
  const rules = (...subsets: string[]) => apply(destinationRule(HOST, subsets));
  // Churn goes on until the last write.
  const rollout = plan(initial, [group(0, rules('v1', 'v2')), group(20_000, rules('v1', 'v3'))]);
  const scenario = { ...steadyScenario(mesh, { istiod: COSTS }), ...parts };
  const pushes = new Map<number, Push>([[-1, { kinds: 0, sent: 0, made: 0 }]]);
  const listenersNs: number[] = [];
  let kinds = 0;
  const seen = observe(scenario, rollout, { horizonMs: 40_000 });
  for (const { kind, timeNs, proxy, a } of seen.recording) {
    if (kind === TraceKind.UnrelatedEvent) kinds |= a;
    if (kind === TraceKind.PushStarted) {
      pushes.set(a, { kinds, sent: 0, made: 0 });
      kinds = 0;
    }
    if (kind !== TraceKind.ResponseSent) continue;
    const { type, push } = seen.contents.content(a);
    if (type === XdsType.LDS) listenersNs[proxy] = timeNs;
    const its = pushes.get(push);
    if (type !== XdsType.RDS || its === undefined) continue;
    its.sent += 1;
    if (timeNs - listenersNs[proxy] > 4e6) its.made += 1;
  }
  return pushes;
}

const CONFIGS = { endpointEventsPerSecond: 0, configEventsPerSecond: 2 };

/** Of pushes whose batch is known to the last event: churn begins before the first write, when nothing is traced. */
function madeIn(pushes: ReadonlyMap<number, Push>, hasVirtualService: boolean): number[] {
  return [...pushes].flatMap(([push, { kinds, made }]) =>
    push > 0 && ((kinds & Kind.VirtualService) !== 0) === hasVirtualService ? [made] : [],
  );
}

test('a DestinationRule leaves the routes in the cache', () => {
  const pushes = pushesOf({});
  expect([0, 1].map((push) => pushes.get(push))).toEqual([
    { kinds: 0, sent: SIDECARS, made: 0 },
    { kinds: 0, sent: SIDECARS, made: 0 },
  ]);
});

test('an unrelated VirtualService drops them: the first sidecar of its push pays, the others have them from the cache', () => {
  const pushes = pushesOf({ churn: CONFIGS });
  expect(madeIn(pushes, true).length).toBeGreaterThan(5);
  expect(new Set(madeIn(pushes, true))).toEqual(new Set([1]));
  expect(madeIn(pushes, false).length).toBeGreaterThan(5);
  expect(new Set(madeIn(pushes, false))).toEqual(new Set([0]));
});

test('those that begin before the first one is ready make them as well', () => {
  expect(new Set(madeIn(pushesOf({ churn: CONFIGS }, 2), true))).toEqual(new Set([2]));
});

test('endpoints leave them, and a new process has none', () => {
  const endpoints = { endpointEventsPerSecond: 2, configEventsPerSecond: 0 };
  expect(new Set(madeIn(pushesOf({ churn: endpoints }), false))).toEqual(new Set([0]));
  const faults = {
    slowProxies: {},
    partitions: [],
    streamResets: [],
    nacks: [],
    istiodRestarts: [{ replica: 1, atMs: 5_000, downMs: 1_000 }],
  };
  const pushes = pushesOf({ faults });
  expect(pushes.get(-1)).toMatchObject({ sent: SIDECARS });
  expect(pushes.get(-1)?.made).toBeGreaterThan(0);
  // The new streams have filled the cache before the second write.
  expect([0, 1].map((push) => pushes.get(push)?.made)).toEqual([0, 0]);
});
