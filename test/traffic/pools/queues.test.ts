/** What queueing theory knows in closed form. */
import { expect, test } from 'vitest';
import type { Distribution } from '../../../packages/sim-core/src/kernel/distribution.js';
import { Outcome } from '../../../packages/sim-core/src/traffic/pools/tally.js';
import { begin, newStage } from './stage.js';

const WEB: Distribution = { lognormal: { median: 20, p95: 100 } };
const WEB_MEAN_MS = 32.2;
const EXPONENTIAL_MS = 50;
const EXPONENTIAL: Distribution = { gamma: { mean: EXPONENTIAL_MS, shape: 1 } };

/** Probability that all servers are busy, for requests that do not wait. */
function erlangLoss(servers: number, load: number): number {
  let blocked = 1;
  for (let n = 1; n <= servers; n++) blocked = (load * blocked) / (n + load * blocked);
  return blocked;
}

test('without limits as many requests are under way as arrive in the time of one: M/G/∞', () => {
  const stage = newStage({ durationsMs: [WEB], tcpMs: 0, isEvenlySpaced: false });
  begin(stage, 200);
  stage.run(1000);
  const { object } = stage.cluster.balancerOf(0)!;
  let sum = 0;
  const LOOKS = 20_000;
  for (let look = 1; look <= LOOKS; look++) {
    stage.run(1000 + 20 * look);
    sum += object.requests;
  }
  const expected = 0.2 * WEB_MEAN_MS;
  expect(Math.abs(sum / LOOKS - expected)).toBeLessThan(0.02 * expected);
});

test.each([
  { servers: 1, places: 0, perSecond: 20 },
  { servers: 3, places: 0, perSecond: 60 },
  { servers: 8, places: 0, perSecond: 160 },
  { servers: 3, places: 1, perSecond: 60 },
])('$servers connections and $places places to wait refuse what Erlang says', ({ servers, places, perSecond }) => {
  const stage = newStage({
    durationsMs: [EXPONENTIAL],
    tcpMs: 0,
    isEvenlySpaced: false,
    limits: { maxConnections: servers, http1MaxPendingRequests: places },
  });
  begin(stage, perSecond);
  const { object } = stage.cluster.balancerOf(0)!;
  stage.cluster.stock(object.poolOf(0, 0), servers);
  stage.tally.isCounting = false;
  stage.run(10_000);
  stage.tally.isCounting = true;
  stage.run(1_000_000);
  const refused = stage.tally.total(Outcome.AtLimit) + stage.tally.total(Outcome.WhileConnecting);
  const load = (perSecond * EXPONENTIAL_MS) / 1000;
  let expected = erlangLoss(servers, load);
  // A place to wait is a step more, served no faster than before.
  for (let place = 0; place < places; place++) expected = (load * expected) / (servers + load * expected);
  expect(Math.abs(refused / stage.tally.arrivals - expected)).toBeLessThan(0.06 * expected);
});

test('endpoints alike get alike, whatever the algorithm', () => {
  for (const simple of ['LEAST_REQUEST', 'ROUND_ROBIN', 'RANDOM'] as const) {
    const stage = newStage({
      workers: 2,
      durationsMs: [WEB, WEB, WEB],
      isEvenlySpaced: false,
      policies: [{ loadBalancer: { simple } }],
    });
    begin(stage, 300);
    stage.run(100_000);
    for (const requests of stage.tally.requestsTo) expect(Math.abs(requests / 10_000 - 1)).toBeLessThan(0.03);
  }
});

test('least request sends a slow endpoint less: where the others are idle, only when both picks are the slow one', () => {
  const stage = newStage({ durationsMs: [1, 500], isEvenlySpaced: true });
  begin(stage, 200);
  stage.run(100_000);
  const [fast, slow] = stage.tally.requestsTo;
  expect(Math.abs(slow / (fast + slow) - 0.25)).toBeLessThan(0.01);
});

test('HTTP/2: one connection carries them all', () => {
  const stage = newStage({
    durationsMs: [WEB],
    isEvenlySpaced: false,
    policies: [{ connectionPool: { http: { h2UpgradePolicy: 'UPGRADE' } } }],
  });
  begin(stage, 500);
  stage.run(10_000);
  expect(stage.tally.made).toBe(1);
  const [pool] = stage.cluster.standingPools;
  expect(pool.inFlight).toBeGreaterThan(3);
});

test('a connection takes as many requests as it may, and closes', () => {
  const stage = newStage({
    durationsMs: [5],
    policies: [{ connectionPool: { http: { maxRequestsPerConnection: 10 } } }],
  });
  begin(stage, 100);
  stage.run(10_000);
  expect(Math.abs(stage.tally.made - 100)).toBeLessThanOrEqual(1);
});

test('a connection that nobody uses for the idle timeout closes', () => {
  const stage = newStage({
    durationsMs: [WEB],
    isEvenlySpaced: false,
    policies: [{ connectionPool: { http: { idleTimeout: '2s' } } }],
  });
  begin(stage, 20);
  stage.cluster.stock(stage.cluster.balancerOf(0)!.object.poolOf(0, 0), 50);
  stage.run(1_900);
  expect(stage.cluster.standingPools[0].connections).toBe(50);
  stage.run(10_000);
  expect(stage.cluster.standingPools[0].connections).toBeLessThan(8);
});
