import { expect, test } from 'vitest';
import { newRootKey } from '../../packages/sim-core/src/kernel/random.js';
import type { SourceFile } from '../../packages/sim-core/src/manifest/types.js';
import { PRESETS } from '../../packages/sim-core/src/scenario/presets.js';
import { compareCell } from '../../packages/sim-core/src/validation/compare-cell.js';
import { readLab } from '../../packages/sim-core/src/validation/lab-folder.js';
import { simulateCell } from '../../packages/sim-core/src/validation/simulate-cell.js';
import {
  reasonsAgainst,
  VALIDATION_SEED,
  VALIDATION_TRIALS,
  validateCell,
} from '../../packages/sim-core/src/validation/validate.js';
import {
  newValidationReport,
  validationReportSchema,
} from '../../packages/sim-core/src/validation/validation-report.js';
import { editedCell, labCell, labFiles, unwrap } from './support.js';

function validate(files: readonly SourceFile[], trials = VALIDATION_TRIALS, seed = VALIDATION_SEED) {
  const cells = unwrap(readLab(files)).cells.map((cell) => unwrap(validateCell(cell, trials, seed)));
  return { report: newValidationReport(cells), reasons: reasonsAgainst(cells) };
}

test('the simulation holds against the whole lab', () => {
  const { report, reasons } = validate(labFiles());
  expect(reasons).toEqual([]);
  expect(report.total).toBe(90);
  expect(report.growth.length).toBeGreaterThan(50);
  expect(report.ranking.same / report.ranking.pairs).toBeGreaterThanOrEqual(0.95);
  expect(() => validationReportSchema.parse(JSON.parse(JSON.stringify(report)))).not.toThrow();
});

test('one cell from its files to its verdict: every quantity stands beside its measurement', () => {
  const cell = labCell('cells/replace-together-200');
  const simulated = unwrap(simulateCell(cell, { preset: PRESETS.lab, trials: 50, seed: 'one' }));
  expect(simulated.observations).toHaveLength(50 * 4);
  const compared = compareCell(cell, simulated, newRootKey('one'));
  expect(compared.shape.responses.measured).toEqual([
    {
      count: 24,
      sequence: [
        ['CDS', 3, 1],
        ['EDS', 202, 0],
        ['LDS', 1, 0],
        ['RDS', 1, 0],
        ['EDS', 1, 0],
      ],
    },
  ]);
  expect(Object.keys(compared.failures)).toEqual(['NC']);
  expect(compared.failures.NC.measuredMean).toBeCloseTo(10.125);
  expect(compared.windows.add?.measured.p50).toBeCloseTo(1.5, 1);
  expect(compared.windows.remove?.measured.p90).toBeCloseTo(32.5, 1);
  expect(Object.keys(compared.arrival)).toEqual(['CDS', 'EDS', 'LDS', 'RDS']);
  expect(compared.total?.measuredTrials).toHaveLength(6);
});

test('the same seed gives the same report', () => {
  const report = () => validate(labFiles('cells/add-together-10'), 20, 's').report;
  expect(report()).toEqual(report());
});

test('a wrong measurement is found out: other resources, another flag, another window', () => {
  const name = 'cells/drop-together-1000';
  const judged = (edit: (text: string) => string) => validate(editedCell(name, 'measured.ndjson', edit), 50);
  const shape = judged((text) => text.replaceAll('"resources":1003', '"resources":1002'));
  expect(shape.reasons[0]).toMatch(/the shape differs: to the proxy, message 2: measured EDS 1002, simulated EDS 1003/);
  const flag = judged((text) => text.replaceAll('503/NC', '503/UH'));
  expect(flag.reasons).toEqual([
    `${name}: NC is simulated and not measured`,
    `${name}: UH is measured and not simulated`,
    'only 0 of 1 cells pass; 95 % must',
  ]);
  const window = judged((text) => text.replace(/"removeWindowMs":\d+/g, '"removeWindowMs":5'));
  expect(window.report.cells[0].windows.remove?.holds).toBe(false);
  expect(window.report.passed).toBe(0);
});

