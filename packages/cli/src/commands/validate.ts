/** `xdsim validate`: the mechanism held against measurements of a lab. */
import {
  type CellComparison,
  fail,
  nearestWord,
  newValidationReport,
  ok,
  type Result,
  readLab,
  reasonsAgainst,
  type SourceFile,
  type UserError,
  VALIDATION_SEED,
  VALIDATION_TRIALS,
} from '@xdsim/sim-core';
import { Command } from 'commander';
import { ExitCode } from '../exit-codes.js';
import { readFiles } from '../input.js';
import { interruptible } from '../interrupt.js';
import {
  collect,
  formatOption,
  outOption,
  TEXT_FORMATS,
  type TextFormat,
  trialsOption,
  workersFor,
  workersOption,
} from '../options.js';
import { checkWritable, say } from '../output.js';
import { Progress } from '../progress.js';
import { renderJson } from '../report/json.js';
import { renderValidation } from '../report/validation.js';
import { widthOf } from '../terminal.js';
import { runTasks } from '../workers/run-tasks.js';
import { delivered, type Finish, failed } from './outcome.js';

const LAB_FILES = ['before.yaml', 'cell.yaml', 'measured.ndjson'];

interface ValidateOptions {
  readonly cell?: readonly string[];
  readonly trials: number;
  readonly seed: string;
  readonly format: TextFormat;
  readonly out?: string;
  readonly workers?: number;
}

export function newValidateCommand(finish: Finish): Command {
  return new Command('validate')
    .description('Simulate the cells of a lab and print measured beside simulated. Exit code 99 when they disagree.')
    .argument(
      '<dir>',
      'folder with cells/<name>/, shapes/<name>/ or scale/<name>/, each with before.yaml, cell.yaml, measured.ndjson',
    )
    .option('--cell <name>', 'only this one, or those of a group such as cells/ (repeatable)', collect)
    .addOption(trialsOption('simulated rollouts per cell').default(VALIDATION_TRIALS))
    .option('--seed <text>', 'root of all random draws', VALIDATION_SEED)
    .addOption(formatOption(TEXT_FORMATS))
    .addOption(outOption())
    .addOption(workersOption())
    .addHelpText(
      'after',
      `
Examples:
  $ xdsim validate test/lab
  $ xdsim validate test/lab --cell cells/drop-together-10 --trials 1000
  $ xdsim validate test/lab --format json --out validation.json`,
    )
    .action(async (dir: string, options: ValidateOptions) => finish(await validate(dir, options)));
}

async function validate(dir: string, options: ValidateOptions): Promise<ExitCode> {
  const { trials, seed, format, out } = options;
  const writable = checkWritable(out);
  if (!writable.ok) return failed(writable.errors);
  const files = readFiles(dir, (name) => LAB_FILES.includes(name));
  if (!files.ok) return failed(files.errors);
  const lab = readLab(files.value);
  if (!lab.ok) return failed(lab.errors);
  const indices = chosenCells(
    lab.value.cells.map(({ name }) => name),
    options.cell,
  );
  if (!indices.ok) return failed(indices.errors);
  say(`${indices.value.length} cells of ${dir}, ${trials} simulated rollouts each, seed ${seed}, preset lab\n`);
  for (const { group, cells } of lab.value.skipped) say(`not compared: ${group}/ (${cells} cells)\n`);
  const cells = await compareCells(files.value, indices.value, options);
  if (!cells.ok) return failed(cells.errors);
  const isComplete = cells.value.length === indices.value.length;
  const reasons = reasonsAgainst(cells.value);
  const report = newValidationReport(cells.value);
  const text = format === 'json' ? renderJson(report) : renderValidation(report, reasons, widthOf(process.stdout));
  if (!isComplete) say(`interrupted: ${cells.value.length} of ${indices.value.length} cells are compared\n`);
  const verdict = reasons.length === 0 ? ExitCode.Fine : ExitCode.NotMet;
  return delivered(text, out, isComplete ? verdict : ExitCode.Interrupted);
}

/** In the folder's order; fewer than asked for when interrupted. */
async function compareCells(
  files: readonly SourceFile[],
  indices: readonly number[],
  { trials, seed, workers }: ValidateOptions,
): Promise<Result<CellComparison[]>> {
  const tasks = indices.map((index) => ({ index }));
  const progress = new Progress('cells', tasks.length);
  let done = 0;
  const onAnswer = (): void => {
    done += 1;
    progress.update(done);
  };
  const input = { files, trials, seed };
  const answers = await interruptible((signal) =>
    runTasks({ kind: 'cells', input, tasks, workers: workersFor(workers, tasks.length), signal, onAnswer }),
  ).finally(() => progress.clear());
  const cells: CellComparison[] = [];
  const errors: UserError[] = [];
  for (const answer of answers) {
    if (answer === undefined) continue;
    if (answer.ok) cells.push(answer.value);
    else errors.push(...answer.errors);
  }
  return errors.length > 0 ? fail(...errors) : ok(cells);
}

/** Cells go by `cells/name`, by the name alone, or by their group, `cells/`; without a version, where several were measured, it means all of them. */
function chosenCells(names: readonly string[], wanted: readonly string[] | undefined): Result<number[]> {
  if (wanted === undefined) return ok(names.map((_, index) => index));
  const chosen = new Set<number>();
  const errors: UserError[] = [];
  for (const name of wanted) {
    const isMeant = (known: string): boolean =>
      name.endsWith('/') ? known.startsWith(name) : known === name || bare(known) === name;
    const matches = names.flatMap((known, i) => (isMeant(known) || isMeant(withoutVersion(known)) ? [i] : []));
    for (const index of matches) chosen.add(index);
    if (matches.length === 0) errors.push(unknownCell(name, names));
  }
  return errors.length > 0 ? fail(...errors) : ok([...chosen].sort((a, b) => a - b));
}

function unknownCell(name: string, names: readonly string[]): UserError {
  const meant = nearestWord(name, [...names, ...names.map(bare)]);
  const hint = meant === undefined ? `Cells are ${names.slice(0, 3).join(', ')} …` : `Did you mean ${meant}?`;
  return { code: 'XDS-LAB-UNKNOWN-CELL', message: `there is no cell ${name}`, hint };
}

function withoutVersion(name: string): string {
  return name.replace(/ \([^)]*\)$/, '');
}

function bare(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
