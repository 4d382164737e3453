/** The work itself, the same on the main thread and on any other. */
import {
  type Cell,
  cellLosses,
  commandFor,
  newStudy,
  readLab,
  runStudyTrial,
  type Study,
  validateCell,
} from '@xdsim/sim-core';
import type { CellsInput, JobKind, Jobs } from './messages.js';

type Handler<K extends JobKind> = (task: Jobs[K]['task']) => Jobs[K]['answer'];

const HANDLERS: { readonly [K in JobKind]: (input: Jobs[K]['input']) => Handler<K> } = {
  trials: (input) => {
    const study = newStudy(input);
    if (!study.ok) throw new Error(`checked input is refused: ${study.errors[0].message}`);
    return trialHandler(study.value);
  },
  cells: cellHandler,
  losses: lossHandler,
};

export function newHandler<K extends JobKind>(kind: K, input: Jobs[K]['input']): Handler<K> {
  return HANDLERS[kind](input);
}

function trialHandler(study: Study): Handler<'trials'> {
  return ({ strategy, from, to }) => Array.from({ length: to - from }, (_, at) => runOne(study, strategy, from + at));
}

/** A trial that cannot be computed is a defect of ours; the command that repeats it goes with it. */
function runOne(study: Study, strategy: string, trial: number) {
  try {
    return runStudyTrial(study, strategy, trial);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}\nin the trial of: ${commandFor(study, strategy, trial)}`, { cause: error });
  }
}

function cellHandler({ files, trials, seed }: CellsInput): Handler<'cells'> {
  const cells = cellsOf(files);
  return ({ index }) => validateCell(cells[index], trials, seed);
}

function lossHandler({ files, trials, seed }: CellsInput): Handler<'losses'> {
  const cells = cellsOf(files);
  return ({ index, factors }) => cellLosses(cells[index], factors, trials, seed);
}

function cellsOf(files: CellsInput['files']): readonly Cell[] {
  const lab = readLab(files);
  if (!lab.ok) throw new Error(`checked input is refused: ${lab.errors[0].message}`);
  return lab.value.cells;
}
