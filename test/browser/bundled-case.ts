/** A bundled case read from disk as the command line reads it. */
import { newStudy, type Override, type Study } from '@xdsim/sim-core';
import { readStudyInput } from '../../packages/cli/src/study-input.js';
import { ROOT } from './open-page.js';

export async function bundledCase(name: string, overrides: readonly Override[] = []): Promise<Study> {
  process.chdir(ROOT);
  const input = await readStudyInput(`scenarios/${name}`, { set: overrides });
  if (!input.ok) throw new Error(JSON.stringify(input.errors));
  const study = newStudy(input.value);
  if (!study.ok) throw new Error(JSON.stringify(study.errors));
  return study.value;
}
