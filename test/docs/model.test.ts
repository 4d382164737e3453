import { expect, test } from 'vitest';
import { presetRows } from './numbers.js';
import { readPage, sourceFiles } from './pages.js';

test('docs/model.md has the numbers of both presets', () => {
  const rows = [
    ...readPage('docs/model.md').matchAll(/^\| `((?:latencies|costs)\.[\w.]+)` \| (.*?) \| (.*?) \| .+ \|$/gm),
  ];
  expect(rows.map(([, path, ours, lab]) => ({ path, default: ours, lab }))).toEqual(presetRows());
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
