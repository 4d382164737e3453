/** A bundled case as the command line reads it, and numbers over some of its trials. */
import { fileURLToPath } from 'node:url';
import { newStudy, type Result, runStudyTrial, type SourceFile, type Study, type TrialResult } from '@xdsim/sim-core';
import { readStudyInput } from '../../packages/cli/src/study-input.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Overrides as after `--set`; a value is YAML. */
export type Settings = Readonly<Record<string, string | number>>;

/** @param edit changes the text of every manifest, before and after */
export async function newCase(name: string, settings: Settings = {}, edit = (text: string) => text): Promise<Study> {
  // Paths are part of a report: they are those that a user sees in the root.
  process.chdir(ROOT);
  const set = Object.entries(settings).map(([path, value]) => ({ path, value: String(value) }));
  const input = unwrap(await readStudyInput(`scenarios/${name}`, { set, seed: '1' }));
  const edited = (files: readonly SourceFile[]) => files.map((file) => ({ ...file, text: edit(file.text) }));
  return unwrap(newStudy({ ...input, before: edited(input.before), after: edited(input.after) }));
}

/** Connections that end of age are rare in a rollout, and enough to hide what is exact without them. */
export const NO_RECONNECTS: Settings = { 'mesh.maxConnectionAgeMin': 'never' };

function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.errors.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return result.value;
}

/** Few trials are enough: what the behaviour tests tell apart differs by far more than chance. */
const TRIALS = 8;

export function trialsOf(study: Study, strategy: string, count = TRIALS): TrialResult[] {
  return Array.from({ length: count }, (_, trial) => runStudyTrial(study, strategy, trial));
}

export async function trialsWith(name: string, strategy: string, settings: Settings = {}): Promise<TrialResult[]> {
  return trialsOf(await newCase(name, settings), strategy);
}

/** Over trials, and over proxies where a trial has a number for each. */
export function mean(
  trials: readonly TrialResult[],
  value: (trial: TrialResult) => number | readonly number[],
): number {
  const values = trials.flatMap(value);
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

export function errors(trial: TrialResult): number {
  return trial.errors;
}

type Bucket = TrialResult['buckets'][number]['bucket'];

/** Expected 5xx that have all of these, say `{ flag: 'NC' }`. */
export function errorsWith(what: Partial<Bucket>): (trial: TrialResult) => number {
  const matches = (bucket: Bucket): boolean =>
    bucket.code >= 500 && Object.entries(what).every(([key, value]) => bucket[key as keyof Bucket] === value);
  return ({ buckets }) => buckets.reduce((sum, { bucket, expected }) => sum + (matches(bucket) ? expected : 0), 0);
}

/** Requests of one rollout, failed or not. */
export function requestsOf({ scenario, horizonMs }: Study): number {
  return (scenario.traffic.requestsPerSecond * horizonMs) / 1000;
}
