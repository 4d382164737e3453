/** Invariants 2 and 6 for connections: each has one end, and the expected numbers agree with connections walked one by one. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Distribution } from '../../packages/sim-core/src/kernel/distribution.js';
import { newSampler } from '../../packages/sim-core/src/kernel/distribution.js';
import { log } from '../../packages/sim-core/src/kernel/elementary.js';
import { Draws, newRootKey, UniformStream } from '../../packages/sim-core/src/kernel/random.js';
import type { VirtualService } from '../../packages/sim-core/src/manifest/types.js';
import type { PlannedWrite, RolloutPlan, WrittenObject } from '../../packages/sim-core/src/rollout/plan.js';
import { DEFAULT_TRAFFIC } from '../../packages/sim-core/src/scenario/traffic-schema.js';
import { LongLived } from '../../packages/sim-core/src/traffic/long-lived/long-lived.js';
import { LongLivedModel } from '../../packages/sim-core/src/traffic/long-lived/long-lived-model.js';
import type { ConnectionTotals } from '../../packages/sim-core/src/traffic/long-lived/totals.js';
import {
  type Client,
  ConnectionWalk,
  type WalkedConnection,
} from '../../packages/sim-core/src/traffic/long-lived/walk.js';
import { HTTP_SERVER } from '../mesh/objects.js';
import { observe } from '../mesh/runs.js';
import { times } from './counts.js';
import { type WorldSpec, worldSpec } from './world-specs.js';
import { HORIZON_MS, newWorld } from './worlds.js';

const OPEN = 200;
const LONGEST_MS = 20_000;
const LIFETIME: Distribution = {
  quantiles: [
    [0, 100],
    [0.4, 3_000],
    [1, LONGEST_MS],
  ],
};

interface TcpSpec {
  readonly world: WorldSpec;
  readonly drainTimeS: number;
  readonly quietMs: number;
  /** The first pod is told to go with the first write, and stops so much later; undefined: it stays. */
  readonly stopsAfterMs: number | undefined;
}

const tcpSpec: fc.Arbitrary<TcpSpec> = fc.record({
  world: worldSpec,
  drainTimeS: fc.constantFrom(0, 0.0005, 0.1, 2, 10),
  quietMs: fc.constantFrom(1_000, 2_500),
  stopsAfterMs: fc.constantFrom(undefined, 0, 2_000),
});

/** A drawn rollout of HTTP as one of TCP: the same destinations, services and gateways; some policies limit connections. */
function asTcp(plan: RolloutPlan): RolloutPlan {
  const written = (object: WrittenObject): WrittenObject => {
    if (object.type === 'VirtualService') return tcpService(object);
    if (object.type !== 'DestinationRule' || object.trafficPolicy?.connectionPool === undefined) return object;
    const tcp = { maxConnections: 7, maxConnectionDuration: '3s', idleTimeout: '2s' };
    return { ...object, trafficPolicy: { connectionPool: { tcp } } };
  };
  const { initial } = plan;
  const tcpServer = { ...HTTP_SERVER, port: 9000, protocol: 'TCP' };
  return {
    ...plan,
    initial: {
      ...initial,
      virtualServices: initial.virtualServices.map(tcpService),
      destinationRules: initial.destinationRules.map((rule) => written(rule) as typeof rule),
      gateways: initial.gateways.map((gateway) => ({ ...gateway, servers: [HTTP_SERVER, tcpServer] })),
      services: initial.services.map((service) => ({
        ...service,
        ports: service.ports.map((port) => ({ ...port, protocol: 'TCP' })),
      })),
    },
    groups: plan.groups.map((group) => ({
      ...group,
      writes: group.writes.map((write): PlannedWrite => ({ ...write, object: written(write.object) })),
    })),
  };
}

function tcpService(service: VirtualService): VirtualService {
  const tcp = service.http.map(({ destinations, position }) => ({ matches: [], destinations, position }));
  return { ...service, http: [], tcp };
}

function withStop(plan: RolloutPlan, preStopMs: number | undefined): RolloutPlan {
  const [first, ...rest] = plan.groups;
  if (preStopMs === undefined || first === undefined || plan.initial.endpoints.length === 0) return plan;
  const object = {
    ...{ type: 'Rollout' as const, removed: plan.initial.endpoints.slice(0, 1), added: [], kept: 1 },
    ...{ maxSurge: 1, maxUnavailable: 0, recreates: false, minReadyMs: 0 },
    timing: { preStopMs, gracePeriodMs: 60_000, exitsWhenIdle: false, minimumDrainMs: 5_000 },
  };
  const stop: PlannedWrite = { action: 'apply', kind: 'Deployment', key: 'Deployment/shop/pods', object, revision: '' };
  return { ...plan, groups: [{ ...first, writes: [...first.writes, stop] }, ...rest] };
}

