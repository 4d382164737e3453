/** What can go on in a mesh besides a rollout, as fast-check draws it: churn, and what breaks. */
import fc from 'fast-check';
import type { WorldSpec } from './world-specs.js';
import { newWorld, type World } from './worlds.js';

/** Faults are over by then, the backoff of those that have lost their stream and the backlog of slow links too. */
export const BROKEN_HORIZON_MS = 150_000;

const proxyId = fc.oneof(
  fc.integer({ min: 1, max: 4 }).map((n) => `gw-${n}`),
  fc.integer({ min: 1, max: 8 }).map((n) => `sc-${n}`),
);
const proxies = fc.array(proxyId, { minLength: 1, maxLength: 4 });
const span = (longestMs: number) =>
  fc.record({ fromMs: fc.nat(1_500), ms: fc.integer({ min: 1, max: longestMs }) }).map(({ fromMs, ms }) => ({
    fromMs,
    toMs: fromMs + ms,
  }));

/** Each kind of fault alone, or beside others; about a second of rollout is where they fall. */
export const faultSpec = fc.record({
  endpointEventsPerSecond: fc.constantFrom(0, 0, 30),
  configEventsPerSecond: fc.constantFrom(0, 0, 10),
  maxConnectionAgeMin: fc.constantFrom<'never' | number>('never', 'never', 0.1),
  slowProxies: fc.oneof(fc.constant({}), fc.dictionary(proxyId, fc.integer({ min: 1, max: 100 }), { maxKeys: 2 })),
  partitions: fc.array(
    fc.tuple(proxies, fc.oneof(span(3_000), span(60_000))).map(([cut, times]) => ({ proxies: cut, ...times })),
    { maxLength: 2 },
  ),
  streamResets: fc.array(fc.record({ proxies, atMs: fc.nat(1_500) }), { maxLength: 2 }),
  istiodRestarts: fc.array(
    fc.record({
      replica: fc.integer({ min: 1, max: 2 }),
      atMs: fc.nat(1_500),
      downMs: fc.integer({ min: 1, max: 5_000 }),
    }),
    { maxLength: 2 },
  ),
  nacks: fc.array(
    fc
      .tuple(
        proxies,
        fc.subarray(['CDS' as const, 'EDS' as const, 'LDS' as const, 'RDS' as const], { minLength: 1 }),
        span(1_500),
      )
      .map(([rejecting, types, times]) => ({ proxies: rejecting, types, ...times })),
    { maxLength: 1 },
  ),
});
export type FaultSpec = typeof faultSpec extends fc.Arbitrary<infer T> ? T : never;

export function newBrokenWorld(spec: WorldSpec, faults: FaultSpec): World {
  const world = newWorld(spec);
  const { endpointEventsPerSecond, configEventsPerSecond, maxConnectionAgeMin, ...broken } = faults;
  return {
    ...world,
    scenario: {
      ...world.scenario,
      mesh: { ...world.scenario.mesh, maxConnectionAgeMin },
      churn: { endpointEventsPerSecond, configEventsPerSecond },
      faults: broken,
    },
  };
}
