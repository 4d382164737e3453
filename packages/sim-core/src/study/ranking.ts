/** Which strategies are better than others, on paired differences: every trial has the same luck for all of them. */
import { cutConnections } from './connection-report.js';
import { type Interval, meanInterval, meanOf } from './estimates.js';
import type { TrialResult } from './trial.js';

/** Larger than any time, and still finite in a mean. */
const NEVER_MS = 1e15;

/** Less than one connection is none. */
const FEW_CONNECTIONS = 1;

export interface RankedGroup {
  readonly group: number;
  readonly names: readonly string[];
}

type Results = ReadonlyMap<string, readonly TrialResult[]>;
type Value = (trial: TrialResult) => number;

interface Difference {
  readonly mean: number;
  readonly ci95: Interval;
}

const errorsOf: Value = ({ errors }) => errors;

/**
 * Groups by expected errors per rollout. A strategy shares a group with its first member when the 95 % interval of their
 * paired difference contains 0. Within a group fewer cut connections go first, and among those that are alike in them by
 * the same rule the one that completes sooner.
 */
export function rank(results: Results): RankedGroup[] {
  return tiers([...results.keys()], results, errorsOf, differs).map((names, at) => ({
    group: at + 1,
    names: tiers(names, results, cutConnections, cutsDiffer).flatMap((alike) => bySpeed(alike, results)),
  }));
}

/** Whether one strategy cuts more connections than another, beyond chance. */
export function cutsMore(results: Results, name: string, other: string): boolean {
  const difference = differenceOf(trialsOf(results, other), trialsOf(results, name), cutConnections);
  return difference.mean > 0 && cutsDiffer(difference);
}

/** Expected errors per rollout in `b` less those in `a`, trial by trial. */
export function errorDifference(a: readonly TrialResult[], b: readonly TrialResult[]): Difference {
  return differenceOf(a, b, errorsOf);
}

/** Names by a mean, the lowest first; each tier holds those that do not differ from its first. */
function tiers(
  names: readonly string[],
  results: Results,
  value: Value,
  differ: (difference: Difference) => boolean,
): string[][] {
  const mean = (name: string): number => meanOf(trialsOf(results, name).map(value));
  let remaining = [...names].sort((a, b) => mean(a) - mean(b) || (a < b ? -1 : 1));
  const found: string[][] = [];
  while (remaining.length > 0) {
    const [first] = remaining;
    const isOther = (name: string): boolean =>
      name !== first && differ(differenceOf(trialsOf(results, first), trialsOf(results, name), value));
    found.push(remaining.filter((name) => !isOther(name)));
    remaining = remaining.filter(isOther);
  }
  return found;
}

function differs({ ci95: [lower, upper] }: Difference): boolean {
  return lower !== null && upper !== null && (lower > 0 || upper < 0);
}

function cutsDiffer(difference: Difference): boolean {
  return differs(difference) && Math.abs(difference.mean) >= FEW_CONNECTIONS;
}

function differenceOf(a: readonly TrialResult[], b: readonly TrialResult[], value: Value): Difference {
  const other = new Map(b.map((result) => [result.trial, result]));
  const differences = a.flatMap((result) => {
    const pair = other.get(result.trial);
    return pair === undefined ? [] : [value(pair) - value(result)];
  });
  return { mean: meanOf(differences), ci95: meanInterval(differences) };
}

/** Sooner is better; a rollout that did not complete counts as never. */
function bySpeed(names: readonly string[], results: Results): string[] {
  const mean = (name: string): number =>
    meanOf(trialsOf(results, name).map(({ completeMs }) => completeMs ?? NEVER_MS));
  return [...names].sort((a, b) => mean(a) - mean(b) || (a < b ? -1 : 1));
}

function trialsOf(results: Results, name: string): readonly TrialResult[] {
  return results.get(name) ?? [];
}
