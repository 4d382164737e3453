/** Which strategies are better than others, on paired differences: every trial has the same luck for all of them. */
import { type Interval, meanInterval, meanOf } from './estimates.js';
import type { TrialResult } from './trial.js';

/** Larger than any time, and still finite in a mean. */
const NEVER_MS = 1e15;

export interface RankedGroup {
  readonly group: number;
  readonly names: readonly string[];
}

/**
 * Groups by expected errors per rollout. A strategy shares a group with its first member when the 95 % interval of their
 * paired difference contains 0; within a group the one that completes sooner goes first.
 */
export function rank(results: ReadonlyMap<string, readonly TrialResult[]>): RankedGroup[] {
  const remaining = [...results.keys()].sort(
    (a, b) => meanErrors(results, a) - meanErrors(results, b) || (a < b ? -1 : 1),
  );
  const groups: RankedGroup[] = [];
  while (remaining.length > 0) {
    const [first] = remaining;
    const members = remaining.filter((name) => name === first || areAlike(results, first, name));
    members.sort((a, b) => meanComplete(results, a) - meanComplete(results, b) || (a < b ? -1 : 1));
    groups.push({ group: groups.length + 1, names: members });
    for (const name of members) remaining.splice(remaining.indexOf(name), 1);
  }
  return groups;
}

function areAlike(results: ReadonlyMap<string, readonly TrialResult[]>, a: string, b: string): boolean {
  const [lower, upper] = errorDifference(trialsOf(results, a), trialsOf(results, b)).ci95;
  return lower === null || upper === null || (lower <= 0 && upper >= 0);
}

/** Expected errors per rollout in `b` less those in `a`, trial by trial. */
export function errorDifference(
  a: readonly TrialResult[],
  b: readonly TrialResult[],
): { readonly mean: number; readonly ci95: Interval } {
  const other = new Map(b.map((result) => [result.trial, result]));
  const differences = a.flatMap((result) => {
    const pair = other.get(result.trial);
    return pair === undefined ? [] : [pair.errors - result.errors];
  });
  return { mean: meanOf(differences), ci95: meanInterval(differences) };
}

/** Sooner is better; a rollout that did not complete counts as never. */
function meanComplete(results: ReadonlyMap<string, readonly TrialResult[]>, name: string): number {
  return meanOf(trialsOf(results, name).map((result) => result.completeMs ?? NEVER_MS));
}

function meanErrors(results: ReadonlyMap<string, readonly TrialResult[]>, name: string): number {
  return meanOf(trialsOf(results, name).map((result) => result.errors));
}

function trialsOf(results: ReadonlyMap<string, readonly TrialResult[]>, name: string): readonly TrialResult[] {
  return results.get(name) ?? [];
}
