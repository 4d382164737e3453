/** Every request has one end, and every connection has one, whatever happens to the cluster. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EffectivePolicy } from '../../../packages/sim-core/src/manifest/traffic-policy.js';
import { Connect } from '../../../packages/sim-core/src/traffic/pools/setting.js';
import { RUNS } from '../../properties/counts.js';
import { begin, loadOf, newStage, type Stage } from './stage.js';

const ENDPOINTS = 4;
const WORKERS = 3;

const sometimes = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

const policy: fc.Arbitrary<EffectivePolicy> = fc.record(
  {
    connectionPool: fc.record({
      tcp: fc.record({
        maxConnections: sometimes(fc.integer({ min: 1, max: 6 })),
        connectTimeout: fc.constant('20ms'),
      }),
      http: fc.record({
        http1MaxPendingRequests: sometimes(fc.integer({ min: 1, max: 4 })),
        http2MaxRequests: sometimes(fc.integer({ min: 1, max: 8 })),
        maxRequestsPerConnection: sometimes(fc.integer({ min: 1, max: 5 })),
        maxRetries: sometimes(fc.integer({ min: 1, max: 2 })),
        idleTimeout: sometimes(fc.constant('50ms')),
        h2UpgradePolicy: fc.constantFrom('UPGRADE', 'DO_NOT_UPGRADE'),
        maxConcurrentStreams: sometimes(fc.integer({ min: 1, max: 3 })),
      }),
    }),
    loadBalancer: fc.oneof(
      fc.record({ simple: fc.constantFrom('LEAST_REQUEST', 'ROUND_ROBIN', 'RANDOM') }),
      fc.constant({ simple: 'ROUND_ROBIN' as const, warmup: { duration: '1s' } }),
      fc.constant({ consistentHash: { useSourceIp: true } }),
      fc.constant({ consistentHash: { useSourceIp: true, maglev: { tableSize: 101 } } }),
    ),
    outlierDetection: fc.record({
      consecutive5xxErrors: fc.integer({ min: 0, max: 3 }),
      interval: fc.constant('100ms'),
      baseEjectionTime: fc.constant('150ms'),
      maxEjectionPercent: fc.constantFrom(10, 50, 100),
      minHealthPercent: fc.constantFrom(0, 50),
    }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<EffectivePolicy>;

const POLICIES = 3;

const happening = fc.oneof(
  fc.record({ kind: fc.constant('swap' as const), worker: fc.nat(WORKERS - 1), spec: fc.nat(POLICIES) }),
  fc.record({
    kind: fc.constant('members' as const),
    worker: fc.nat(WORKERS - 1),
    members: fc.subarray([...Array(ENDPOINTS).keys()]),
  }),
  fc.record({
    kind: fc.constant('load' as const),
    worker: fc.nat(WORKERS - 1),
    perSecond: fc.constantFrom(0, 50, 500),
  }),
  fc.record({ kind: fc.constant('conditions' as const), conditions: fc.nat(4) }),
  fc.record({
    kind: fc.constant('server-drain' as const),
    endpoints: fc.subarray([...Array(ENDPOINTS).keys()]),
    isOver: fc.boolean(),
  }),
);

const story = fc.record({
  workers: fc.integer({ min: 1, max: WORKERS }),
  policies: fc.array(policy, { minLength: POLICIES, maxLength: POLICIES }),
  durationsMs: fc.array(fc.constantFrom(1, 20, 80), { minLength: ENDPOINTS, maxLength: ENDPOINTS }),
  errorShares: fc.array(fc.constantFrom(0, 0.5, 1), { minLength: ENDPOINTS, maxLength: ENDPOINTS }),
  attempts: fc.integer({ min: 1, max: 4 }),
  tcpMs: fc.constantFrom(0, 3, 30),
  happenings: fc.array(fc.tuple(fc.integer({ min: 1, max: 150 }), happening), { maxLength: 12 }),
});

const KINDS = Object.values(Connect);

function tell(spec: typeof story extends fc.Arbitrary<infer T> ? T : never): Stage {
  const { happenings, ...options } = spec;
  const stage = newStage({
    ...options,
    isEvenlySpaced: false,
    // Another kind of connection for each endpoint, that changes with the conditions.
    connect: (endpoint) => KINDS[(endpoint + stage.cluster.conditions) % KINDS.length],
  });
  begin(stage, 300);
  let now = 0;
  for (const [waitMs, what] of happenings) {
    now += waitMs;
    stage.run(now);
    if (what.kind === 'conditions') stage.cluster.setConditions(what.conditions);
    else if (what.kind === 'server-drain') {
      stage.cluster.drainByServer(what.endpoints);
      if (what.isOver) stage.cluster.closeLeaving();
    } else if (what.worker < options.workers) {
      if (what.kind === 'load') stage.cluster.setLoad(what.worker, loadOf(what.perSecond));
      if (what.kind === 'members') stage.cluster.setMembers(what.worker, what.members);
      if (what.kind === 'swap') {
        stage.cluster.swap(what.worker, what.spec);
        stage.cluster.setMembers(what.worker, [0, 1]);
      }
    }
  }
  stage.run(now + 200);
  return stage;
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, one) => total + one, 0);

test('every request has one end, every connection has one', () => {
  fc.assert(
    fc.property(story, (spec) => {
      const stage = tell(spec);
      const { cluster, tally } = stage;
      cluster.finish();
      expect(sum(tally.outcomes)).toBe(tally.arrivals);
      // A removal closes whatever is left.
      for (let worker = 0; worker < spec.workers; worker++) cluster.swap(worker, 0);
      cluster.finish();
      expect(sum(tally.ends)).toBe(tally.opened);
    }),
    RUNS,
  );
});

test('the same story ends the same', () => {
  fc.assert(
    fc.property(story, (spec) => {
      const [one, two] = [tell(spec), tell(spec)].map(({ tally }) => [
        [...tally.outcomes],
        [...tally.ends],
        tally.opened,
      ]);
      expect(one).toEqual(two);
    }),
    RUNS,
  );
});

test('no limit is exceeded: connections but for the one that each pool may have, requests, those that wait', () => {
  fc.assert(
    fc.property(story, (spec) => {
      const { cluster } = tell({ ...spec, happenings: [] });
      const object = cluster.balancerOf(0)!.object;
      const { maxConnections, http2MaxRequests, http1MaxPendingRequests } = object.policy;
      expect(object.connections).toBeLessThanOrEqual(
        Math.max(maxConnections, spec.workers * ENDPOINTS + maxConnections),
      );
      expect(object.requests).toBeLessThanOrEqual(http2MaxRequests);
      expect(object.waiting).toBeLessThanOrEqual(http1MaxPendingRequests);
      expect(object.requests).toBe(sum(object.active));
    }),
    RUNS,
  );
});
