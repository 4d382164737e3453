/** Files that the user names: manifests from folders, single files or standard input, and the scenario. */
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fail, nearestWord, ok, type Result, type SourceFile, type UserError } from '@xdsim/sim-core';

const MANIFEST_EXTENSIONS = ['.yaml', '.yml', '.json'];
const SCENARIO_NAMES = ['scenario.yaml', 'scenario.yml', 'scenario.json'];

/** Stands for standard input, as with `kubectl apply -f -`. */
const STDIN = '-';
const STDIN_PATH = '<stdin>';

/** Manifests of a folder (recursively, sorted), of a file, or of standard input. */
export async function readManifests(path: string): Promise<Result<SourceFile[]>> {
  if (path === STDIN) return readStdin();
  const files = readFiles(path, (name) => MANIFEST_EXTENSIONS.includes(extname(name)));
  if (!files.ok || files.value.length > 0) return files;
  const hint = `Manifests end in ${MANIFEST_EXTENSIONS.join(', ')}.`;
  return fail({ code: 'XDS-FOLDER-EMPTY', message: `there is no manifest file in ${path}`, hint });
}

/** The scenario file, or the one of a case's folder. */
export async function readScenarioFile(path: string): Promise<Result<SourceFile>> {
  if (path === STDIN) {
    const read = await readStdin();
    return read.ok ? ok(read.value[0]) : read;
  }
  const kind = kindOf(path);
  if (!kind.ok) return kind;
  if (kind.value === 'file') return readFile(path);
  const name = SCENARIO_NAMES.find((candidate) => isFile(join(path, candidate)));
  return name === undefined ? fail(noScenarioIn(path)) : readFile(join(path, name));
}

/** Where relative paths of a scenario start: at its file, or where the command runs for standard input. */
export function folderOfScenario(file: SourceFile): string {
  return file.path === STDIN_PATH ? '.' : dirname(file.path);
}

/** Every file below a folder that `isWanted`, or the single file that `path` is. */
export function readFiles(path: string, isWanted: (name: string) => boolean): Result<SourceFile[]> {
  const kind = kindOf(path);
  if (!kind.ok) return kind;
  const paths = kind.value === 'file' ? ok([path]) : filesBelow(path, isWanted, new Set());
  if (!paths.ok) return paths;
  const files: SourceFile[] = [];
  const errors: UserError[] = [];
  for (const file of paths.value.map(readFile)) {
    if (file.ok) files.push(file.value);
    else errors.push(...file.errors);
  }
  return errors.length > 0 ? fail(...errors) : ok(files);
}

/** Standard input, under a name of its own. */
export async function readStdin(): Promise<Result<SourceFile[]>> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const text = decode(STDIN_PATH, Buffer.concat(chunks));
  return text.ok ? ok([text.value]) : text;
}

/** A single file as text. */
export function readFile(path: string): Result<SourceFile> {
  try {
    return decode(path, readFileSync(path));
  } catch (error) {
    return fail(missingOrUnreadable(path, error));
  }
}

function decode(path: string, bytes: Buffer): Result<SourceFile> {
  try {
    // A byte order mark is dropped on the way, so that columns are those of an editor.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return ok({ path, text });
  } catch {
    // Not UTF-8: the same error as for other bytes that are no text.
  }
  const hint = 'Save it as UTF-8, or leave it out of the folder.';
  return fail({ code: 'XDS-FILE-ENCODING', message: `${path} is not UTF-8 text`, hint });
}

/**
 * Names sorted by code units, whatever the file system says. Hidden entries are skipped: `.git`, and the `..data` of a
 * mounted ConfigMap, which holds every file a second time. Each folder is visited once, so that links cannot form a loop.
 */
function filesBelow(folder: string, isWanted: (name: string) => boolean, visited: Set<string>): Result<string[]> {
  try {
    const real = realpathSync(folder);
    if (visited.has(real)) return ok([]);
    visited.add(real);
    const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
    const found: string[] = [];
    for (const name of names.sort(byCodeUnits)) {
      const path = join(folder, name);
      if (!statSync(path).isDirectory()) {
        if (isWanted(name)) found.push(path);
        continue;
      }
      const below = filesBelow(path, isWanted, visited);
      if (!below.ok) return below;
      found.push(...below.value);
    }
    return ok(found);
  } catch (error) {
    return fail(unreadable(folder, error));
  }
}

function byCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function kindOf(path: string): Result<'file' | 'folder'> {
  try {
    return ok(statSync(path).isDirectory() ? 'folder' : 'file');
  } catch (error) {
    return fail(missingOrUnreadable(path, error));
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function missingOrUnreadable(path: string, error: unknown): UserError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EISDIR') {
    return { code: 'XDS-FILE-NOT-FOUND', message: `${path} is a folder, not a file`, hint: 'Give a file in it.' };
  }
  return code === 'ENOENT' || code === 'ENOTDIR' ? notFound(path) : unreadable(path, error);
}

/** Names the first part of the path that is wrong, and what stands beside it. */
function notFound(path: string): UserError {
  let missing = path === '' ? '.' : path;
  while (dirname(missing) !== missing && !isFolder(dirname(missing))) missing = dirname(missing);
  const folder = dirname(missing);
  const siblings = isFolder(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : [];
  const meant = nearestWord(basename(missing), siblings.sort(byCodeUnits));
  const hint =
    meant === undefined
      ? `Give a path as seen from ${process.cwd()}.`
      : `Did you mean ${join(folder, meant)}${path.slice(missing.length)}?`;
  const why = missing === path ? '' : `: there is no ${missing}`;
  return { code: 'XDS-FILE-NOT-FOUND', message: `${path === '' ? 'the empty path' : path} does not exist${why}`, hint };
}

function unreadable(path: string, error: unknown): UserError {
  const message = `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  return { code: 'XDS-FILE-UNREADABLE', message, hint: 'Check that it is there and that you may read it.' };
}

function noScenarioIn(folder: string): UserError {
  const [before, after] = [join(folder, 'before'), join(folder, 'after')];
  const hint =
    isFolder(before) && isFolder(after)
      ? `Give --before ${before} --after ${after}, or write one: xdsim init --before ${before} --after ${after} --out ${join(folder, SCENARIO_NAMES[0])}`
      : 'Give a scenario file, a folder that has one, or --before DIR --after DIR.';
  return { code: 'XDS-SCENARIO-NOT-FOUND', message: `there is no ${SCENARIO_NAMES[0]} in ${folder}`, hint };
}
