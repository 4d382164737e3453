/**
 * The comparison for people. As wide as it needs to be: headings in one line, else in two, else two lines per strategy.
 * Numbers are never cut.
 */
import type { Report } from '@xdsim/sim-core';
import { wrap } from '../text-width.js';
import { callerRows, retriesInWords } from './callers.js';
import {
  type ComparisonRow,
  comparisonRows,
  type Facts,
  HEADINGS,
  type Heading,
  type Notes,
  notesOn,
  titleOf,
  type WorstTrial,
  worstTrials,
} from './comparison.js';
import { connectionLines } from './connections-table.js';
import { Grid } from './grid.js';

export function renderTable(report: Report, width: number, facts: Facts): string {
  const { recommendation, caveats, defaults } = notesOn(report, facts);
  const rows = comparisonRows(report);
  const connections = connectionLines(report, width);
  return [
    [wrap(titleOf(report), width)],
    tableLines(rows, width),
    ...(hasTies(rows)
      ? [[wrap('Strategies with the same # are as good as each other within 95 % confidence.', width)]]
      : []),
    ...callerLines(report, facts.callerRetries),
    [wrap(`Recommended: ${recommendation}`, width, '  ')],
    ...(connections.length > 0 ? [connections] : []),
    ...(caveats.length > 0 ? [caveats.map((caveat) => wrap(`• ${caveat}`, width, '  '))] : []),
    ...(defaults.length > 0 ? [defaultLines(defaults, width)] : []),
    ...(worstTrials(report).length > 0 ? [worstLines(worstTrials(report))] : []),
  ]
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function tableLines(rows: readonly ComparisonRow[], width: number): string[] {
  const grid =
    [oneLineGrid(rows), twoLineGrid(rows)].find((candidate) => candidate.width <= width) ?? stackedGrid(rows);
  const [headings, ...blocks] = grid.blocks();
  const lines = [...headings, grid.rule()];
  blocks.forEach((block, at) => {
    // A blank line between groups: below it things are worse.
    if (at > 0 && rows[at].group !== rows[at - 1].group) lines.push('');
    lines.push(...block);
  });
  return lines;
}

function oneLineGrid(rows: readonly ComparisonRow[]): Grid {
  return newGrid(rows, ({ words }) => [words.filter((word) => word !== '').join(' ')]);
}

function twoLineGrid(rows: readonly ComparisonRow[]): Grid {
  return newGrid(rows, ({ words }) => words);
}

function newGrid(rows: readonly ComparisonRow[], heading: (of: Heading) => readonly string[]): Grid {
  return new Grid(
    [{ align: 'right' }, ...HEADINGS],
    [
      [['#'], ...HEADINGS.map(heading)],
      ...rows.map((row) => [[String(row.group)], ...HEADINGS.map(({ key }) => [row[key]])]),
    ],
  );
}

/** Two lines per strategy: when and how long above, how many requests below. */
function stackedGrid(rows: readonly ComparisonRow[]): Grid {
  const [left, right] = [{ align: 'left' }, { align: 'right' }] as const;
  return new Grid(
    [right, left, right, right, right],
    [
      [
        ['#'],
        ['strategy', 'top flag'],
        ['complete p95', '5xx per rollout'],
        ['inconsistent p50 / p95', 'per 1,000 requests'],
        ['failing p95', 'P(any)'],
      ],
      ...rows.map((row) => [
        [String(row.group)],
        [row.strategy, row.topFlag],
        [row.complete, row.perRollout],
        [row.inconsistent, row.per1000],
        [row.failing, row.any],
      ]),
    ],
  );
}

function callerLines(report: Report, retries: number): string[][] {
  const rows = callerRows(report, retries);
  if (rows.length === 0) return [];
  const [left, right] = [{ align: 'left' }, { align: 'right' }] as const;
  const headings = [['strategy'], ['5xx per rollout'], ['failing'], [retries > 0 ? retriesInWords(retries) : '']];
  const cells = rows.map(({ strategy, of, failing, afterRetries }) => [
    [strategy],
    [of],
    [failing],
    [retries > 0 ? afterRetries : ''],
  ]);
  const grid = new Grid([left, left, right, right], [headings, ...cells]);
  const [head, ...blocks] = grid.blocks();
  return [['What callers see:', ...head, grid.rule(), ...blocks.flat()]];
}

function hasTies(rows: readonly ComparisonRow[]): boolean {
  return new Set(rows.map(({ group }) => group)).size < rows.length;
}

function defaultLines(defaults: Notes['defaults'], width: number): string[] {
  const lines = defaults.map(({ parameter, why }) => wrap(`• ${parameter}: ${why}`, width, '  '));
  return [wrap('Defaults that decide the answer; set your own with --set:', width), ...lines];
}

/** Commands stay on one line each, however long: they are there to be copied. */
function worstLines(worst: readonly WorstTrial[]): string[] {
  const lines = worst.map(({ strategy, errors, trial, command }) => [
    `  ${strategy}, ${errors} expected 5xx in trial ${trial}:`,
    `    ${command}`,
  ]);
  return ['Worst trials, and the commands that show them:', ...lines.flat()];
}
