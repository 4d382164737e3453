/** Failed requests per proxy, flag by flag. */
import type { RootKey } from '../kernel/random.js';
import type { FlagCount } from './failure-counts.js';
import type { CountedTrial } from './measured-rows.js';
import { predictSum, repeatabilityFactor } from './prediction.js';
import type { SimulatedTrial } from './simulate-cell.js';

/**
 * Of a flag that one side lacks, the other must expect so many requests over the whole cell before that means anything:
 * where 3 are expected, none is seen once in 20 times.
 */
const EXPECTED_MIN = 3;

export interface FailureJudgement {
  /** Per proxy and rollout. */
  readonly measuredMean: number;
  readonly simulatedMean: number;
  /** Where the measured mean may lie. */
  readonly interval: readonly [low: number, high: number];
  readonly holds: boolean;
  /** One side has the flag, and the other excludes it. */
  readonly isExcluded: boolean;
}

export function judgeFailures(
  measured: readonly CountedTrial[],
  simulated: readonly SimulatedTrial[],
  root: RootKey,
): Readonly<Record<string, FailureJudgement>> {
  if (measured.length === 0 || simulated.length === 0) return {};
  const flags = new Set([
    ...measured.flatMap(({ proxies }) => proxies.flatMap((counts) => Object.keys(counts))),
    ...simulated.flatMap(({ byFlag }) => [...byFlag.keys()]),
  ]);
  return Object.fromEntries([...flags].sort().map((flag) => [flag, judgeFlag(flag, measured, simulated, root)]));
}

function judgeFlag(
  flag: string,
  measured: readonly CountedTrial[],
  simulated: readonly SimulatedTrial[],
  root: RootKey,
): FailureJudgement {
  const rows = measured.reduce((sum, { proxies }) => sum + proxies.length, 0);
  const seen = measured.reduce(
    (sum, { proxies }) => sum + proxies.reduce((n, counts) => n + (counts[flag] ?? 0), 0),
    0,
  );
  const none: FlagCount = { expected: 0, variance: 0 };
  // As many proxies in a simulated trial as in a measured one on average: some rows may be missing.
  const scale = rows / measured.length / simulated[0].proxies;
  const counts = simulated.map(({ byFlag }): FlagCount => {
    const { expected, variance } = byFlag.get(flag) ?? none;
    return { expected: expected * scale, variance: variance * scale };
  });
  const perTrial = counts.reduce((sum, { expected }) => sum + expected, 0) / counts.length;
  return judgeTotals({ seen, expected: perTrial * measured.length, rows }, predictSum(counts, measured.length, root));
}

/** Totals over all rows of a cell. */
export interface Totals {
  readonly seen: number;
  readonly expected: number;
  readonly rows: number;
}

export function judgeTotals({ seen, expected, rows }: Totals, predicted: readonly [number, number]): FailureJudgement {
  const simulatedMean = expected / rows;
  const factor = repeatabilityFactor(simulatedMean);
  const low = predicted[0] / factor;
  const high = predicted[1] * factor;
  const isExcluded = (seen === 0 || expected === 0) && Math.max(seen, expected) >= EXPECTED_MIN;
  const tellsNothing = seen < EXPECTED_MIN && expected < EXPECTED_MIN;
  return {
    measuredMean: seen / rows,
    simulatedMean,
    interval: [low / rows, high / rows],
    holds: tellsNothing || (!isExcluded && seen >= low && seen <= high),
    isExcluded,
  };
}

/** By how much the share of the requests that fail may be off. */
const SHARE_TOLERANCE = 0.1;

interface CountedRequests {
  readonly failed: number;
  readonly requests: number;
}

/** Of one flag, by its share of the requests of all proxies. */
export function shareJudgement(
  measured: readonly CountedRequests[],
  simulated: readonly CountedRequests[],
): FailureJudgement {
  const sum = (rows: readonly CountedRequests[]): CountedRequests => ({
    failed: rows.reduce((total, { failed }) => total + failed, 0),
    requests: rows.reduce((total, { requests }) => total + requests, 0),
  });
  const [seen, drawn] = [sum(measured), sum(simulated)];
  const share = drawn.failed / drawn.requests;
  const perRow = seen.requests / measured.length;
  const interval = [Math.max(0, share - SHARE_TOLERANCE), Math.min(1, share + SHARE_TOLERANCE)] as const;
  const predicted = interval.map((bound) => bound * seen.requests);
  const isExcluded =
    (seen.failed === 0 || drawn.failed === 0) && Math.max(seen.failed, share * seen.requests) >= EXPECTED_MIN;
  return {
    measuredMean: seen.failed / measured.length,
    simulatedMean: share * perRow,
    interval: [interval[0] * perRow, interval[1] * perRow],
    holds: !isExcluded && seen.failed >= predicted[0] && seen.failed <= predicted[1],
    isExcluded,
  };
}
