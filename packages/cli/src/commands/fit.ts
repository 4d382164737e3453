/** `xdsim fit`: the unit costs of the preset `lab`, fitted on half of a lab's trials and judged on the other half. */
import {
  type Cell,
  costOf,
  type Factors,
  FITTED_COSTS,
  type Fit,
  type FitProgress,
  isFittable,
  type Losses,
  PRESETS,
  readLab,
  type SourceFile,
  searchFactors,
  type UserError,
  VALIDATION_SEED,
} from '@xdsim/sim-core';
import { Command } from 'commander';
import { ExitCode } from '../exit-codes.js';
import { readFiles } from '../input.js';
import { interruptible } from '../interrupt.js';
import {
  formatOption,
  outOption,
  TEXT_FORMATS,
  type TextFormat,
  trialsOption,
  wholeNumber,
  workersFor,
  workersOption,
} from '../options.js';
import { checkWritable, say } from '../output.js';
import { type FitReport, renderFit } from '../report/fit.js';
import { renderJson } from '../report/json.js';
import { widthOf } from '../terminal.js';
import { newTaskPool, type TaskPool } from '../workers/task-pool.js';
import { delivered, type Finish, failed } from './outcome.js';

const LAB_FILES = ['before.yaml', 'cell.yaml', 'measured.ndjson'];
const DEFAULT_TRIALS = 24;
const ROUNDS_MAX = 20;

interface FitOptions {
  readonly trials: number;
  readonly rounds: number;
  readonly seed: string;
  readonly format: TextFormat;
  readonly out?: string;
  readonly workers?: number;
}

export function newFitCommand(finish: Finish): Command {
  return new Command('fit')
    .description(
      'Fit the unit costs of the preset lab on half of each cell of a lab, and judge them on the other half.',
    )
    .argument('[dir]', 'folder of the lab', 'test/lab')
    .addOption(trialsOption('simulated rollouts per cell and step').default(DEFAULT_TRIALS))
    .option('--rounds <n>', 'times through all costs, with smaller and smaller steps', wholeNumber(1, ROUNDS_MAX), 1)
    .option('--seed <text>', 'root of all random draws', VALIDATION_SEED)
    .addOption(formatOption(TEXT_FORMATS))
    .addOption(outOption())
    .addOption(workersOption())
    .addHelpText(
      'after',
      `
Examples:
  $ xdsim fit
  $ xdsim fit test/lab --rounds 4 --trials 100 --format json --out fit.json`,
    )
    .action(async (dir: string, options: FitOptions) => finish(await fit(dir, options)));
}

async function fit(dir: string, options: FitOptions): Promise<ExitCode> {
  const writable = checkWritable(options.out);
  if (!writable.ok) return failed(writable.errors);
  const files = readFiles(dir, (name) => LAB_FILES.includes(name));
  if (!files.ok) return failed(files.errors);
  const lab = readLab(files.value);
  if (!lab.ok) return failed(lab.errors);
  const indices = lab.value.cells.flatMap((cell: Cell, index: number) => (isFittable(cell) ? [index] : []));
  if (indices.length === 0) return failed([nothingToFit(dir)]);
  say(`${indices.length} cells of ${dir}, even trials to fit, odd ones to judge; ${FITTED_COSTS.length} costs\n`);
  const search = await interruptible((signal) => searchIn(files.value, indices, options, signal));
  if (search === undefined) {
    say('interrupted: nothing is fitted\n');
    return ExitCode.Interrupted;
  }
  const report = newFitReport(search, indices.length, options);
  return delivered(
    options.format === 'json' ? renderJson(report) : renderFit(report, widthOf(process.stdout)),
    options.out,
  );
}

class Interrupted extends Error {}

/** One pool for the whole search: a lab takes as long to read as a step takes. undefined: interrupted. */
async function searchIn(
  files: readonly SourceFile[],
  indices: readonly number[],
  { trials, seed, rounds, workers }: FitOptions,
  signal: AbortSignal,
): Promise<Fit | undefined> {
  const input = { files, trials, seed };
  const pool = newTaskPool({ kind: 'losses', input, workers: workersFor(workers, indices.length), signal });
  try {
    return await searchFactors((factors) => lossesOf(pool, indices, factors), rounds, sayStep);
  } catch (error) {
    if (error instanceof Interrupted) return undefined;
    throw error;
  } finally {
    await pool.close();
  }
}

function sayStep({ round, cost, factors, losses }: FitProgress): void {
  say(`round ${round + 1}, ${cost}: × ${(factors[cost] ?? 1).toFixed(2)}, loss ${losses.fitted.toFixed(4)}\n`);
}

async function lossesOf(pool: TaskPool<'losses'>, indices: readonly number[], factors: Factors): Promise<Losses> {
  const answers = await pool.run(indices.map((index) => ({ index, factors })));
  const found = answers.map((answer) => {
    if (answer === undefined) throw new Interrupted();
    if (!answer.ok) throw new Error(answer.errors[0].message);
    return answer.value;
  });
  const mean = (of: (losses: Losses) => number): number =>
    found.reduce((sum, losses) => sum + of(losses), 0) / found.length;
  return { fitted: mean(({ fitted }) => fitted), heldOut: mean(({ heldOut }) => heldOut) };
}

function newFitReport({ factors, start, end }: Fit, cells: number, { trials, rounds, seed }: FitOptions): FitReport {
  return {
    schema: 'xdsim.fit/v1',
    cells,
    trials,
    rounds,
    seed,
    costs: FITTED_COSTS.map((name) => {
      const before = costOf(PRESETS.lab.costs, name);
      return { name: `costs.${name}`, start: before, fitted: Number((before * (factors[name] ?? 1)).toPrecision(4)) };
    }),
    loss: { start, end },
  };
}

function nothingToFit(dir: string): UserError {
  return {
    code: 'XDS-LAB-EMPTY',
    message: `${dir} has no cells with trials`,
    hint: 'Costs are fitted to cells/ and scale/; shapes/ have no times.',
  };
}
