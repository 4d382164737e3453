/** Which sessions go elsewhere when endpoints or the table change. */
import { describe, expect, test } from 'vitest';
import { clusterPolicy } from '../../../packages/sim-core/src/manifest/traffic-policy.js';
import { HashTables, KEYS } from '../../../packages/sim-core/src/traffic/pools/hash-table.js';
import { begin, newStage, swapAll } from './stage.js';

const RING = clusterPolicy({ loadBalancer: { consistentHash: { useSourceIp: true } } });
const MAGLEV = clusterPolicy({ loadBalancer: { consistentHash: { useSourceIp: true, maglev: {} } } });

const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `10.0.0.${at + 1}:8080`);

const SESSIONS = 5000;

/** Owner of each session, by name. */
function owners(policy: typeof RING, endpoints: readonly string[]): string[] {
  const table = new HashTables().of(policy, endpoints);
  return Array.from({ length: SESSIONS }, (_, at) => endpoints[table.ownerOf(Math.floor((at / SESSIONS) * KEYS))]);
}

function movedShare(before: readonly string[], after: readonly string[]): number {
  return before.filter((owner, at) => owner !== after[at]).length / before.length;
}

describe.each([
  ['a ring', RING, 0.25],
  ['Maglev', MAGLEV, 0.05],
] as const)('%s', (_, policy, uneven) => {
  test('gives every endpoint about its share', () => {
    const all = owners(policy, names(5));
    for (const name of names(5)) {
      const share = all.filter((owner) => owner === name).length / SESSIONS;
      expect(Math.abs(5 * share - 1)).toBeLessThan(uneven);
    }
  });

  test('depends on nothing but the endpoints', () => {
    expect(owners(policy, names(4))).toEqual(owners(policy, names(4)));
  });

  test('moves the sessions of an endpoint that leaves, and hardly any other', () => {
    const before = owners(policy, names(5));
    const left = names(5).filter((name) => name !== '10.0.0.3:8080');
    const after = owners(policy, left);
    const others = before.map((owner, at) => owner !== '10.0.0.3:8080' && owner !== after[at]);
    // With fewer endpoints each has more places on the ring of 1,024: those take some. Maglev gives some for its even shares.
    expect(others.filter(Boolean).length / SESSIONS).toBeLessThan(policy === RING ? 0.12 : 0.06);
  });

  test('gives a new endpoint its share, from all others', () => {
    const moved = movedShare(owners(policy, names(4)), owners(policy, names(5)));
    expect(moved).toBeGreaterThan(0.15);
    expect(moved).toBeLessThan(0.3);
  });
});

test('another table knows nothing of the first: a session stays by chance', () => {
  const moved = movedShare(owners(RING, names(4)), owners(MAGLEV, names(4)));
  expect(Math.abs(moved - 0.75)).toBeLessThan(0.05);
});

test('the size of a table that is not prime is filled all the same', () => {
  const policy = clusterPolicy({ loadBalancer: { consistentHash: { useSourceIp: true, maglev: { tableSize: 100 } } } });
  expect(new Set(owners(policy, names(3)))).toEqual(new Set(names(3)));
});

test('a swap makes every connection anew, and moves no session', () => {
  const hashed = { loadBalancer: { consistentHash: { useSourceIp: true } } };
  const stage = newStage({ durationsMs: [10, 10, 10], policies: [hashed, { ...hashed, connectionPool: {} }] });
  begin(stage, 300);
  stage.run(10_000);
  const before = [...stage.tally.requestsTo].map((requests) => requests / 3000);
  const { made } = stage.tally;
  stage.tally.requestsTo.fill(0);
  swapAll(stage, 2);
  stage.run(20_000);
  const after = [...stage.tally.requestsTo].map((requests) => requests / 3000);
  expect(stage.tally.made).toBeGreaterThan(made);
  for (const endpoint of before.keys()) expect(Math.abs(after[endpoint] - before[endpoint])).toBeLessThan(0.04);
});

test('slow start: an endpoint that joins gets little at first; after a swap all are new, and nobody gets less', () => {
  const warm = { loadBalancer: { simple: 'ROUND_ROBIN' as const, warmup: { duration: '10s' } } };
  const stage = newStage({ durationsMs: [5, 5, 5], isEvenlySpaced: false, policies: [warm, warm] });
  begin(stage, 300);
  stage.cluster.setMembers(0, [0, 1]);
  stage.run(20_000);
  stage.cluster.setMembers(0, [0, 1, 2]);
  const shareOfNext = (untilMs: number): number => {
    stage.tally.requestsTo.fill(0);
    stage.run(untilMs);
    const all = [...stage.tally.requestsTo].reduce((sum, requests) => sum + requests, 0);
    return stage.tally.requestsTo[2] / all;
  };
  expect(shareOfNext(21_000)).toBeLessThan(0.12);
  stage.run(24_000);
  // Half way through it has half the weight of the others: a fifth.
  expect(Math.abs(shareOfNext(26_000) - 0.2)).toBeLessThan(0.05);
  stage.run(30_000);
  expect(Math.abs(shareOfNext(40_000) - 1 / 3)).toBeLessThan(0.02);
  swapAll(stage, 2);
  expect(Math.abs(shareOfNext(42_000) - 1 / 3)).toBeLessThan(0.05);
});
