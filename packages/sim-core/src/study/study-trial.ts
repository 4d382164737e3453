/** Any trial of a study. */
import { msToNs } from '../kernel/time.js';
import type { Study } from './study.js';
import { runTrial, type TrialResult } from './trial.js';

/** @throws when the strategy is not one of the study's */
export function runStudyTrial(study: Study, strategy: string, trial: number): TrialResult {
  const found = study.strategies.find(({ name }) => name === strategy);
  if (found === undefined) throw new Error(`no strategy ${strategy} in this study`);
  return runTrial(found.prepared, study.root, trial, msToNs(study.horizonMs));
}
