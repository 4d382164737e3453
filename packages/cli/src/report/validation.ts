/** Measured beside simulated, cell by cell, and the verdict. */
import type { ValidationReport } from '@xdsim/sim-core';
import { wrap, wrapList } from '../text-width.js';
import { type Cell, Grid } from './grid.js';
import { ABSENT, formatNumber, formatWhole } from './numbers.js';

type LabCell = ValidationReport['cells'][number];
type Window = NonNullable<LabCell['windows']['add']>;
type Quantiles = Window['measured'];

const LEFT = { align: 'left' } as const;
const RIGHT = { align: 'right' } as const;

/** @param reasons why the validation is not met; empty where it is */
export function renderValidation(report: ValidationReport, reasons: readonly string[], width: number): string {
  return [
    cellLines(report, width),
    figureLines(report, width),
    growthLines(report, width),
    arrivalLines(report),
    [
      `${report.passed} of ${report.total} cells pass; ✗ marks what does not hold.`,
      wrap(rankingLine(report), width, '  '),
    ],
    verdictLines(reasons, width),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function cellLines({ cells: all }: ValidationReport, width: number): string[] {
  const cells = all.filter(({ figures }) => figures.length === 0);
  if (cells.length === 0) return [];
  const title = ['Measured → simulated; windows as p10/p50/p90 in ms; [99 % prediction interval]', ''];
  const wide = wideGrid(cells.filter(hasNumbers));
  if (wide.width > width) return [...title, ...gridLines(narrowGrid(cells))];
  const shapes = cells.filter((cell) => !hasNumbers(cell));
  if (shapes.length === cells.length) return [...title, ...gridLines(narrowGrid(shapes))];
  return [...title, ...gridLines(wide), ...(shapes.length === 0 ? [] : ['', ...gridLines(narrowGrid(shapes))])];
}

/** Of a single stream there is only a shape: it needs no room for the rest. */
function hasNumbers({ arrival, failures, windows }: LabCell): boolean {
  return [arrival, failures, windows].some((numbers) => Object.keys(numbers).length > 0);
}

function gridLines(grid: Grid): string[] {
  const [headings, ...blocks] = grid.blocks();
  return [...headings, grid.rule(), ...blocks.flat()];
}

function wideGrid(cells: readonly LabCell[]): Grid {
  return new Grid(
    [LEFT, RIGHT, LEFT, LEFT, LEFT, LEFT],
    [
      [['cell'], ['pushes'], ['shape'], ['failures per proxy'], ['add window'], ['remove window']],
      ...cells.map((cell) => [
        [nameOf(cell)],
        [pushesOf(cell)],
        [mark(cell.shape.match)],
        failuresOf(cell),
        [windowText(cell.windows.add)],
        [windowText(cell.windows.remove)],
      ]),
    ],
  );
}

/** Everything below the cell's name that it has. */
function narrowGrid(cells: readonly LabCell[]): Grid {
  return new Grid(
    [LEFT, RIGHT, LEFT],
    [
      [['cell'], ['pushes'], ['shape']],
      ...cells.map((cell) => [[nameOf(cell), ...detailsOf(cell)], [pushesOf(cell)], [mark(cell.shape.match)]]),
    ],
  );
}

function detailsOf(cell: LabCell): Cell {
  const { add, remove } = cell.windows;
  const lines = [
    ...Object.keys(cell.failures).map((_, at) => `failures ${failuresOf(cell)[at]}`),
    ...(add === undefined ? [] : [`add window ${windowText(add)}`]),
    ...(remove === undefined ? [] : [`remove window ${windowText(remove)}`]),
  ];
  return lines.map((line) => `    ${line}`);
}

function nameOf({ name, passed }: LabCell): string {
  return `${mark(passed)} ${name}`;
}

function mark(holds: boolean): string {
  return holds ? '✓' : '✗';
}

/** Measured numbers of pushes; near the debounce there are several. */
function pushesOf({ shape }: LabCell): string {
  const pushes = shape.pushes.measured.map((measured) => measured.pushes);
  return pushes.length === 0 ? ABSENT : pushes.join(', ');
}

function failuresOf(cell: LabCell): Cell {
  const lines = failureLines(cell);
  return lines.length === 0 ? [ABSENT] : lines;
}

function failureLines({ failures }: LabCell): string[] {
  return Object.entries(failures).map(([flag, { measuredMean, simulatedMean, interval, holds }]) => {
    const [low, high] = interval.map(formatNumber);
    return `${flag} ${formatNumber(measuredMean)} → ${formatNumber(simulatedMean)} [${low}–${high}]${holds ? '' : ' ✗'}`;
  });
}

function windowText(window: Window | undefined): string {
  if (window === undefined) return ABSENT;
  const simulated = window.simulated === null ? 'none' : quantilesText(window.simulated);
  return `${quantilesText(window.measured)} → ${simulated}${window.holds ? '' : ' ✗'}`;
}

function quantilesText({ p10, p50, p90 }: Quantiles): string {
  return [p10, p50, p90].map(formatNumber).join('/');
}

/** One line a number where there is room, else the numbers of a cell one after another. */
function figureLines({ cells }: ValidationReport, width: number): string[] {
  const measured = cells.filter(({ figures }) => figures.length > 0);
  if (measured.length === 0) return [];
  const lines = measured.flatMap((cell) => [
    `${nameOf(cell)}${cell.shape.match ? '' : ' ✗ shape'}`,
    `    ${wrapList([...cell.figures.map(figureText), ...failureLines(cell)], width - 4, '    ')}`,
  ]);
  return [
    wrap(
      "Policies, TLS, many clients, trains of events and lasting connections: the lab's trials → simulated",
      width,
      '',
    ),
    wrap(
      'Times in ms, connections per proxy; failures per proxy by flag, and the interval that may hold them',
      width,
      '',
    ),
    '',
    ...lines,
  ];
}

/** What is judged to some milliseconds is shown to the millisecond, however large it is. */
function figureText({ name, measured, simulated, within, holds }: LabCell['figures'][number]): string {
  const format = within !== null && within >= WHOLE_WITHIN ? formatWhole : formatNumber;
  const [low, high] = measured.map(format);
  const range = low === high ? low : `${low}–${high}`;
  return `${name} ${range} → ${simulated === null ? 'none' : format(simulated)}${holds ? '' : ' ✗'}`;
}

const WHOLE_WITHIN = 5;

function growthLines({ growth }: ValidationReport, width: number): string[] {
  if (growth.length === 0) return [];
  const wrong = growth.filter(({ holds }) => !holds);
  const alike = growth.length - wrong.length;
  return [
    wrap(
      `Growth with proxies, services, slots and cores: ${alike} of ${growth.length} numbers grow alike.`,
      width,
      '  ',
    ),
    ...wrong.map(({ figure, from, to, measured, simulated }) =>
      wrap(`✗ ${figure}, ${from} to ${to}: × ${formatNumber(measured)} → × ${formatNumber(simulated)}`, width, '  '),
    ),
  ];
}

function arrivalLines({ cells }: ValidationReport): string[] {
  const rows = cells.flatMap(({ name, arrival }) =>
    Object.entries(arrival).map(([type, { measured, simulated, ks }], at) => [
      [at === 0 ? name : ''],
      [type],
      [quantilesText(measured)],
      [simulated === null ? 'none' : quantilesText(simulated)],
      [ks === null ? ABSENT : ks.toFixed(2)],
    ]),
  );
  if (rows.length === 0) return [];
  const headings = [['cell'], ['type'], ['measured'], ['simulated'], ['KS']];
  const grid = new Grid([LEFT, LEFT, RIGHT, RIGHT, RIGHT], [headings, ...rows]);
  const [first, ...blocks] = grid.blocks();
  const title = 'Arrival of the first response of each type, p10/p50/p90 in ms; reported, not judged';
  return [title, '', ...first, grid.rule(), ...blocks.flat()];
}

function rankingLine({ ranking: { pairs, same } }: ValidationReport): string {
  return `Ranking by failures: ${same} of ${pairs} pairs of cells whose measured intervals are disjoint are in the same order.`;
}

function verdictLines(reasons: readonly string[], width: number): string[] {
  if (reasons.length === 0) return ['The validation is met.'];
  return ['The validation is NOT met:', ...reasons.map((reason) => wrap(`• ${reason}`, width, '  '))];
}
