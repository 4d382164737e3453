/** A lab's folder held against the model: every cell simulated with its own mesh and the same costs. */
import { ok, type Result } from '../errors.js';
import { newRootKey } from '../kernel/random.js';
import { PRESETS } from '../scenario/presets.js';
import type { Preset } from '../scenario/types.js';
import type { Cell } from './cell.js';
import { type CellComparison, compareCell, figuresOnly } from './compare-cell.js';
import { comparePools } from './compare-pools.js';
import { compareScale } from './compare-scale.js';
import { compareTcp } from './compare-tcp.js';
import { compareTrain } from './compare-train.js';
import { growthOf } from './growth.js';
import { judgeShape } from './judge-shape.js';
import { simulateCell } from './simulate-cell.js';
import { simulateScale } from './simulate-scale.js';

export const VALIDATION_TRIALS = 200;
export const VALIDATION_SEED = 'validation';

/** Share of the cells that must pass, and of the numbers that must grow alike. */
const PASSED_MIN = 0.95;

/** Simulates a cell with its own mesh and compares it with what was measured. The same costs for all. */
export function validateCell(
  cell: Cell,
  trials: number,
  seed: string,
  preset: Preset = PRESETS.lab,
): Result<CellComparison> {
  if (cell.group === 'scale') {
    const simulated = simulateScale(cell, preset, seed);
    if (!simulated.ok) return simulated;
    const { shape, figures } = compareScale(cell, simulated.value);
    return ok(figuresOnly(cell, shape, figures));
  }
  if (cell.group === 'other') {
    if (cell.kind === 'tcp') {
      const compared = compareTcp(cell, preset, seed);
      return compared.ok ? ok(figuresOnly(cell, compared.value.shape, compared.value.figures)) : compared;
    }
    const figures = compareTrain(cell, preset, seed);
    return figures.ok ? ok(figuresOnly(cell, judgeShape([], []), figures.value)) : figures;
  }
  if (cell.group === 'policy' || cell.group === 'tls') {
    const compared = comparePools(cell, preset, seed);
    if (!compared.ok) return compared;
    const { shape, figures, failures } = compared.value;
    return ok(figuresOnly(cell, shape, figures, failures));
  }
  const simulated = simulateCell(cell, { preset, trials, seed });
  // A seed of its own: the prediction interval must not reuse the luck of the simulated rollouts.
  return simulated.ok ? ok(compareCell(cell, simulated.value, newRootKey(`${seed}/prediction`))) : simulated;
}

/**
 * The validation is met unless a shape differs, a flag appears that the other side excludes, something grows otherwise, or
 * too many cells fail.
 */
export function reasonsAgainst(cells: readonly CellComparison[]): readonly string[] {
  const shapes = cells.flatMap(({ name, shape }) =>
    shape.firstDifference === null ? [] : [`${name}: the shape differs: ${shape.firstDifference}`],
  );
  const flags = cells.flatMap(({ name, failures }) =>
    Object.entries(failures).flatMap(([flag, { isExcluded, measuredMean }]) =>
      isExcluded
        ? [`${name}: ${flag} is ${measuredMean > 0 ? 'measured and not simulated' : 'simulated and not measured'}`]
        : [],
    ),
  );
  const grown = growthOf(cells);
  const alike = grown.filter(({ holds }) => holds).length;
  const growth =
    alike < PASSED_MIN * grown.length
      ? [`only ${alike} of ${grown.length} numbers grow alike; ${PASSED_MIN * 100} % must`]
      : [];
  const passed = cells.filter((cell) => cell.passed).length;
  const isTooFew = passed < PASSED_MIN * cells.length;
  const few = isTooFew ? [`only ${passed} of ${cells.length} cells pass; ${PASSED_MIN * 100} % must`] : [];
  return [...shapes, ...flags, ...growth, ...few];
}
