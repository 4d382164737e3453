/** The search for unit costs: halves of the lab's trials, and what a step may do. */
import { expect, test } from 'vitest';
import { PRESETS } from '../../packages/sim-core/src/scenario/presets.js';
import {
  cellLosses,
  costOf,
  type Factors,
  FITTED_COSTS,
  halfOf,
  isFittable,
  withFactors,
} from '../../packages/sim-core/src/validation/fit.js';
import { searchFactors } from '../../packages/sim-core/src/validation/fit-search.js';
import { readLab } from '../../packages/sim-core/src/validation/lab-folder.js';
import { labCell, labFiles, unwrap } from './support.js';

test('each half has whole trials, and together they are the cell', () => {
  for (const cell of unwrap(readLab(labFiles())).cells.filter(isFittable)) {
    const [even, odd] = [halfOf(cell, 0), halfOf(cell, 1)];
    expect(even.rows.length + odd.rows.length).toBe(cell.rows.length);
    expect(even.rows.length).toBeGreaterThan(0);
    expect(odd.rows.length).toBeGreaterThan(0);
    const trialsOf = ({ rows }: typeof cell) =>
      new Set((rows as readonly { trial: number }[]).map(({ trial }) => trial));
    expect([...trialsOf(even)].filter((trial) => trialsOf(odd).has(trial))).toEqual([]);
  }
});

test('factors change the costs that they name, and no other', () => {
  const changed = withFactors(PRESETS.lab, { 'envoy.edsPerClusterUs': 2 });
  for (const name of FITTED_COSTS) {
    const factor = name === 'envoy.edsPerClusterUs' ? 2 : 1;
    expect(costOf(changed.costs, name)).toBe(costOf(PRESETS.lab.costs, name) * factor);
  }
});

test('costs that are far off are found out: the half that was fitted gains, and so does the other', async () => {
  const cells = ['cells/drop-together-1000', 'scale/dr-10x1001'].map(labCell);
  const wrong: Factors = { 'envoy.edsPerClusterUs': 4 };
  const lossesOf = async (factors: Factors) => {
    const off = { ...factors, 'envoy.edsPerClusterUs': 4 * (factors['envoy.edsPerClusterUs'] ?? 1) };
    const all = cells.map((cell) => unwrap(cellLosses(cell, off, 6, 'fit')));
    const sum = (half: 'fitted' | 'heldOut') => all.reduce((total, losses) => total + losses[half], 0);
    return { fitted: sum('fitted'), heldOut: sum('heldOut') };
  };
  const { factors, start, end } = await searchFactors(lossesOf, 1, () => {});
  expect(end.fitted).toBeLessThan(start.fitted);
  expect(end.heldOut).toBeLessThan(start.heldOut);
  expect((factors['envoy.edsPerClusterUs'] ?? 1) * (wrong['envoy.edsPerClusterUs'] ?? 1)).toBeLessThan(4);
});
