/** What a calibration took, left and how well it fits: for people, and as the file that a scenario includes. */
import type { CalibrationFile } from '@xdsim/sim-core';
import { wrap } from '../text-width.js';
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
    ...left.map(({ field, why }) => wrap(`  • ${field}: ${why}`, width, '    ')),
    '',
    ...lines(fits),
    'The largest gap is between the shares of observations up to a bucket; the file has every bucket.',
    '',
    ...notes.map((note) => wrap(`• ${note}`, width, '  ')),
    '',
  ].join('\n');
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
