/** Reads what the user drops or chooses: manifests of a folder, within limits. */
import type { SourceFile } from '@xdsim/sim-core';

const MOST_BYTES = 2_000_000;
const MOST_FILES = 200;
const HEADER_BYTES = 1_000_000;
/** Manifests; and what the command line writes. */
const MANIFEST = /\.(ya?ml|json|ndjson)$/;

export interface ReadProblem {
  readonly problem: 'too-much' | 'not-text' | 'nothing';
  readonly name: string;
}

interface Found {
  readonly path: string;
  readonly file: File;
}

export async function readFiles(from: DataTransfer | FileList): Promise<readonly SourceFile[] | ReadProblem> {
  const found = from instanceof FileList ? ofList(from) : await ofDrop(from);
  const manifests = found.filter(
    ({ path }) => MANIFEST.test(path) && !path.split('/').some((part) => part.startsWith('.')),
  );
  if (manifests.length === 0) return { problem: 'nothing', name: '' };
  const bytes = manifests.reduce((sum, { path, file }) => sum + (isTrace(path) ? 0 : file.size), 0);
  if (bytes > MOST_BYTES || manifests.length > MOST_FILES) return { problem: 'too-much', name: '' };
  const files: SourceFile[] = [];
  for (const { path, file } of manifests) {
    const text = isTrace(path) ? await textOf(file.slice(0, HEADER_BYTES), true) : await textOf(file);
    if (text === undefined) return { problem: 'not-text', name: path };
    files.push({ path: path.replace(/^\//, ''), text });
  }
  return withoutCommonFolder(files.sort((a, b) => (a.path < b.path ? -1 : 1)));
}

function ofList(list: FileList): Found[] {
  return [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

async function ofDrop({ items }: DataTransfer): Promise<Found[]> {
  // Entries are gone after the first wait: they are asked for before it.
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found: Found[] = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

async function walk(entry: FileSystemEntry, found: Found[]): Promise<void> {
  if (found.length > MOST_FILES * 10) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ path: entry.fullPath, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return;
    for (const child of batch) await walk(child, found);
  }
}

/** Of a trace only the first line is of interest, however long it is. */
function isTrace(path: string): boolean {
  return path.endsWith('.ndjson');
}

/** @param isPart it may end within a character */
async function textOf(file: Blob, isPart = false): Promise<string | undefined> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer(), { stream: isPart });
  } catch {
    return undefined;
  }
}

/** `my-change/before/x.yaml` → `before/x.yaml`. */
function withoutCommonFolder(files: readonly SourceFile[]): readonly SourceFile[] {
  const [first] = files[0].path.split('/');
  const isCommon = first !== 'before' && first !== 'after' && files.every(({ path }) => path.startsWith(`${first}/`));
  return isCommon
    ? withoutCommonFolder(files.map(({ path, text }) => ({ path: path.slice(first.length + 1), text })))
    : files;
}
