import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Result } from '../../packages/sim-core/src/errors.js';
import type { SourceFile } from '../../packages/sim-core/src/manifest/types.js';
import type { Cell } from '../../packages/sim-core/src/validation/cell.js';
import { readLab } from '../../packages/sim-core/src/validation/lab-folder.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** All files below `test/lab/<folder>`, as the command line reads them. */
export function labFiles(folder = ''): SourceFile[] {
  const at = join(ROOT, 'test/lab', folder);
  return readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path: relative(ROOT, path), text: readFileSync(path, 'utf8') }));
}

export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join('\n'));
  return result.value;
}

export function labCell(name: string): Cell {
  return unwrap(readLab(labFiles(name))).cells[0];
}

/** The files of one cell with some of their text changed. */
export function editedCell(name: string, file: string, edit: (text: string) => string): SourceFile[] {
  return labFiles(name).map((source) => (source.path.endsWith(file) ? { ...source, text: edit(source.text) } : source));
}
