/** The folder of a lab, `<group>/<cell>/<file>`: its cells, and what is left out. */
import { fail, ok, type Result, type UserError } from '../errors.js';
import type { SourceFile } from '../manifest/types.js';
import { byVersion } from './by-version.js';
import { type Cell, GROUPS, type Group, kindOf, readCell } from './cell.js';

export interface LabFolder {
  /** `cells/` before `shapes/`, each sorted by name; one for each Istio version that was measured. */
  readonly cells: readonly Cell[];
  /** Groups that are not compared, and how many cells each has. */
  readonly skipped: readonly { readonly group: string; readonly cells: number }[];
}

const FILES = { before: 'before.yaml', cell: 'cell.yaml', measured: 'measured.ndjson' } as const;

/** @param files all files below the lab's folder; their paths include the group, whatever comes before it */
export function readLab(files: readonly SourceFile[]): Result<LabFolder> {
  const folders = foldersOf(files);
  const errors: UserError[] = [];
  const cells: Cell[] = [];
  const skipped = new Map<string, number>();
  for (const { group, name, members, path } of folders) {
    if (!isGroup(group) || !isCompared(group, members.get(FILES.cell))) {
      skipped.set(group, (skipped.get(group) ?? 0) + 1);
      continue;
    }
    const missing = Object.values(FILES).filter((file) => !members.has(file));
    if (missing.length > 0) {
      errors.push(missingFiles(path, missing));
      continue;
    }
    const read = readCell(group, name, {
      before: members.get(FILES.before) as SourceFile,
      cell: members.get(FILES.cell) as SourceFile,
      measured: members.get(FILES.measured) as SourceFile,
    });
    if (read.ok) cells.push(...byVersion(read.value));
    else errors.push(...read.errors);
  }
  if (errors.length === 0 && cells.length === 0) errors.push(noCells(files));
  if (errors.length > 0) return fail(...errors);
  return ok({ cells, skipped: [...skipped].map(([group, number]) => ({ group, cells: number })) });
}

/** Of the other experiments, those of a known kind; one without a description is told as such. */
function isCompared(group: Group, cell: SourceFile | undefined): boolean {
  return group !== 'other' || cell === undefined || kindOf(cell) !== undefined;
}

function isGroup(name: string): name is Group {
  return (GROUPS as readonly string[]).includes(name);
}

interface Folder {
  readonly group: string;
  readonly name: string;
  readonly path: string;
  readonly members: Map<string, SourceFile>;
}

/** Folders with at least one file of a cell; other files (a README) belong to nobody. */
function foldersOf(files: readonly SourceFile[]): Folder[] {
  const folders = new Map<string, Folder>();
  for (const file of files) {
    const steps = file.path.split(/[\\/]/);
    const base = steps.at(-1) ?? '';
    const [group, name] = [steps.at(-3), steps.at(-2)];
    if (!(Object.values(FILES) as readonly string[]).includes(base) || group === undefined || name === undefined)
      continue;
    const path = steps.slice(0, -1).join('/');
    const folder = folders.get(path) ?? { group, name, path, members: new Map<string, SourceFile>() };
    folder.members.set(base, file);
    folders.set(path, folder);
  }
  const key = ({ group, name, path }: Folder): string => `${group}\n${name}\n${path}`;
  return [...folders.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function missingFiles(path: string, missing: readonly string[]): UserError {
  return {
    code: 'XDS-LAB-MISSING-FILE',
    message: `${path} has no ${missing.join(' and no ')}`,
    position: { file: path, line: 1, column: 1 },
    hint: `A measured cell is a folder with ${Object.values(FILES).join(', ')}.`,
  };
}

function noCells(files: readonly SourceFile[]): UserError {
  return {
    code: 'XDS-LAB-EMPTY',
    message: `none of the ${files.length} files belongs to a cell in ${GROUPS.map((group) => `${group}/`).join(' or ')}`,
    hint: `Give the folder that holds ${GROUPS.map((group) => `${group}/<name>/`).join(' and ')}, such as test/lab.`,
  };
}
