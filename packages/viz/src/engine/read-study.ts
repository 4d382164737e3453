/** Reading a case: manifests, scenario, what is set over it. Loaded when a case is asked for that is not packed. */
import { newStudy, type Override, type Result, type Study } from '@xdsim/sim-core';
import type { CaseFiles } from './protocol.js';

export function readStudy(files: CaseFiles, overrides: readonly Override[], seed: string | undefined): Result<Study> {
  return newStudy({ ...files, overrides, flags: { seed } });
}
