/** All trials of a study, over any number of workers. */
import type { Study, StudyInput, TrialResult } from '@xdsim/sim-core';
import { interruptible } from '../interrupt.js';
import { workersFor } from '../options.js';
import { Progress } from '../progress.js';
import type { TrialTask } from './messages.js';
import { runTasks } from './run-tasks.js';

/** Small enough that Ctrl-C and progress are prompt, large enough that messages cost nothing. */
const TRIALS_PER_TASK = 8;

export interface FinishedTrials {
  /** By strategy, in trial order; fewer than asked for when interrupted. */
  readonly results: ReadonlyMap<string, readonly TrialResult[]>;
  readonly isComplete: boolean;
}

export async function runTrials(input: StudyInput, study: Study, workers: number | undefined): Promise<FinishedTrials> {
  const names = study.strategies.map(({ name }) => name);
  const tasks = trialTasks(names, study.scenario.trials);
  const progress = new Progress('trials', names.length * study.scenario.trials);
  let done = 0;
  const onAnswer = ({ from, to }: TrialTask): void => {
    done += to - from;
    progress.update(done);
  };
  const answers = await interruptible((signal) =>
    runTasks({ kind: 'trials', input, tasks, workers: workersFor(workers, tasks.length), signal, onAnswer }),
  ).finally(() => progress.clear());
  const results = new Map<string, TrialResult[]>(names.map((name) => [name, []]));
  tasks.forEach(({ strategy }, at) => {
    results.get(strategy)?.push(...(answers[at] ?? []));
  });
  return { results, isComplete: answers.every((answer) => answer !== undefined) };
}

/** The strategies take turns, so that an interrupted comparison has about as many trials of each. */
export function trialTasks(strategies: readonly string[], trials: number): TrialTask[] {
  const tasks: TrialTask[] = [];
  for (let from = 0; from < trials; from += TRIALS_PER_TASK) {
    const to = Math.min(trials, from + TRIALS_PER_TASK);
    tasks.push(...strategies.map((strategy) => ({ strategy, from, to })));
  }
  return tasks;
}