test('a wrong measurement of many clients is found out: other resources, another span, another growth', () => {
  const name = 'scale/dr-10x1001';
  const judged = (edit: (text: string) => string) => validate(editedCell(name, 'measured.ndjson', edit));
  expect(judged((text) => text).reasons).toEqual([]);
  const shape = judged((text) => text.replaceAll('"n":3,"bytes":1', '"n":4,"bytes":1'));
  expect(shape.reasons[0]).toMatch(/the shape differs: to the proxy, message 2: measured EDS 4, simulated EDS 3/);
  const slow = judged((text) => text.replace(/"push_eds":\{"sum":[\d.]+/g, '"push_eds":{"sum":0.5'));
  expect(slow.report.cells[0].figures.filter(({ holds }) => !holds).map((figure) => figure.name)).toEqual(['push_eds']);
});

test('a number that grows otherwise with the proxies than measured is found out', () => {
  const growth = (edit: (text: string) => string) => {
    const large = editedCell('scale/dr-400x11', 'measured.ndjson', edit);
    return validate([...labFiles('scale/dr-10x11'), ...large]).report.growth;
  };
  const measured = growth((text) => text);
  expect(measured.map(({ figure }) => figure)).toContain('RDS last');
  expect(measured.filter(({ holds }) => !holds)).toEqual([]);
  const tenfold = growth((text) => text.replace(/"last":(\d+)/g, (_, ms: string) => `"last":${10 * Number(ms)}`));
  expect(tenfold.filter(({ holds }) => !holds).map(({ figure }) => figure)).toEqual(
    ['CDS', 'EDS', 'LDS', 'RDS'].map((type) => `${type} last`),
  );
});

test('cells are paired by what they are, whatever they are called', () => {
  const called = (name: string, files: SourceFile[]) =>
    files.map(({ path, text }) => ({ path: path.replace(/scale\/[^/]+/, `scale/${name}`), text }));
  const small = labFiles('scale/dr-10x11');
  const large = labFiles('scale/dr-400x11');
  const growth = (files: SourceFile[]) =>
    validate(files).report.growth.map(({ figure, from, to }) => [figure, from, to]);
  expect(growth([...called('few', small), ...called('many', large)])).toContainEqual([
    'RDS last',
    'scale/few',
    'scale/many',
  ]);
  const otherWrite = called('dr-400x11', large).map(({ path, text }) => ({
    path,
    text: path.endsWith('cell.yaml')
      ? text.replace(/http1MaxPendingRequests: \d+/, 'http1MaxPendingRequests: 7')
      : text,
  }));
  expect(growth([...small, ...otherWrite])).toEqual([]);
});

test('a train whose pushes went out at another time, or of other events, is found out', () => {
  const name = 'other/train-service-every-80ms';
  const judged = (edit: (text: string) => string) =>
    validate(editedCell(name, 'measured.ndjson', edit)).report.cells[0].figures.filter(({ holds }) => !holds);
  expect(judged((text) => text)).toEqual([]);
  const late = judged((text) => text.replaceAll('"atMs":10024.847', '"atMs":10045'));
  expect(late.map((figure) => figure.name)).toEqual(['push 1 at']);
  const fewer = judged((text) => text.replaceAll('"events":252', '"events":200'));
  expect(fewer.map((figure) => figure.name)).toEqual(['push 1 events']);
});

test('without debug log there are requests and messages to compare, and no windows', () => {
  const { report } = validate(labFiles('cells/add-together-10-no-debug-log'), 20);
  expect(report.cells[0].windows).toEqual({});
  expect(Object.keys(report.cells[0].failures)).toEqual(['NC']);
  expect(reasonsAgainst([])).toEqual([]);
});
