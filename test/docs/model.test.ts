import { expect, test } from 'vitest';
import { MESH_SIZES, SIZE_FIELDS } from '../../packages/sim-core/src/scenario/mesh-sizes.js';
import { presetRows } from './numbers.js';
import { readPage, sourceFiles } from './pages.js';

test('docs/model.md has the numbers of both presets', () => {
  const rows = [
    ...readPage('docs/model.md').matchAll(/^\| `((?:latencies|costs)\.[\w.]+)` \| (.*?) \| (.*?) \| .+ \|$/gm),
  ];
  expect(rows.map(([, path, ours, lab]) => ({ path, default: ours, lab }))).toEqual(presetRows());
});

test('docs/model.md has the numbers of every size', () => {
  const [, table] = readPage('docs/model.md').split('| `mesh.size` |');
  const rows = [...table.matchAll(/^\| `(\w+)`[^|]*\| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$/gm)];
  const numbers = rows.map(([, name, ...cells]) => [name, ...cells.map((cell) => Number(cell.replace(',', '')))]);
  expect(numbers).toEqual(
    Object.entries(MESH_SIZES).map(([name, { values }]) => [name, ...SIZE_FIELDS.map((field) => values[field])]),
  );
});

test('every note that the sources cite is in the table', () => {
  const table = readPage('docs/model.md').split('## Notes that the sources cite')[1];
  const cited = sourceFiles('packages/sim-core/src').flatMap(({ text }) =>
    [...text.matchAll(/\b((?:istiod|envoy)\.md) (\d+)/g)].map(([, note, section]) => `${note} ${section}`),
  );
  const missing = [...new Set(cited)].filter((note) => {
    const [file, section] = note.split(' ');
    return !new RegExp(`${file.replace('.', '\\.')}[^|]*\\b${section}\\b`).test(table);
  });
  expect(missing).toEqual([]);
});
