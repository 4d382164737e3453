import { expect, test } from 'vitest';
import { renderMarkdown } from '../../packages/cli/src/report/markdown.js';
import {
  counted,
  formatDuration,
  formatDurations,
  formatEstimate,
  formatNumber,
  formatProbability,
  formatWhole,
} from '../../packages/cli/src/report/numbers.js';
import { renderTable } from '../../packages/cli/src/report/table.js';
import { displayWidth, wrapList } from '../../packages/cli/src/text-width.js';
import { newSampleReport } from './sample-report.js';

const FACTS = { isDefaultTraffic: true, callerRetries: 0 };

test.each([80, 100, 160])('the table at %i columns', async (width) => {
  const table = renderTable(newSampleReport(), width, FACTS);
  await expect(table).toMatchFileSnapshot(`golden/table-${width}.txt`);
  // Commands are there to be copied: they alone may be longer than a line.
  const tooLong = table.split('\n').filter((line) => displayWidth(line) > width && !line.includes('xdsim run'));
  expect(tooLong).toEqual([]);
});

test('the Markdown', async () => {
  await expect(renderMarkdown(newSampleReport(), FACTS)).toMatchFileSnapshot('golden/comparison.md');
});

test('numbers have three significant digits', () => {
  const shown = [0, 1, 0.3, 12.345, 999.6, 1000, 123456, 0.00123456, 0.00001234, -98.04].map(formatNumber);
  expect(shown).toEqual(['0', '1', '0.3', '12.3', '1,000', '1,000', '123,000', '0.00123', '1.23e-5', '−98']);
});

test('counts are exact, and one is singular', () => {
  expect([counted(1, 'trial'), counted(2, 'trial'), counted(12_345, 'sidecar')]).toEqual([
    '1 trial',
    '2 trials',
    '12,345 sidecars',
  ]);
  expect([formatWhole(10_024.8), formatWhole(-0.2)]).toEqual(['10,025', '0']);
});

test('a list breaks between its items, and no line begins with a dot', () => {
  const items = ['CDS p50 1 → 2', 'CDS p90 3 → 4', 'span p50 5 → 6'];
  expect(wrapList(items, 34, '  ')).toBe('CDS p50 1 → 2 · CDS p90 3 → 4 ·\n  span p50 5 → 6');
});

test('durations have the unit that fits', () => {
  const shown = [0, 0.4321, 12.34, 999.4, 999.6, 4610, 59_990, 92_400, 3_600_000, null].map(formatDuration);
  expect(shown).toEqual(['0 ms', '0.432 ms', '12.3 ms', '999 ms', '1 s', '4.61 s', '1 min', '1.54 min', '1 h', '–']);
  expect(formatDurations([12.3, 45.1])).toBe('12.3 / 45.1 ms');
  expect(formatDurations([980, 1200])).toBe('980 ms / 1.2 s');
  expect(formatDurations([0, 2000])).toBe('0 / 2 s');
  expect(formatDurations([0, 0])).toBe('0 / 0 ms');
  expect(formatDurations([null, null])).toBe('–');
});

test('estimates say how sure they are', () => {
  const shown = (mean: number, low: number, high: number, noneSeen = false) =>
    formatEstimate({ mean, ci95: [low, high], noneSeen });
  expect(shown(0, 0, 0.3, true)).toBe('0 (≤ 0.3)');
  expect(shown(12.34, 11.94, 12.74)).toBe('12.3 ± 0.4');
  expect(shown(2002.4, 2001.2, 2003.6)).toBe('2,002 ± 1');
  expect(shown(120, 119.96, 120.04)).toBe('120 ± 0.04');
  expect(shown(1, 0, 5)).toBe('1 (0–5)');
  expect(shown(7, 7, 7)).toBe('7');
  expect(shown(7, 0, Number.MAX_VALUE)).toBe('7 ± ?');
});

test('what is nearly sure is not sure', () => {
  const shown = (mean: number, high: number, noneSeen = false) =>
    formatProbability({ mean, ci95: [0, high], noneSeen });
  expect(shown(0, 0.0075, true)).toBe('≤ 0.75 %');
  expect(shown(0.1234, 1)).toBe('12.3 %');
  expect(shown(0.99999, 1)).toBe('> 99.9 %');
  expect(shown(1, 1)).toBe('100 %');
});
