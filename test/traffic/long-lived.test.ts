/** Long-lived connections through changes of listeners, in numbers that can be worked out by hand. */

import { expect, test } from 'vitest';
import type { Distribution } from '../../packages/sim-core/src/kernel/distribution.js';
import { exp } from '../../packages/sim-core/src/kernel/elementary.js';
import type { DestinationRule, GatewayServer } from '../../packages/sim-core/src/manifest/types.js';
import type { PlannedWrite, RolloutPlan, WriteGroup } from '../../packages/sim-core/src/rollout/plan.js';
import { DEFAULT_TRAFFIC } from '../../packages/sim-core/src/scenario/traffic-schema.js';
import type { Scenario } from '../../packages/sim-core/src/scenario/types.js';
import { TraceKind } from '../../packages/sim-core/src/trace/events.js';
import { LongLived } from '../../packages/sim-core/src/traffic/long-lived/long-lived.js';
import { LongLivedModel } from '../../packages/sim-core/src/traffic/long-lived/long-lived-model.js';
import type { LongLivedTotals } from '../../packages/sim-core/src/traffic/long-lived/totals.js';
import {
  apply,
  destinationRule,
  endpoint,
  endpointWrite,
  gateway,
  group,
  HTTP_SERVER,
  layer4Service,
  peerAuthentication,
  plan,
  remove,
  service,
  virtualService,
  type Weights,
} from '../mesh/objects.js';
import { observe, steadyScenario } from '../mesh/runs.js';

const DB = 'db.shop.svc.cluster.local';
const TCP_SERVER: GatewayServer = { port: 5432, portName: 'tcp', protocol: 'TCP', hosts: ['*'] };
/** One minute on average, and no memory: what is left of a connection does not depend on its age. */
const MEMORYLESS: Distribution = { gamma: { mean: 60_000, shape: 1 } };
const OPEN = 100;
const SIDECAR = { hasSidecar: true };
/** LDS is applied 114.1 ms after the first write, and a worker hears of it 0.2 ms later. */
const CHANGED_S = 0.1143;
/** The drain time is the main thread's. */
const DRAIN_S = 44.9998;

const toDb = (weights: Weights) => layer4Service(DB, weights, { hosts: ['*'], gateways: ['shop/edge'] });

const INITIAL = {
  gateways: [gateway('edge', { app: 'edge' }, [HTTP_SERVER, TCP_SERVER])],
  services: [service(DB, [5432], 'TCP')],
  destinationRules: [destinationRule(DB, ['v1', 'v2'])],
  virtualServices: [toDb({ v1: 1 })],
  endpoints: [endpoint('db-1', DB, 'v1'), endpoint('db-2', DB, 'v1'), endpoint('db-3', DB, 'v2')],
};

interface Options {
  readonly lifetimeMs?: Distribution;
  readonly quietMs?: number;
  readonly horizonMs?: number;
  readonly drainTimeS?: number;
}

function totalsIn(scenario: Scenario, rollout: RolloutPlan, horizonMs = 120_000): LongLivedTotals {
  const readers: LongLived[] = [];
  const { horizonNs } = observe(scenario, rollout, {
    horizonMs,
    sinks: (outcomes, exposure) => {
      readers.push(new LongLived(new LongLivedModel(outcomes), exposure));
      return readers;
    },
  });
  return readers[0].finish(horizonNs);
}

function totalsOf(rollout: RolloutPlan, options: Options = {}): LongLivedTotals {
  const { lifetimeMs = MEMORYLESS, quietMs = 1000, horizonMs, drainTimeS = 45 } = options;
  const tcpConnections = { total: OPEN, lifetimeMs, quietMs };
  const scenario = {
    ...steadyScenario({ drainTimeS }),
    traffic: { ...DEFAULT_TRAFFIC, requestsPerSecond: 0, tcpConnections },
  };
  return totalsIn(scenario, rollout, horizonMs);
}

const after = (...groups: readonly WriteGroup[]): RolloutPlan => plan(INITIAL, groups);
const now = (...writes: readonly PlannedWrite[]): RolloutPlan => after(group(0, ...writes));
const rule = (trafficPolicy: DestinationRule['trafficPolicy']) =>
  apply(destinationRule(DB, ['v1', 'v2'], trafficPolicy));

