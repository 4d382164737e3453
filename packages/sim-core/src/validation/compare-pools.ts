/** Clusters, connections and requests of proxies while one policy, or the TLS of servers, changes. */
import { ok, type Result } from '../errors.js';
import { newRootKey } from '../kernel/random.js';
import type { Preset } from '../scenario/types.js';
import type { CellComparison } from './compare-cell.js';
import { connectionFigure, type Figure } from './figures.js';
import { judgeFailures, shareJudgement } from './judge-failures.js';
import { judgeFates } from './judge-fates.js';
import { judgeShape } from './judge-shape.js';
import {
  ALL_CLUSTERS,
  CONNECTION_COUNTS,
  type ConnectionCount,
  factsOfPolicyRow,
  factsOfTlsRow,
  HANDSHAKES,
  NO_CONNECTIONS,
  type ProxyFacts,
  sumCounts,
} from './proxy-facts.js';
import type { SimulatedTrial } from './simulate-cell.js';
import { type PoolCell, simulatePools } from './simulate-pools.js';

/** Refused by a limit: how many depends on which requests happen to meet. Judged by its share of the requests. */
const OVERFLOW = 'UO';

type Connections = NonNullable<ProxyFacts['connections']>;

type PoolComparison = Pick<CellComparison, 'shape' | 'figures' | 'failures'>;

export function comparePools(cell: PoolCell, preset: Preset, seed: string): Result<PoolComparison> {
  const simulated = simulatePools(cell, preset, seed);
  if (!simulated.ok) return simulated;
  const measured = cell.group === 'policy' ? cell.rows.map(factsOfPolicyRow) : cell.rows.map(factsOfTlsRow);
  const firstDifference = judgeFates(measured, simulated.value) ?? null;
  return ok({
    shape: { ...judgeShape([], []), match: firstDifference === null, firstDifference },
    figures: figuresOf(cell.group, measured, simulated.value),
    failures: failuresOf(measured, simulated.value, seed),
  });
}

function failuresOf(
  measured: readonly ProxyFacts[],
  simulated: readonly ProxyFacts[],
  seed: string,
): PoolComparison['failures'] {
  const counted = byTrial(measured).map((proxies) => ({
    proxies: proxies.flatMap(({ failures }) => (failures === undefined ? [] : [failures])),
  }));
  const judged = judgeFailures(
    counted.filter(({ proxies }) => proxies.length > 0),
    byTrial(simulated).map(ofTrial),
    newRootKey(`${seed}/prediction`),
  );
  if (!(OVERFLOW in judged)) return judged;
  const sums = (facts: readonly ProxyFacts[]) =>
    facts.flatMap(({ failures, requests }) =>
      failures === undefined || requests === undefined ? [] : { failed: failures[OVERFLOW] ?? 0, requests },
    );
  return { ...judged, [OVERFLOW]: shareJudgement(sums(measured), sums(simulated)) };
}

function byTrial(facts: readonly ProxyFacts[]): ProxyFacts[][] {
  const trials = new Map<number, ProxyFacts[]>();
  for (const each of facts) trials.set(each.trial, [...(trials.get(each.trial) ?? []), each]);
  return [...trials.values()];
}

/** The requests themselves are simulated: nothing is left to vary around what they come to. */
function ofTrial(proxies: readonly ProxyFacts[]): SimulatedTrial {
  const byFlag = new Map<string, { expected: number; variance: number }>();
  for (const { failures = {} } of proxies) {
    for (const [flag, count] of Object.entries(failures)) {
      byFlag.set(flag, { expected: (byFlag.get(flag)?.expected ?? 0) + count, variance: 0 });
    }
  }
  return { proxies: proxies.length, byFlag };
}

function figuresOf(
  group: PoolCell['group'],
  measured: readonly ProxyFacts[],
  simulated: readonly ProxyFacts[],
): Figure[] {
  const rows = measured.flatMap(({ connections }): Connections[] => (connections === undefined ? [] : [connections]));
  if (rows.length === 0) return [];
  const isOfAll = group === 'tls';
  const simulatedRows = simulated.map(
    ({ connections = {} }): Connections =>
      isOfAll ? { [ALL_CLUSTERS]: sumCounts(Object.values(connections)) } : connections,
  );
  const counts: readonly ConnectionCount[] = isOfAll ? [...CONNECTION_COUNTS, HANDSHAKES] : CONNECTION_COUNTS;
  const named = new Set(rows.flatMap((row) => Object.keys(row)));
  for (const name of standing(simulated, simulatedRows)) named.add(name);
  return [...named].sort().flatMap((name) =>
    counts.map((count) => {
      const grown = (row: Connections): number => (row[name] ?? NO_CONNECTIONS)[count];
      const label = name === ALL_CLUSTERS ? count : `${name} ${count}`;
      return connectionFigure(label, rows.map(grown), simulatedRows.map(grown));
    }),
  );
}

/** Used clusters that are not removed: a removed one takes its counters with it. */
function standing(simulated: readonly ProxyFacts[], rows: readonly Connections[]): string[] {
  const removed = new Set(
    simulated.flatMap(({ fates = {} }) => Object.keys(fates).filter((name) => fates[name] === 'removed')),
  );
  return [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => !removed.has(name));
}
