/** What a new cluster object, a removal and an endpoint that leaves do to connections and to the requests on them. */
import { expect, test } from 'vitest';
import { Connect } from '../../../packages/sim-core/src/traffic/pools/setting.js';
import { End, Outcome } from '../../../packages/sim-core/src/traffic/pools/tally.js';
import { WaitHistogram } from '../../../packages/sim-core/src/traffic/pools/wait-histogram.js';
import { begin, loadOf, newStage, type Stage, type StageOptions, swapAll } from './stage.js';

function endsOf({ tally }: Stage) {
  const of = (end: number): number => tally.ends[end];
  return {
    closedIdle: of(End.ClosedIdle),
    drained: of(End.Drained),
    retired: of(End.Retired),
    expired: of(End.Expired),
  };
}

/** A request every 10 ms to one endpoint that takes 25 ms: three at once, two just before a new one. */
const STEADY: StageOptions = { durationsMs: [25], policies: [{}, {}] };

test('a pool has as many connections as there ever were requests at once, and uses the latest', () => {
  const stage = newStage(STEADY);
  stage.tally.waits = new WaitHistogram();
  begin(stage, 100);
  stage.run(1000);
  expect(stage.tally.made).toBe(3);
  // Three requests in flight find an idle connection each time: nobody waits but for the three handshakes of 1 ms.
  expect(stage.tally.waits.quantile(0.96)).toBe(0);
  expect(stage.tally.waits.quantile(0.99)).toBeGreaterThan(0.9e6);
});

test('a swap: what is idle closes, what is busy finishes, and as many are dialled anew', () => {
  const stage = newStage(STEADY);
  begin(stage, 100);
  stage.cluster.stock(stage.cluster.balancerOf(0)!.object.poolOf(0, 0), 6);
  stage.run(1000);
  const { made } = stage.tally;
  expect(made).toBe(0);
  swapAll(stage, 2);
  // Two or three of the six are busy, as the swap finds them.
  const busy = 6 - endsOf(stage).closedIdle;
  expect(busy).toBeGreaterThanOrEqual(2);
  expect(busy).toBeLessThanOrEqual(3);
  expect(endsOf(stage).drained).toBe(0);
  stage.run(1030);
  expect(endsOf(stage)).toEqual({ closedIdle: 6 - busy, drained: busy, retired: 0, expired: 0 });
  stage.run(2000);
  expect(stage.tally.made - made).toBe(3);
  // Nobody fails of it.
  expect(stage.tally.total(Outcome.Served)).toBeGreaterThan(190);
  expect(stage.tally.arrivals - stage.tally.total(Outcome.Served)).toBeLessThanOrEqual(3);
});

test('a server that replaces its filter chains: each connection ends with its next answer, the idle ones in the end', () => {
  const stage = newStage(STEADY);
  begin(stage, 100);
  stage.cluster.stock(stage.cluster.balancerOf(0)!.object.poolOf(0, 0), 6);
  stage.run(1000);
  stage.cluster.drainByServer([0]);
  expect(stage.tally.ends[End.ClosedIdle]).toBe(0);
  stage.run(1030);
  // Two or three are busy, and one or two of the idle ones are used within the 30 ms.
  const { drained } = endsOf(stage);
  expect(drained).toBeGreaterThanOrEqual(2);
  stage.run(2000);
  // The last ones used are used first, until none of the old ones is left.
  expect(endsOf(stage)).toEqual({ closedIdle: 0, drained: 6, retired: 0, expired: 0 });
  expect(stage.tally.made).toBe(3);
  stage.run(3000);
  expect(stage.tally.made).toBe(3);
  expect(stage.tally.arrivals - stage.tally.total(Outcome.Served)).toBeLessThanOrEqual(3);
});

test('a server that replaces its filter chains closes what nobody uses', () => {
  const stage = newStage(STEADY);
  begin(stage, 100);
  stage.cluster.stock(stage.cluster.balancerOf(0)!.object.poolOf(0, 0), 6);
  stage.run(5);
  stage.cluster.setLoad(0, loadOf(0));
  stage.cluster.drainByServer([0]);
  stage.run(100);
  stage.cluster.closeLeaving();
  expect(endsOf(stage).closedIdle + endsOf(stage).drained).toBe(6);
  expect(endsOf(stage).closedIdle).toBeGreaterThanOrEqual(5);
});

test('requests that wait for a connection of the old object are served by it', () => {
  // A handshake of 30 ms: three requests wait when the swap comes.
  const stage = newStage({ ...STEADY, tcpMs: 30 });
  begin(stage, 100);
  stage.run(29);
  const waiting = stage.tally.arrivals;
  swapAll(stage, 2);
  expect(endsOf(stage).closedIdle).toBe(0);
  stage.cluster.setLoad(0, loadOf(0));
  stage.run(200);
  expect(stage.tally.total(Outcome.Served)).toBe(waiting);
  expect(endsOf(stage).drained).toBe(waiting);
});