/** Every connection has one end. */
function checkEnds({ tcp }: LongLivedTotals): void {
  const { openAtStart, opened, ended, drained, closedIdle, expired, cut, cutByServer, openAtEnd } = tcp;
  expect(ended + drained + closedIdle + expired + cut + cutByServer + openAtEnd).toBeCloseTo(openAtStart + opened, 6);
}

test('what is open when the chain is replaced, and lasts longer than the drain time, is cut and opened anew', () => {
  const totals = totalsOf(now(apply(toDb({ v2: 1 }))));
  const { tcp, handshakes, refused } = totals;
  checkEnds(totals);
  expect(tcp.openAtStart).toBeCloseTo(OPEN, 9);
  expect(tcp.cut).toBeCloseTo(OPEN * exp(-DRAIN_S / 60), 9);
  expect(tcp.drained).toBeCloseTo(OPEN * (1 - exp(-DRAIN_S / 60)), 6);
  expect(handshakes).toBeCloseTo(tcp.cut, 9);
  // They all go to the one endpoint of v2, at one instant.
  expect(totals.peakHandshakesPerUpstream).toBeCloseTo(tcp.cut, 9);
  expect(tcp.openAtEnd).toBeCloseTo(OPEN, 6);
  expect(refused).toEqual([]);
});

test('a lifetime that is fixed: those that were opened in the last 15 of 60 s outlast the drain time', () => {
  const totals = totalsOf(now(apply(toDb({ v2: 1 }))), { lifetimeMs: 60_000 });
  checkEnds(totals);
  expect(totals.tcp.cut).toBeCloseTo((OPEN * (60 - DRAIN_S)) / 60, 9);
  const shorter = totalsOf(now(apply(toDb({ v2: 1 }))), { lifetimeMs: 60_000, drainTimeS: 6 });
  expect(shorter.tcp.cut).toBeCloseTo((OPEN * 54.0002) / 60, 9);
  expect(totalsOf(now(apply(toDb({ v2: 1 }))), { lifetimeMs: 40_000 }).tcp.cut).toBe(0);
});

test('the horizon may come before the end of the drain: then nothing has been cut yet', () => {
  const totals = totalsOf(now(apply(toDb({ v2: 1 }))), { horizonMs: 30_000 });
  checkEnds(totals);
  expect(totals.tcp.cut).toBe(0);
  expect(totals.tcp.drained).toBeCloseTo(OPEN * (1 - exp(-(30 - CHANGED_S) / 60)), 9);
});

test('a policy of the cluster, its removal, and endpoints that go leave connections alone', () => {
  for (const write of [
    rule({ connectionPool: { tcp: { maxConnections: 5 } } }),
    apply(destinationRule(DB, ['v1'])),
    endpointWrite(INITIAL.endpoints[0], 'delete'),
  ]) {
    const totals = totalsOf(now(write));
    checkEnds(totals);
    expect([totals.tcp.cut, totals.tcp.drained, totals.handshakes, totals.refused.length]).toEqual([0, 0, 0, 0]);
    expect(totals.tcp.openAtEnd).toBeCloseTo(OPEN, 9);
  }
});

test('two changes: who came in between is cut with the second chain, at its own time', () => {
  const totals = totalsOf(after(group(0, apply(toDb({ v2: 1 }))), group(20_000, apply(toDb({ v1: 1, v2: 1 })))));
  checkEnds(totals);
  const between = OPEN * (1 - exp(-20.01 / 60)) * exp(-DRAIN_S / 60);
  expect(totals.tcp.cut).toBeCloseTo(OPEN * exp(-DRAIN_S / 60) + between, 9);
});

test('those that are cut while the route leads nowhere are refused, and lost', () => {
  const dropped = [apply(destinationRule(DB, ['v1'])), apply(toDb({ v2: 1 }))];
  const totals = totalsOf(now(...dropped));
  checkEnds(totals);
  const [refused, ...others] = totals.refused;
  expect(others).toEqual([]);
  expect(refused.refusal).toEqual({
    ...{ flag: 'NC', code: 0, cause: 'subset-undefined', host: '*', destination: DB, subset: 'v2', kind: 'gateway' },
  });
  // 100 in a minute want a connection, and those of before whose connections have been cut want one back.
  expect(refused.expected).toBeCloseTo((OPEN / 60) * (120 - 0.127) + OPEN * exp(-DRAIN_S / 60), 2);
  expect(totals.handshakes).toBe(0);
  expect(totals.tcp.openAtEnd).toBe(0);
});