/** Clients that come at the rate of the steady state, from before all that can be open at the start. */
function drawClients({ model, flows, ratesPerMs }: LongLivedModel, trial: number): Client[] {
  const draws = new Draws(newRootKey('connections'), trial);
  const lifetime = newSampler(LIFETIME);
  const { workersPerProxy } = model.scenario.mesh;
  return model.proxies.ids.flatMap((_, proxy) => {
    const group = model.proxies.groupOf[proxy];
    return flows[group].flatMap((flow, f) =>
      Array.from({ length: workersPerProxy }, (__, worker) => {
        const stream = new UniformStream(draws, (proxy * workersPerProxy + worker) * 64 + f, 0x2000);
        const clients: Client[] = [];
        let atMs = -LONGEST_MS;
        for (;;) {
          atMs -= log(stream.next()) / ratesPerMs[group][f];
          if (atMs >= HORIZON_MS) return clients;
          const toMs = atMs + lifetime.quantile(stream.next());
          clients.push({ proxy, worker, flow, fromMs: atMs, toMs, pick: () => stream.next() });
        }
      }).flat(),
    );
  });
}

interface Compared {
  readonly totals: ConnectionTotals;
  readonly refused: number;
  readonly walked: readonly WalkedConnection[];
  readonly clients: number;
}

function compared({ world, drainTimeS, quietMs, stopsAfterMs }: TcpSpec): Compared {
  const { scenario, plan, trial } = newWorld(world);
  const tcpConnections = { total: OPEN, lifetimeMs: LIFETIME, quietMs };
  const tcp = {
    ...scenario,
    mesh: { ...scenario.mesh, drainTimeS },
    traffic: { ...DEFAULT_TRAFFIC, requestsPerSecond: 0, tcpConnections },
  };
  const readers: [LongLived, ConnectionWalk][] = [];
  let clients = 0;
  const { horizonNs } = observe(tcp, withStop(asTcp(plan), stopsAfterMs), {
    trial,
    horizonMs: HORIZON_MS,
    sinks: (outcomes, exposure) => {
      const shared = new LongLivedModel(outcomes);
      const drawn = drawClients(shared, trial);
      clients = drawn.length;
      readers.push([new LongLived(shared, exposure), new ConnectionWalk(outcomes, exposure, drawn)]);
      return readers[0];
    },
  });
  const [[expected, walk]] = readers;
  const { tcp: totals, refused } = expected.finish(horizonNs);
  return {
    totals,
    refused: refused.reduce((sum, { expected: number }) => sum + number, 0),
    walked: walk.finish(horizonNs).filter(({ endedMs }) => endedMs > 0),
    clients,
  };
}

const ENDS = ['ended', 'drained', 'closedIdle', 'expired', 'cut', 'cutByServer', 'openAtEnd'] as const;

/** Clients come by chance and independently; one whose connection is cut again counts more than once. */
function isImprobable(count: number, expected: number): boolean {
  return Math.abs(count - expected) > 6 * Math.sqrt(4 * expected) + 10;
}

/** In expectation, and each that is walked. */
function checkEnds({ totals, walked }: Compared): void {
  const ends = ENDS.reduce((sum, end) => sum + totals[end], 0);
  expect(Math.abs(ends - totals.openAtStart - totals.opened)).toBeLessThan(1e-6 * (1 + totals.opened));
  for (const end of ENDS) expect(totals[end], end).toBeGreaterThanOrEqual(0);
  // A client has one connection at a time: its next opens when the one before has been cut.
  const last = new Map<Client, number>();
  for (const { client, openedMs, endedMs } of [...walked].sort((a, b) => a.openedMs - b.openedMs)) {
    expect(openedMs).toBeGreaterThanOrEqual(last.get(client) ?? client.fromMs);
    expect(endedMs).toBeGreaterThanOrEqual(openedMs);
    expect(endedMs).toBeLessThanOrEqual(Math.min(client.toMs, HORIZON_MS));
    last.set(client, endedMs);
  }
}

test('every connection has one end; the expected numbers agree with connections walked one by one', () => {
  const pooled = new Map<string, { expected: number; count: number }>();
  const met = new Set<string>();
  fc.assert(
    fc.property(tcpSpec, (spec) => {
      const seen = compared(spec);
      fc.pre(seen.clients > 0);
      checkEnds(seen);
      const { totals, refused, walked } = seen;
      const expected = { ...Object.fromEntries(ENDS.map((end) => [end, totals[end]])), refused };
      for (const [end, number] of Object.entries(expected)) {
        const count = walked.filter((connection) => connection.end === end).length;
        expect(isImprobable(count, number), `${end}: ${count} walked, ${number} expected`).toBe(false);
        const entry = pooled.get(end) ?? { expected: 0, count: 0 };
        pooled.set(end, { expected: entry.expected + number, count: entry.count + count });
        if (number > 10) met.add(end);
      }
    }),
    times(80),
  );
  for (const [end, { expected, count }] of pooled) {
    expect(isImprobable(count, expected), `${end} in all: ${count} walked, ${expected} expected`).toBe(false);
  }
  expect([...met].sort()).toEqual([...ENDS, 'refused'].sort());
});
