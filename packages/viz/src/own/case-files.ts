/** Which of the user's files are before, after, or say how it is simulated: their paths tell. */
import type { SourceFile } from '@xdsim/sim-core';

export const FOLDERS = ['before', 'after'] as const;

export const FIRST_FILES: readonly SourceFile[] = [
  { path: 'before/manifests.yaml', text: '' },
  { path: 'after/manifests.yaml', text: '' },
];

/** A file belongs to before or after by the first folder of that name in its path. */
export function caseOf(files: readonly SourceFile[]) {
  const within = (folder: string) => files.filter(({ path }) => isWithin(folder, path));
  const scenarioFile = files.find(({ path }) => isScenario(path));
  const [, calibration] = /^calibration: *["']?([^\s"'#]+)/m.exec(scenarioFile?.text ?? '') ?? [];
  return {
    scenarioFile,
    calibrationFile: files.find(({ path }) => calibration !== undefined && path.endsWith(calibration)),
    source: '--before before --after after',
    before: within('before'),
    after: within('after'),
  };
}

function isWithin(folder: string, path: string): boolean {
  return path.split('/').includes(folder) && !isScenario(path);
}

/** Folders that a change needs and that have no file here. */
export function missingFolders(files: readonly SourceFile[]) {
  return FOLDERS.filter((folder) => !files.some(({ path }) => isWithin(folder, path)));
}

/** Those of a folder, or an empty one to paste into. */
export function filesIn(folder: string, files: readonly SourceFile[]): readonly SourceFile[] {
  const here = files.filter(({ path }) => isWithin(folder, path));
  return here.length > 0 ? here : FIRST_FILES.filter(({ path }) => isWithin(folder, path));
}

export function isScenario(path: string): boolean {
  return /(^|\/)scenario\.(ya?ml|json)$/.test(path);
}
