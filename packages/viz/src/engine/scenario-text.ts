/** Scenario files to take away. */
import { scenarioTemplate, scenarioWith } from '@xdsim/sim-core';
import type { CaseFiles, StudyChoice } from './protocol.js';

const PLAIN = 'schema: xdsim.scenario/v1\nname: my-change\nbefore: before\nafter: after\n';

/** Every value spelled out, with where its default comes from. */
export function template(): string {
  return scenarioTemplate({ name: 'my-change', before: 'before', after: 'after' });
}

/** The case's own file, with what is set over it and the seed written into it. */
export function scenarioText({ sets, seed }: StudyChoice, files: CaseFiles | undefined): string {
  const file = files?.scenarioFile ?? { path: 'scenario.yaml', text: PLAIN };
  return scenarioWith(file, seed === undefined ? sets : [...sets, { path: 'seed', value: seed }]);
}
