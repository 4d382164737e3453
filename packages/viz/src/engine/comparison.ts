/** All strategies of a study, refined trial by trial; the strategies take turns. */
import { newReport, runStudyTrial, type Study, type TrialResult } from '@xdsim/sim-core';
import type { ComparisonState, Samples } from './protocol.js';

/** So long at a stretch before the worker listens again. */
const SLICE_MS = 40;
/** Reports are made ever more rarely: each costs as much as some trials. */
const FIRST_REPORT_TRIALS = 2;
const REPORT_GROWTH = 1.5;

const TOOL = { name: 'xdsim', version: __XDSIM_VERSION__ };

/** @param isWanted asked between slices; the comparison ends quietly when it is not */
export async function compare(
  study: Study,
  trials: number,
  tell: (state: ComparisonState) => void,
  isWanted: () => boolean,
): Promise<ComparisonState | undefined> {
  const results = new Map(study.strategies.map(({ name }): [string, TrialResult[]] => [name, []]));
  let due = FIRST_REPORT_TRIALS;
  let sliceEnd = performance.now() + SLICE_MS;
  for (let trial = 0; trial < trials; trial++) {
    for (const [name, list] of results) {
      list.push(runStudyTrial(study, name, trial));
      if (performance.now() < sliceEnd) continue;
      await nextTask();
      if (!isWanted()) return undefined;
      sliceEnd = performance.now() + SLICE_MS;
    }
    if (trial + 1 < due || trial + 1 === trials) continue;
    due = Math.ceil(due * REPORT_GROWTH);
    tell(stateOf(study, results, trial + 1, trials));
  }
  return stateOf(study, results, trials, trials);
}

function stateOf(
  study: Study,
  results: ReadonlyMap<string, readonly TrialResult[]>,
  trials: number,
  of: number,
): ComparisonState {
  const samples = [...results].map(([name, list]): [string, Samples] => [
    name,
    {
      errors: Float64Array.from(list, ({ errors }) => errors),
      failingMs: Float64Array.from(list, ({ failingMs }) => failingMs),
      completeMs: Float64Array.from(list, ({ completeMs }) => completeMs ?? Number.NaN),
    },
  ]);
  return { trials, of, report: newReport(study, results, TOOL), samples: Object.fromEntries(samples) };
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
