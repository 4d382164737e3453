/** The policy cells of the lab: what a swap closes and opens, and whom limits refuse. Each row is one measured gateway. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { newSampler } from '../../../packages/sim-core/src/kernel/distribution.js';
import { Draws, newRootKey } from '../../../packages/sim-core/src/kernel/random.js';
import { clusterPolicy, type EffectivePolicy } from '../../../packages/sim-core/src/manifest/traffic-policy.js';
import { PRESETS } from '../../../packages/sim-core/src/scenario/presets.js';
import {
  type FixedTraffic,
  type FixedTrafficCounts,
  simulateFixedTraffic,
} from '../../../packages/sim-core/src/traffic/pools/fixed-traffic.js';
import { Connect } from '../../../packages/sim-core/src/traffic/pools/setting.js';

interface Row {
  readonly connections: { readonly blue?: Readonly<Record<string, number>> };
  readonly requests: Readonly<Record<string, number>>;
}

function measured(cell: string): Row[] {
  const path = fileURLToPath(new URL(`../../lab/policy/${cell}/measured.ndjson`, import.meta.url));
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

function rangeOf(cell: string, value: (row: Row) => number): { readonly least: number; readonly most: number } {
  const values = measured(cell).map(value);
  return { least: Math.min(...values), most: Math.max(...values) };
}

const { tcpHandshakeMs, tlsHandshakeMs } = PRESETS.lab.latencies;

/** As in every policy cell: two endpoints of blue, one of which takes half a second. */
const CELL: Omit<FixedTraffic, 'after'> = {
  workers: 1,
  requestsPerSecond: 200,
  fromMs: -10_000,
  countedFromMs: -250,
  swapMs: 105,
  toMs: 2900,
  connectionsUntilMs: 1500,
  before: clusterPolicy({}),
  endpoints: [
    { id: '127.0.2.1', durationMs: 1 },
    { id: '127.0.2.2', durationMs: 500 },
  ],
  connect: { before: Connect.Plaintext, after: Connect.Plaintext },
  tcpHandshakeMs: newSampler(tcpHandshakeMs),
  tlsHandshakeMs: newSampler(tlsHandshakeMs),
  attempts: 1,
};

const GATEWAYS = 60;

function simulated(policy: EffectivePolicy, parts: Partial<FixedTraffic> = {}): FixedTrafficCounts[] {
  const draws = new Draws(newRootKey('lab'), 0);
  const traffic = { ...CELL, after: clusterPolicy(policy), ...parts };
  return Array.from({ length: GATEWAYS }, (_, gateway) => simulateFixedTraffic(traffic, draws, gateway));
}

function mean(rows: readonly FixedTrafficCounts[], value: (row: FixedTrafficCounts) => number): number {
  return rows.reduce((sum, row) => sum + value(row), 0) / rows.length;
}

function closed({ closedIdle, drained }: FixedTrafficCounts): number {
  return closedIdle + drained;
}

test.each([
  ['lb-least-request', { loadBalancer: { simple: 'LEAST_REQUEST' } }],
  ['pool-limits', { connectionPool: { http: { http1MaxPendingRequests: 512 }, tcp: { maxConnections: 1000 } } }],
] as const)('%s: every connection goes, and as many as are needed come', (cell, policy) => {
  const rows = simulated(policy);
  const all = ['lb-least-request', 'pool-limits', 'pool-tight', 'tls-simple-to-plaintext'];
  const closedRange = all.map((name) => rangeOf(name, ({ connections }) => connections.blue?.destroy_local ?? 0));
  const opened = rangeOf(cell, ({ connections }) => connections.blue?.total ?? 0);
  // Their number is the most that were ever needed: what a pool remembers of its past differs from cell to cell.
  expect(mean(rows, closed)).toBeGreaterThan(Math.min(...closedRange.map(({ least }) => least)));
  expect(mean(rows, closed)).toBeLessThan(Math.max(...closedRange.map(({ most }) => most)));
  expect(mean(rows, (row) => row.opened)).toBeGreaterThan(opened.least - 2);
  expect(mean(rows, (row) => row.opened)).toBeLessThan(opened.most + 2);
  for (const { requests } of rows) expect(Object.keys(requests)).toEqual(['served']);
});

test('pool-tight: one connection each, one request that waits, and a fifth to a third are refused', () => {
  const tight = { connectionPool: { http: { http1MaxPendingRequests: 1 }, tcp: { maxConnections: 1 } } };
  const rows = simulated(tight);
  const share = rangeOf('pool-tight', ({ requests }) => {
    const [served, refused] = Object.values(requests);
    return refused / (served + refused);
  });
  const refused = mean(rows, ({ requests: { overflow = 0, served = 0 } }) => overflow / (overflow + served));
  expect(refused).toBeGreaterThan(share.least - 0.02);
  expect(refused).toBeLessThan(share.most);
  expect(mean(rows, (row) => row.opened)).toBeLessThanOrEqual(4);
  for (const { requests } of rows) expect(Object.keys(requests).sort()).toEqual(['overflow', 'served']);
});

test('add-unrelated-subset: nothing is swapped, nothing closes, hardly anything is opened', () => {
  const rows = simulated({}, { swapMs: undefined });
  const opened = rangeOf('add-unrelated-subset', ({ connections }) => connections.blue?.total ?? 0);
  expect(Math.max(...rows.map(closed))).toBe(0);
  expect(mean(rows, (row) => row.opened)).toBeLessThanOrEqual(opened.most);
});

test('tls-simple-to-plaintext: what is open closes, every new connection fails, and every request with it', () => {
  const rows = simulated(
    { tls: { mode: 'SIMPLE' } },
    { connect: { before: Connect.Plaintext, after: Connect.TlsFails } },
  );
  const opened = rangeOf('tls-simple-to-plaintext', ({ connections }) => connections.blue?.total ?? 0);
  const failed = rangeOf('tls-simple-to-plaintext', ({ connections }) => connections.blue?.connect_fail ?? 0);
  const requests = rangeOf('tls-simple-to-plaintext', (row) => Object.values(row.requests)[1]);
  expect(mean(rows, (row) => row.opened)).toBeGreaterThan(opened.least - 3);
  expect(mean(rows, (row) => row.opened)).toBeLessThan(opened.most + 3);
  expect(mean(rows, (row) => row.failed)).toBeGreaterThan(failed.least - 3);
  expect(mean(rows, (row) => row.requests['handshake-failed'] ?? 0)).toBeGreaterThan(requests.least - 3);
  expect(mean(rows, (row) => row.requests['handshake-failed'] ?? 0)).toBeLessThan(requests.most + 3);
});
