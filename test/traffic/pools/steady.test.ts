/** What is known of a steady load, and the few proxies that stand for many. */
import { expect, test } from 'vitest';
import { hasLimits, SteadyStates } from '../../../packages/sim-core/src/traffic/pools/steady-states.js';
import { Outcome } from '../../../packages/sim-core/src/traffic/pools/tally.js';
import { mean, newCase, requestsOf, type Settings, trialsOf } from '../../behaviours/case.js';
import { begin, loadOf, newStage, type StageOptions } from './stage.js';

const TIGHT = { connectionPool: { tcp: { maxConnections: 8 }, http: { http1MaxPendingRequests: 4 } } };
const GATEWAY: StageOptions = {
  workers: 2,
  durationsMs: [20, 20, 20].map((median) => ({ lognormal: { median, p95: 100 } })),
  isEvenlySpaced: false,
  policies: [TIGHT],
};

test.each([100, 200, 400])('the share that limits refuse of %i requests/s, within one percent of all', (perSecond) => {
  // Who gets the connections first keeps them: a long run of one proxy would tell of that proxy.
  const PROXIES = 100;
  let [refused, arrivals] = [0, 0];
  for (let trial = 0; trial < PROXIES; trial++) {
    const stage = newStage({ ...GATEWAY, trial });
    begin(stage, perSecond);
    stage.tally.isCounting = false;
    stage.run(10_000);
    stage.tally.isCounting = true;
    stage.run(30_000);
    refused += stage.tally.total(Outcome.AtLimit) + stage.tally.total(Outcome.WhileConnecting);
    arrivals += stage.tally.arrivals;
  }
  const situation = { spec: 1, members: [0, 1, 2], conditions: 0, load: loadOf(perSecond / 2) };
  const { overflowShare } = new SteadyStates(newStage(GATEWAY).cluster.setting, 'steady').of(situation);
  expect(Math.abs(overflowShare - refused / arrivals)).toBeLessThan(0.01);
});

test('without limits none, and the same load is run once', () => {
  const { setting } = newStage({ ...GATEWAY, policies: [{}] }).cluster;
  expect(hasLimits(setting.policyOf(1))).toBe(false);
  const steady = new SteadyStates(setting, 'steady');
  const situation = { spec: 1, members: [0, 1, 2], conditions: 0, load: loadOf(50) };
  expect(steady.of(situation).overflowShare).toBe(0);
  expect(steady.of({ ...situation, load: loadOf(50) })).toBe(steady.of(situation));
  expect(steady.of({ ...situation, load: loadOf(51) })).not.toBe(steady.of(situation));
});

/** The same requests for each sidecar, of which there are more or fewer. */
function mesh(sidecars: number): Settings {
  return { 'mesh.sidecars': sidecars, 'mesh.gateways': 0, 'traffic.requestsPerSecond': 20 * sidecars };
}

test('three sidecars of thirty tell what all would: numbers of a mesh grow with it', async () => {
  const TRIALS = 60;
  const [three, thirty] = await Promise.all(
    [3, 30].map(async (sidecars) => trialsOf(await newCase('first-dr', mesh(sidecars)), 'simultaneous', TRIALS)),
  );
  for (const name of ['closedIdle', 'handshakes'] as const) {
    const [few, many] = [three, thirty].map((trials) => mean(trials, ({ connections }) => connections[name]));
    expect(Math.abs(many / (10 * few) - 1)).toBeLessThan(0.03);
  }
});

test.each(['pool-limits', 'outlier-forgotten', 'policy-with-release'])(
  'requests of %s are conserved, those that only a sample tells of among them',
  async (name) => {
    const study = await newCase(name);
    for (const { buckets } of trialsOf(study, 'simultaneous', 2)) {
      const sum = buckets.reduce((total, { expected }) => total + expected, 0);
      expect(Math.abs(sum / requestsOf(study) - 1)).toBeLessThan(1e-9);
    }
  },
);

test('a busy mesh costs no more than a quiet one: fewer proxies, then shorter windows', async () => {
  const study = await newCase('first-dr', { 'traffic.requestsPerSecond': 1_000_000, 'mesh.sidecars': 10 });
  const [first, second] = trialsOf(study, 'simultaneous', 2);
  // What is known of the steady load is there with the first trial.
  const startMs = performance.now();
  trialsOf(study, 'simultaneous', 2);
  expect(performance.now() - startMs).toBeLessThan(5_000);
  // 83,000 requests/s of each proxy that take 32 ms: some 2,700 at once, of which all have a connection.
  for (const { connections } of [first, second]) {
    expect(connections.closedIdle + connections.drained).toBeGreaterThan(12 * 2_700);
    expect(connections.closedIdle + connections.drained).toBeLessThan(12 * 4_000);
  }
});
