/** A report's strategies as rows of text, in ranking order: what the table and the Markdown both show. */
import type { Report } from '@xdsim/sim-core';
import { printable } from '../text-width.js';
import { typed } from '../tool.js';
import { noiseInWords } from './callers.js';
import {
  ABSENT,
  counted,
  formatDuration,
  formatDurations,
  formatEstimate,
  formatNumber,
  formatProbability,
} from './numbers.js';

type StrategyReport = Report['strategies'][number];

export interface ComparisonRow {
  /** Strategies of one group are as good as each other within the confidence. */
  readonly group: number;
  readonly strategy: string;
  readonly complete: string;
  readonly inconsistent: string;
  readonly failing: string;
  readonly perRollout: string;
  readonly per1000: string;
  readonly any: string;
  readonly topFlag: string;
}

export interface Heading {
  readonly key: Exclude<keyof ComparisonRow, 'group'>;
  /** Two lines where space is short, one where it is not. */
  readonly words: readonly [string, string];
  readonly align: 'left' | 'right';
}

export const HEADINGS: readonly Heading[] = [
  { key: 'strategy', words: ['strategy', ''], align: 'left' },
  { key: 'complete', words: ['complete', 'p95'], align: 'right' },
  { key: 'inconsistent', words: ['inconsistent', 'p50 / p95'], align: 'right' },
  { key: 'failing', words: ['failing', 'p95'], align: 'right' },
  { key: 'perRollout', words: ['5xx per', 'rollout'], align: 'right' },
  { key: 'per1000', words: ['per 1,000', 'requests'], align: 'right' },
  { key: 'any', words: ['P(any)', ''], align: 'right' },
  { key: 'topFlag', words: ['top', 'flag'], align: 'left' },
];

export function comparisonRows(report: Report): ComparisonRow[] {
  const byName = new Map(report.strategies.map((strategy) => [strategy.name, strategy]));
  return report.ranking.flatMap(({ group, names }) =>
    names.flatMap((name) => {
      const strategy = byName.get(name);
      return strategy === undefined ? [] : [rowOf(strategy, group)];
    }),
  );
}

function rowOf({ name, window, completeMs, errors }: StrategyReport, group: number): ComparisonRow {
  return {
    group,
    strategy: name,
    complete: formatDuration(completeMs.p95),
    inconsistent: formatDurations([window.inconsistentMs.p50, window.inconsistentMs.p95]),
    failing: formatDuration(window.failingMs.p95),
    perRollout: formatEstimate(errors.perRollout),
    per1000: formatEstimate({ ...errors.per1000Requests, ci95: compactInterval(errors.per1000Requests) }),
    any: formatProbability(errors.anyProbability),
    topFlag: topFlag(errors),
  };
}

/** Per 1,000 requests is per rollout in another unit: its relative confidence is in the column before. */
function compactInterval({ mean, ci95, noneSeen }: StrategyReport['unsettledShare']): [number, number] {
  return noneSeen ? [ci95[0], ci95[1]] : [mean, mean];
}

/** The response flag that most errors carry; a code of the route itself has none. */
function topFlag({ byFlag, byCode }: StrategyReport['errors']): string {
  const top = largest(byFlag);
  if (top === undefined) return ABSENT;
  return top === '-' ? (largest(byCode) ?? ABSENT) : top;
}

function largest(parts: StrategyReport['errors']['byFlag']): string | undefined {
  const seen = Object.entries(parts).filter(([, { mean }]) => mean > 0);
  return seen.sort(([, a], [, b]) => b.mean - a.mean)[0]?.[0];
}

export interface WorstTrial {
  readonly strategy: string;
  readonly trial: number;
  readonly errors: string;
  readonly command: string;
}

/** Trials worth looking at, in ranking order, with the commands that tell their story. */
export function worstTrials(report: Report): WorstTrial[] {
  const order = report.ranking.flatMap(({ names }) => names);
  return report.strategies
    .filter(({ worst }) => worst.errors > 0)
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
    .map(({ name, worst }) => ({
      strategy: name,
      trial: worst.trial,
      errors: formatNumber(worst.errors),
      command: typed(worst.command),
    }));
}

export interface Notes {
  readonly recommendation: string;
  /** What the reader must know to read the numbers rightly. */
  readonly caveats: readonly string[];
  /** Values that nobody has set and that decide the answer. */
  readonly defaults: readonly { readonly parameter: string; readonly why: string }[];
}

export interface Facts {
  /** Nobody has said how many requests there are. */
  readonly isDefaultTraffic: boolean;
  /** Of those who call, on their own. */
  readonly callerRetries: number;
}

export function notesOn(report: Report, { isDefaultTraffic }: Facts): Notes {
  const { recommended, scenario, sensitivity } = report;
  const caveats: string[] = [];
  for (const { name, unsettledShare } of report.strategies) {
    if (unsettledShare.mean === 0) continue;
    const horizon = formatDuration(scenario.horizonMs);
    caveats.push(
      `${name}: on average ${formatProbability(unsettledShare)} of the proxies had not settled ${horizon} after the first write; complete counts the rollouts that did.`,
    );
  }
  if (isDefaultTraffic) {
    caveats.push(
      `${formatNumber(scenario.requestsPerSecond)} requests/s is a default: 5xx per rollout grow in proportion; set your own with --set traffic.requestsPerSecond=N.`,
    );
  }
  caveats.push(...noiseInWords(report));
  // Said above, with its value.
  const defaults = sensitivity.filter(({ parameter }) => parameter !== 'traffic.requestsPerSecond');
  return { recommendation: `${recommended.strategy} — ${recommended.why}.`, caveats, defaults };
}

export function titleOf({ scenario, change }: Report): string {
  const { proxies } = scenario;
  return [
    printable(scenario.name),
    counted(change.objects.length, 'changed object'),
    `${counted(proxies.sidecar, 'sidecar')}, ${counted(proxies.gateway, 'gateway')}`,
    `${formatNumber(scenario.requestsPerSecond)} requests/s`,
    `${counted(scenario.trials, 'trial')}, seed ${scenario.seed}`,
  ].join(' · ');
}
