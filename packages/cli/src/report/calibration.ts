/** What a calibration took, left and how well it fits: for people, and as the file that a scenario includes. */
import type { CalibrationFile } from '@xdsim/sim-core';
import { wrap, wrapList } from '../text-width.js';
import { Grid } from './grid.js';
import { ABSENT, formatDuration, formatNumber } from './numbers.js';

const LEFT = { align: 'left' } as const;
const RIGHT = { align: 'right' } as const;

export function renderCalibration({ source, taken, left, fit, notes }: CalibrationFile, width: number): string {
  const values = new Grid(
    [LEFT, RIGHT, LEFT],
    [[['taken'], ['value'], ['from']], ...taken.map(({ field, value, from }) => [[field], [String(value)], [from]])],
  );
  const fits = new Grid(
    [LEFT, RIGHT, RIGHT, RIGHT, RIGHT],
    [
      [['histogram'], ['observed'], ['mean'], ['model'], ['largest gap']],
      ...fit.map(({ metric, count, meanMs, modelMeanMs, largest }) => [
        [metric],
        [formatNumber(count)],
        [formatDuration(meanMs)],
        [modelMeanMs === null ? ABSENT : formatDuration(modelMeanMs)],
        [`${formatNumber(largest * 100)} %`],
      ]),
    ],
  );
  return [
    wrap(`Calibrated from ${source}`, width),
    '',
    ...lines(values),
    '',
    'Left at its default:',
    ...left.map(({ field, why }) => wrap(`• ${field}: ${why}`, width, '  ')),
    '',
    ...lines(fits),
    '',
    wrap('Share of the observations up to each bucket, real → model; the largest gap is between two of them.', width),
    ...fit.flatMap(({ metric, buckets }) => bucketLines(metric, buckets, width)),
    '',
    ...notes.map((note) => wrap(`• ${note}`, width, '  ')),
    '',
  ].join('\n');
}

type Buckets = CalibrationFile['fit'][number]['buckets'];

/** Up to the first bucket that holds everything on both sides: the rest are no different. */
function bucketLines(metric: string, buckets: Buckets, width: number): string[] {
  const full = buckets.findIndex(({ observed, model }) => observed >= 1 && model >= 1);
  const shown = buckets.slice(0, full < 0 ? buckets.length : full + 1);
  const texts = shown.map(({ leSeconds, observed, model }) => {
    const bound = leSeconds === null ? 'all' : `≤ ${leSeconds} s`;
    return `${bound}: ${percent(observed)} → ${percent(model)} %`;
  });
  const list = wrapList(texts, width - 4);
  return [`  ${metric}`, ...list.split('\n').map((line) => `    ${line}`)];
}

/** Nearly all is not all. */
function percent(share: number): string {
  const rounded = Number((share * 100).toPrecision(3));
  return rounded === 100 && share < 1 ? '> 99.9' : formatNumber(rounded);
}

function lines(grid: Grid): string[] {
  const [head, ...rows] = grid.blocks();
  return [...head, grid.rule(), ...rows.flat()];
}

/** JSON is YAML: every value in flow style, each part on lines of its own, with comments where a reader begins. */
export function renderCalibrationFile(file: CalibrationFile): string {
  const { schema, source, values, taken, left, fit, notes } = file;
  const list = (items: readonly unknown[]): string => items.map((item) => `  - ${JSON.stringify(item)}\n`).join('');
  return [
    '# Written by xdsim calibrate. A scenario includes it: `calibration: calibration.yaml`; what the scenario says itself',
    '# goes over it.',
    `schema: ${schema}`,
    `source: ${JSON.stringify(source)}`,
    'values:',
    ...tree(values, '  '),
    '# Where each value comes from.',
    `taken:\n${list(taken)}# What stays at its default, and why.`,
    `left:\n${list(left)}# Share of the observations up to each bound, real and simulated.`,
    `fit:\n${list(fit)}notes:\n${list(notes)}`,
  ].join('\n');
}

function tree(values: Readonly<Record<string, unknown>>, indent: string): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? [`${indent}${name}:`, ...tree(value as Record<string, unknown>, `${indent}  `)]
      : [`${indent}${name}: ${JSON.stringify(value)}`],
  );
}
