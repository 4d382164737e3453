/** Scenario files to take away. */
import { scenarioParameters, scenarioTemplate, scenarioWith } from '@xdsim/sim-core';
import type { CaseFiles, StudyChoice } from './protocol.js';

const PLAIN = 'schema: xdsim.scenario/v1\nname: my-change\nbefore: before\nafter: after\n';

/** Every value spelled out, with where its default comes from. */
export function template(): string {
  return scenarioTemplate({ name: 'my-change', before: 'before', after: 'after' });
}

/** The case's own file, with what is set over it and the seed written into it. */
export function scenarioText(choice: StudyChoice, files: CaseFiles | undefined): string {
  return scenarioWith(fileOf(files), setsOf(choice));
}

/** The same with every value in force, and where it comes from. */
export function parameters(choice: StudyChoice, files: CaseFiles | undefined): string {
  return scenarioParameters(fileOf(files), setsOf(choice), files?.calibrationFile);
}

function fileOf(files: CaseFiles | undefined) {
  return files?.scenarioFile ?? { path: 'scenario.yaml', text: PLAIN };
}

function setsOf({ sets, seed }: StudyChoice) {
  return seed === undefined ? sets : [...sets, { path: 'seed', value: seed }];
}
