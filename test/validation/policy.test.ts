import { test } from 'vitest';
import { readLab } from '../../packages/sim-core/src/validation/lab-folder.js';
import { validateCell } from '../../packages/sim-core/src/validation/validate.js';
import { labFiles, unwrap } from './support.js';
test('x', () => {
  for (const g of ['policy', 'tls']) for (const cell of unwrap(readLab(labFiles(g))).cells) {
    const t = Date.now();
    const c = unwrap(validateCell(cell, 1, 'validation'));
    console.log(c.name, c.passed, c.shape.firstDifference, Date.now() - t, JSON.stringify(c.failures), c.figures.map((f) => `${f.name} ${f.measured} -> ${f.simulated?.toFixed(1)} ${f.holds}`).join('\n   '));
  }
}, 100000);
