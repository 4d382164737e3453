/** A lab's folder held against the model: every cell simulated with its own mesh and the same costs. */
import { fail, ok, type Result, type UserError } from '../errors.js';
import { newRootKey } from '../kernel/random.js';
import type { SourceFile } from '../manifest/types.js';
import { PRESETS } from '../scenario/presets.js';
import type { Preset } from '../scenario/types.js';
import { type CellComparison, compareCell } from './compare-cell.js';
import { type LabFolder, readLab } from './lab-folder.js';
import { simulateCell } from './simulate-cell.js';
import { newValidationReport, type ValidationReport } from './validation-report.js';

export interface ValidationOptions {
  /** Simulated rollouts per cell. */
  readonly trials?: number;
  readonly seed?: string;
  readonly preset?: Preset;
  /** Called before each cell is simulated. */
  readonly onCell?: (name: string, index: number, total: number) => void;
}

export const VALIDATION_TRIALS = 200;
export const VALIDATION_SEED = 'validation';

export interface Validation {
  readonly report: ValidationReport;
  /** Groups of the folder that are not compared yet. */
  readonly skipped: LabFolder['skipped'];
  /** Why the validation is not met; empty where it is. */
  readonly reasons: readonly string[];
}

/** Share of the cells that must pass. */
const PASSED_MIN = 0.95;

/** @param files all files below the lab's folder; their paths end in `<group>/<cell>/<file>` */
export function validateLab(files: readonly SourceFile[], options: ValidationOptions = {}): Result<Validation> {
  const lab = readLab(files);
  if (!lab.ok) return lab;
  const { cells, skipped } = lab.value;
  const { trials = VALIDATION_TRIALS, seed = VALIDATION_SEED, preset = PRESETS.lab } = options;
  const root = newRootKey(`${seed}/prediction`);
  const errors: UserError[] = [];
  const compared: CellComparison[] = [];
  cells.forEach((cell, index) => {
    options.onCell?.(cell.name, index, cells.length);
    const simulated = simulateCell(cell, { preset, trials, seed });
    if (simulated.ok) compared.push(compareCell(cell, simulated.value, root));
    else errors.push(...simulated.errors);
  });
  if (errors.length > 0) return fail(...errors);
  return ok({ report: newValidationReport(compared), skipped, reasons: reasonsAgainst(compared) });
}

/** The validation is met unless a shape differs, a flag appears that the other side excludes, or too many cells fail. */
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
  const passed = cells.filter((cell) => cell.passed).length;
  const isTooFew = passed < PASSED_MIN * cells.length;
  const few = isTooFew ? [`only ${passed} of ${cells.length} cells pass; ${PASSED_MIN * 100} % must`] : [];
  return [...shapes, ...flags, ...few];
}
