import type { BenchResult } from './schema.js';

/** For people: three significant digits, whole numbers from a hundred on. */
export function formatTable(results: readonly BenchResult[]): string {
  const rows = results.map(({ name, value, unit, goal, met }) => [
    name,
    formatValue(value),
    unit,
    goal ?? 'informative',
    met === null ? '' : met ? 'met' : 'missed',
  ]);
  const table = [['result', 'value', 'unit', 'goal', ''], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column === 1 ? cell.padStart(widths[1]) : cell.padEnd(widths[column]))).join('  ');
  return table.map((row) => `${line(row).trimEnd()}\n`).join('');
}

function formatValue(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}
