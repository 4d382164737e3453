/** Istio's versions, and one change under several of them, as tables. */
import { BEHAVIOURS, ISTIO_VERSIONS, type Report, type VersionsComparison } from '@xdsim/sim-core';
import { printable, wrap } from '../text-width.js';
import { comparisonRows, titleOf } from './comparison.js';
import { type Cell, type Column, Grid } from './grid.js';
import { formatNumber } from './numbers.js';

const LEFT: Column = { align: 'left' };
const RIGHT: Column = { align: 'right' };

export function renderVersions(width: number): string {
  const changes = ISTIO_VERSIONS.flatMap(({ version, changes: own }) => own.map((change) => ({ version, ...change })));
  const rows = changes.map(({ version, behaviour, before, after, source }) => [
    [version],
    [BEHAVIOURS[behaviour]],
    [before],
    [after],
    [source],
  ]);
  const headings = [['since'], ['what'], ['before'], ['from then on'], ['source']];
  const full = new Grid([LEFT, LEFT, LEFT, LEFT, LEFT], [headings, ...rows]);
  const narrow = new Grid(
    [LEFT, LEFT, LEFT],
    [
      [['since'], ['what', 'source'], ['before → from then on']],
      ...rows.map(([version, what, before, after, source]) => [
        version,
        [...what, ...source],
        [`${before[0]} → ${after[0]}`],
      ]),
    ],
  );
  const grid = full.width <= width ? full : narrow;
  const [head, ...blocks] = grid.blocks();
  const inherited = ISTIO_VERSIONS.filter(({ inheritedFrom }) => inheritedFrom !== null).map(
    ({ version, inheritedFrom }) => `${version} as ${inheritedFrom}`,
  );
  return [
    ...head,
    grid.rule(),
    ...blocks.flat(),
    '',
    wrap(`No difference is known, and so taken to behave the same: ${inherited.join(', ')}.`, width),
    '',
  ].join('\n');
}

/** Strategies in the order of the first version's ranking, each with a line per version. */
export function renderVersionsComparison(comparison: VersionsComparison, width: number): string {
  const { versions } = comparison;
  const strategies = comparisonRows(versions[0].report).map(({ strategy }) => strategy);
  const rows = strategies.map((strategy) => rowsOf(comparison, strategy));
  const headings = [
    ['Istio', ''],
    ['complete', 'p95'],
    ['inconsistent', 'p50 / p95'],
    ['failing', 'p95'],
    ['5xx per', 'rollout'],
    [`against`, printable(versions[0].istio)],
  ];
  const columns = [LEFT, RIGHT, RIGHT, RIGHT, RIGHT, RIGHT];
  const named = rows.map((own, at) => own.map((row, line) => [[line === 0 ? strategies[at] : ''], ...row]));
  const wide = new Grid([LEFT, ...columns], [[['strategy', ''], ...headings], ...named.flat()]);
  const isWide = wide.width <= width;
  const grid = isWide ? wide : new Grid(columns, [headings, ...rows.flat()]);
  const [head, ...lines] = grid.blocks();
  const body = strategies.flatMap((strategy, at) => [
    ...(at === 0 ? [] : ['']),
    ...(isWide ? [] : [strategy]),
    ...lines.slice(at * versions.length, (at + 1) * versions.length).flat(),
  ]);
  const note = `Differences are paired, trial by trial; ± is their 95 % confidence. What the versions differ in: xdsim versions.`;
  return [
    wrap(titleOf(versions[0].report as Report), width),
    '',
    ...head,
    grid.rule(),
    ...body,
    '',
    wrap(note, width),
    '',
  ].join('\n');
}

/** A strategy under each version. */
function rowsOf({ versions, differences }: VersionsComparison, strategy: string): Cell[][] {
  return versions.map(({ istio, report }) => {
    const row = comparisonRows(report).find((candidate) => candidate.strategy === strategy);
    const difference = differences.find((each) => each.strategy === strategy && each.istio === istio);
    const cells = [row?.complete, row?.inconsistent, row?.failing, row?.perRollout].map((cell) => [cell ?? '–']);
    return [[istio], ...cells, [differenceText(difference)]];
  });
}

function differenceText(difference: VersionsComparison['differences'][number] | undefined): string {
  if (difference === undefined) return '';
  const { errors, ci95 } = difference;
  const [low, high] = ci95;
  const sign = errors > 0 ? '+' : '';
  if (low === null || high === null) return `${sign}${formatNumber(errors)}`;
  return errors === 0 && low === high ? '0' : `${sign}${formatNumber(errors)} ± ${formatNumber((high - low) / 2)}`;
}