test('a connection that is being made for nobody any more is given up', () => {
  // The second request dials, and takes the first one's connection before its own is there.
  const stage = newStage({ durationsMs: [5], tcpMs: 8, policies: [{}, {}] });
  begin(stage, 500);
  stage.run(1.99);
  stage.cluster.setLoad(0, loadOf(0));
  stage.run(20);
  expect(stage.tally.opened).toBe(stage.tally.made);
  const again = newStage({ durationsMs: [1], tcpMs: 8, policies: [{}, {}] });
  begin(again, 250);
  again.run(12.5);
  const before = { opened: again.tally.opened, made: again.tally.made };
  swapAll(again, 2);
  again.cluster.setLoad(0, loadOf(0));
  again.run(40);
  // Whatever was under way without a request never becomes a connection.
  expect(before.opened - before.made).toBeGreaterThan(0);
  expect(endsOf(again).closedIdle + endsOf(again).drained).toBe(before.opened);
});

test('a removal drains as a swap does, and requests find no cluster from then on', () => {
  const stage = newStage(STEADY);
  begin(stage, 100);
  stage.run(1000);
  const { arrivals } = stage.tally;
  swapAll(stage, 0);
  stage.run(2000);
  expect(stage.tally.total(Outcome.NoCluster)).toBe(stage.tally.arrivals - arrivals);
  expect(endsOf(stage).closedIdle + endsOf(stage).drained).toBe(3);
  expect(stage.tally.total(Outcome.Served)).toBe(arrivals);
});

test('an endpoint that leaves drains its own pool; the others keep theirs', () => {
  const stage = newStage({ durationsMs: [25, 25], policies: [{ loadBalancer: { simple: 'ROUND_ROBIN' } }] });
  begin(stage, 200);
  stage.run(1000);
  const { made } = stage.tally;
  expect(made).toBe(6);
  stage.cluster.setMembers(0, [1]);
  stage.run(1100);
  expect(endsOf(stage).closedIdle + endsOf(stage).drained).toBe(3);
  // The one that stays gets all of the load, on twice as many connections.
  expect(stage.tally.made - made).toBe(3);
  stage.cluster.setMembers(0, []);
  stage.run(1200);
  expect(stage.tally.total(Outcome.NoEndpoint)).toBeGreaterThan(18);
});

test('workers swap each for itself, and share the counts of the object that both have', () => {
  const limited = { connectionPool: { tcp: { maxConnections: 2 }, http: { http1MaxPendingRequests: 1 } } };
  const stage = newStage({ workers: 2, durationsMs: [25], policies: [limited, limited] });
  begin(stage, 200);
  stage.run(1000);
  // One connection a worker: the limit is the proxy's.
  expect(stage.tally.made).toBe(2);
  stage.cluster.swap(0, 2);
  stage.cluster.setMembers(0, [0]);
  stage.run(1030);
  // The first worker alone has the new object, whose count starts from nothing: two connections for it. What it has left
  // of the old one's limit goes to the second worker.
  expect(stage.tally.made).toBe(5);
  stage.cluster.swap(1, 2);
  stage.cluster.setMembers(1, [0]);
  stage.run(2000);
  // Then the second one finds the limit reached, and has the one that every pool may have.
  expect(stage.tally.made).toBe(6);
});

test('what a server takes from now on is met by new connections only', () => {
  const stage = newStage({
    durationsMs: [25],
    policies: [{}, {}],
    connect: () => (stage.cluster.conditions === 0 ? Connect.Plaintext : Connect.Cut),
  });
  begin(stage, 100);
  stage.run(500);
  stage.cluster.setConditions(1);
  stage.run(1000);
  expect(stage.tally.total(Outcome.Cut)).toBe(0);
  swapAll(stage, 2);
  stage.run(2000);
  expect(stage.tally.total(Outcome.Cut)).toBeGreaterThan(97);
  expect(stage.tally.ends[End.Cut]).toBe(stage.tally.total(Outcome.Cut));
});

test('a handshake that fails takes along all that wait, and each of them is retried as its route says', () => {
  const refusing = { durationsMs: [25], connect: () => Connect.TlsFails };
  const once = newStage(refusing);
  begin(once, 200);
  once.run(1000);
  expect(once.tally.total(Outcome.HandshakeFailed)).toBeGreaterThan(196);
  // Who waits behind the first handshake fails with it, and the second handshake finds others waiting.
  expect(once.tally.opened).toBeLessThan(once.tally.total(Outcome.HandshakeFailed));
  const thrice = newStage({ ...refusing, attempts: 3 });
  begin(thrice, 10);
  thrice.run(10_000);
  thrice.cluster.finish();
  expect(thrice.tally.retries).toBe(2 * thrice.tally.total(Outcome.HandshakeFailed));
});