test.each<[cause: string, flag: string, writes: readonly PlannedWrite[]]>([
  ['no-ready-endpoints', 'UH', [endpointWrite(INITIAL.endpoints[2], 'delete'), apply(toDb({ v2: 1 }))]],
  ['no-listener', '-', [remove(toDb({ v1: 1 }))]],
  ['eds-late', 'NC', [apply(destinationRule(DB, ['v1', 'v2', 'v3'])), apply(toDb({ v3: 1 }))]],
])('new connections are closed at once: %s', (cause, flag, writes) => {
  const totals = totalsOf(now(...writes));
  checkEnds(totals);
  expect(totals.refused.map(({ refusal }) => [refusal.cause, refusal.flag, refusal.code])).toContainEqual([
    cause,
    flag,
    0,
  ]);
});

test('weights: of two destinations one is missing, and refuses its share for good', () => {
  const { refused } = totalsOf(now(apply(toDb({ v1: 3, v9: 1 }))));
  expect(refused).toHaveLength(1);
  const all = (OPEN / 60) * (120 - CHANGED_S) + OPEN * exp(-DRAIN_S / 60);
  expect(refused[0].expected).toBeCloseTo(all / 4, 9);
});

test('a greatest age and an idle timeout hold for connections of the new chain', () => {
  const fixed = { lifetimeMs: 60_000, horizonMs: 180_000 };
  const aged = totalsOf(now(rule({ connectionPool: { tcp: { maxConnectionDuration: '10s' } } })), fixed);
  checkEnds(aged);
  // All that were opened since reach 10 s, but for the last 10 s of them; of those that were cut a third had more left.
  const opened = (OPEN / 60) * (180 - CHANGED_S - 10);
  expect(aged.tcp.expired).toBeCloseTo(opened + (OPEN / 60) * (60 - DRAIN_S - 10), 1);
  const quiet = { ...fixed, quietMs: 30_000 };
  const idle = totalsOf(now(rule({ connectionPool: { tcp: { idleTimeout: '10s' } } })), quiet);
  expect(idle.tcp.closedIdle).toBeCloseTo(aged.tcp.expired, 9);
  expect(totalsOf(now(rule({ connectionPool: { tcp: { idleTimeout: '10s' } } })), fixed).tcp.closedIdle).toBe(0);
});

test("a server's inbound chains drain too: its share of the connections is cut, and goes to where they are taken", () => {
  const initial = {
    ...INITIAL,
    gateways: [],
    virtualServices: [layer4Service(DB, { v1: 1 }, {})],
    endpoints: [endpoint('db-1', DB, 'v1', { hasSidecar: true }), endpoint('db-2', DB, 'v1')],
  };
  const tcpConnections = { total: OPEN, lifetimeMs: MEMORYLESS, quietMs: 1000 };
  const scenario = {
    ...steadyScenario({ sidecars: 1, gateways: 0 }),
    traffic: { ...DEFAULT_TRAFFIC, requestsPerSecond: 0, tcpConnections },
  };
  const totals = totalsIn(scenario, plan(initial, [group(0, apply(peerAuthentication('STRICT')))]));
  checkEnds(totals);
  expect(totals.tcp.cutByServer).toBeCloseTo((OPEN / 2) * exp(-DRAIN_S / 60), 3);
  expect(totals.tcp.cut).toBe(0);
});

test('an endpoint that goes keeps its connections until its pod has stopped', () => {
  const [leaving] = INITIAL.endpoints;
  const object = {
    ...{ type: 'Rollout' as const, removed: [leaving], added: [], kept: 1 },
    ...{ maxSurge: 1, maxUnavailable: 0, recreates: false, minReadyMs: 0 },
    timing: { preStopMs: 30_000, gracePeriodMs: 60_000, exitsWhenIdle: false, minimumDrainMs: 5_000 },
  };
  const scaled = totalsOf(
    now({ action: 'apply', kind: 'Deployment', key: 'Deployment/shop/db', object, revision: 'after' }),
  );
  checkEnds(scaled);
  // EDS takes about as long as LDS; whoever comes until then takes the place of those that leave.
  expect(scaled.tcp.cutByServer).toBeCloseTo((OPEN / 2) * exp(-(30 - CHANGED_S) / 60), 1);
  expect(scaled.handshakes).toBeCloseTo(scaled.tcp.cutByServer, 9);
  expect(scaled.refused).toEqual([]);
  expect(scaled.tcp.cut).toBe(0);
});

