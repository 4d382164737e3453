/** What `compare`, `run` and `inspect` read before they can start: a scenario, or two folders, and what is set over it. */
import { isAbsolute, join } from 'node:path';
import {
  calibrationOf,
  fail,
  type Override,
  ok,
  parseScenario,
  type Result,
  type SourceFile,
  type StudyFlags,
  type StudyInput,
  type UserError,
} from '@xdsim/sim-core';
import { folderOfScenario, readFile, readManifests, readScenarioFile } from './input.js';
import { shellWord } from './shell-word.js';

export interface StudyOptions {
  readonly before?: string;
  readonly after?: string;
  readonly set?: readonly Override[];
  readonly trials?: number;
  readonly seed?: string;
}

export async function readStudyInput(
  scenario: string | undefined,
  options: StudyOptions,
  strategies?: readonly string[],
): Promise<Result<StudyInput>> {
  const { before, after, set: overrides = [], trials, seed } = options;
  const flags = { trials, seed, strategies };
  if (scenario !== undefined) {
    if (before !== undefined || after !== undefined) return fail(scenarioAndFolders(scenario));
    return fromScenario(scenario, overrides, flags);
  }
  if (before === undefined && after === undefined) return fail(nothingGiven());
  if (before === undefined || after === undefined) return fail(oneFolder(before === undefined ? 'before' : 'after'));
  const source = `--before ${shellWord(before)} --after ${shellWord(after)}`;
  return withManifests({ before, after }, { source, overrides, flags });
}

/** Both states, with the errors of both. */
export async function readBothManifests(
  before: string,
  after: string,
): Promise<Result<{ before: SourceFile[]; after: SourceFile[] }>> {
  if (before === '-' && after === '-') return fail(stdinTwice());
  const [old, next] = [await readManifests(before), await readManifests(after)];
  if (old.ok && next.ok) return ok({ before: old.value, after: next.value });
  return fail(...(old.ok ? [] : old.errors), ...(next.ok ? [] : next.errors));
}

async function fromScenario(
  scenario: string,
  overrides: readonly Override[],
  flags: StudyFlags,
): Promise<Result<StudyInput>> {
  const scenarioFile = await readScenarioFile(scenario);
  if (!scenarioFile.ok) return scenarioFile;
  const folder = folderOfScenario(scenarioFile.value);
  const at = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const calibration = calibrationOf(scenarioFile.value);
  const calibrationFile = calibration === undefined ? ok(undefined) : readFile(at(calibration));
  if (!calibrationFile.ok) return calibrationFile;
  const parsed = parseScenario(scenarioFile.value, overrides, calibrationFile.value);
  if (!parsed.ok) return parsed;
  const paths = { before: at(parsed.value.beforePath), after: at(parsed.value.afterPath) };
  return withManifests(paths, {
    scenarioFile: scenarioFile.value,
    calibrationFile: calibrationFile.value,
    source: shellWord(scenario),
    overrides,
    flags,
  });
}

async function withManifests(
  paths: { readonly before: string; readonly after: string },
  rest: Omit<StudyInput, 'before' | 'after'>,
): Promise<Result<StudyInput>> {
  const manifests = await readBothManifests(paths.before, paths.after);
  return manifests.ok ? ok({ ...rest, ...manifests.value }) : manifests;
}

function usage(message: string, hint: string): UserError {
  return { code: 'XDS-USAGE', message, hint };
}

function nothingGiven(): UserError {
  return usage(
    'there is nothing to simulate',
    'Give a scenario, such as scenarios/blue-green, or --before DIR --after DIR.',
  );
}

function oneFolder(missing: 'before' | 'after'): UserError {
  const said = missing === 'before' ? 'after' : 'before';
  const what = missing === 'before' ? 'as they are applied now' : 'as they shall be';
  return usage(`--${said} without --${missing}`, `Add --${missing} DIR: the manifests ${what}.`);
}

function scenarioAndFolders(scenario: string): UserError {
  return usage(
    `both a scenario (${scenario}) and --before or --after`,
    'A scenario names its folders. Leave one of the two out, or use --set before=DIR --set after=DIR.',
  );
}

function stdinTwice(): UserError {
  return usage('standard input is given for both before and after', 'Give one of them as a folder or a file.');
}
