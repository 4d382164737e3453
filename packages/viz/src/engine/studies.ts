/** Studies and rollouts that were asked for last, kept so that the next question about them is answered at once. */

import packed from 'virtual:first-case';
import { type PackedStudy, type Result, type Study, type UserError, unpackStudy } from '@xdsim/sim-core';
import { type DrawnRollout, newDrawnRollout } from '../rollout/new-picture.js';
import { bundledCase, FIRST } from './bundled-cases.js';
import type { CaseFiles, RolloutChoice, StudyChoice } from './protocol.js';

/** A rollout of a large mesh takes some ten megabytes. */
const MOST = 4;

class Recent<T> {
  private readonly known = new Map<string, T>();

  get(key: string, make: () => T): T {
    const value = this.known.get(key) ?? make();
    this.known.delete(key);
    this.known.set(key, value);
    if (this.known.size > MOST) this.known.delete(this.known.keys().next().value as string);
    return value;
  }
}

const studies = new Recent<Result<Study>>();
const rollouts = new Recent<DrawnRollout>();

export class Refusal extends Error {
  constructor(readonly errors: readonly UserError[]) {
    super(errors[0]?.message);
  }
}

/** Unpacked once. */
let first: Study | undefined;

function firstStudy(from: PackedStudy): Study {
  first ??= unpackStudy(from);
  return first;
}

/** @throws Refusal with the user's errors */
export async function studyOf({ source, sets, seed }: StudyChoice): Promise<Study> {
  const key = JSON.stringify({ source, sets, seed });
  const isPacked = source === FIRST && sets.length === 0 && seed === undefined;
  if (isPacked && packed !== undefined) return firstStudy(packed);
  const files = await filesOf(source);
  if (files === undefined) throw new Refusal([unknownCase(String(source))]);
  const { readStudy } = await import('./read-study.js');
  const study = studies.get(key, () => readStudy(files, sets, seed));
  if (!study.ok) throw new Refusal(study.errors);
  return study.value;
}

/** @throws Refusal with the user's errors */
export async function rolloutOf(choice: RolloutChoice): Promise<DrawnRollout> {
  const study = await studyOf(choice);
  const names = study.strategies.map(({ name }) => name);
  if (!names.includes(choice.strategy)) throw new Refusal([unknownStrategy(choice.strategy, names)]);
  return rollouts.get(JSON.stringify(choice), () => newDrawnRollout(study, choice.strategy, choice.trial));
}

/** Files of a case, for showing and editing. */
export async function filesOf(source: StudyChoice['source']): Promise<CaseFiles | undefined> {
  return typeof source === 'string' ? bundledCase(source) : source;
}

function unknownCase(name: string): UserError {
  return {
    code: 'XDS-PAGE-CASE',
    message: `no case "${name}" comes with this page`,
    hint: 'Choose one from the list, or drop your own files.',
  };
}

function unknownStrategy(name: string, names: readonly string[]): UserError {
  return {
    code: 'XDS-STRATEGY-UNKNOWN',
    message: `this case does not compare the strategy "${name}"`,
    hint: `It has ${names.join(', ')}.`,
  };
}