test('a pod that waits for its connections cuts none when they have ended, and those that last when its time is up', () => {
  const endpoints = [
    ...INITIAL.endpoints.map(({ endpoint: { id, labels } }) => endpoint(id, DB, labels.version, SIDECAR)),
  ];
  const object = {
    ...{ type: 'Rollout' as const, removed: [endpoints[0]], added: [], kept: 1 },
    ...{ maxSurge: 1, maxUnavailable: 0, recreates: false, minReadyMs: 0 },
    timing: { preStopMs: 0, gracePeriodMs: 60_000, exitsWhenIdle: true, minimumDrainMs: 5_000 },
  };
  const write: PlannedWrite = {
    action: 'apply',
    kind: 'Deployment',
    key: 'Deployment/shop/db',
    object,
    revision: 'after',
  };
  const rollout = plan({ ...INITIAL, endpoints }, [group(0, write)]);
  const tcpConnections = { total: 4, lifetimeMs: { gamma: { mean: 20_000, shape: 1 } }, quietMs: 1000 };
  const scenario = { ...steadyScenario(), traffic: { ...DEFAULT_TRAFFIC, requestsPerSecond: 0, tcpConnections } };
  const trials = Array.from({ length: 60 }, (_, trial) => {
    const readers: LongLived[] = [];
    const { recording, horizonNs } = observe(scenario, rollout, {
      trial,
      horizonMs: 90_000,
      lasting: true,
      sinks: (outcomes, exposure) => {
        readers.push(new LongLived(new LongLivedModel(outcomes), exposure));
        return readers;
      },
    });
    const gone = [...recording].find(({ kind }) => kind === TraceKind.PodGone);
    const totals = readers[0].finish(horizonNs);
    checkEnds(totals);
    return { goneS: Math.round((gone?.timeNs ?? 0) / 1e9), cut: totals.tcp.cutByServer };
  });
  for (const { goneS, cut } of trials) {
    if (goneS < 60) expect(cut).toBe(0);
    // One at least has been seen at 59 s.
    else expect(cut).toBeGreaterThan(0.9);
  }
  // Each has ended by x with probability 1 − exp(−x / 20): both by 12 s in a third of all trials.
  expect(Math.min(...trials.map(({ goneS }) => goneS))).toBe(6);
  expect(new Set(trials.map(({ goneS }) => goneS)).size).toBeGreaterThan(15);
});

test('streams are cut with the HTTP chain that they came in by, and by nothing else', () => {
  const web = 'web.shop.svc.cluster.local';
  const https = (credentialName: string): GatewayServer => ({
    ...{ port: 443, portName: 'https', protocol: 'HTTPS', hosts: ['*'] },
    tls: { mode: 'SIMPLE', credentialName },
  });
  const edge = (credentialName: string) => gateway('edge', { app: 'edge' }, [https(credentialName)]);
  const routes = (weights: Weights) => virtualService(web, weights, { gateways: ['shop/edge'] });
  const initial = {
    gateways: [edge('old')],
    services: [service(web)],
    destinationRules: [destinationRule(web, ['v1', 'v2'])],
    virtualServices: [routes({ v1: 1 })],
    endpoints: [endpoint('web-1', web, 'v1'), endpoint('web-2', web, 'v2')],
  };
  const streams = { total: OPEN, lifetimeMs: MEMORYLESS, quietMs: 1000 };
  const scenario = { ...steadyScenario(), traffic: { ...DEFAULT_TRAFFIC, streams } };
  const streamsAfter = (write: PlannedWrite) => totalsIn(scenario, plan(initial, [group(0, write)])).streams;
  expect(streamsAfter(apply(edge('new'))).cut).toBeCloseTo(OPEN * exp(-DRAIN_S / 60), 9);
  expect(streamsAfter(apply(routes({ v2: 1 })))).toMatchObject({ cut: 0, drained: 0 });
});
