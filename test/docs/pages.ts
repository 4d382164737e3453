/** The pages that a stranger reads, and what the sources say to hold them against. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../cli/support.js';

/** Pages whose commands are run. */
export const RUN_PAGES = ['README.md', ...markdownIn('docs'), 'test/lab/README.md'];

/** The same in another language: its commands and what they print are the same to the letter, so that one run is enough. */
export const TRANSLATIONS: Readonly<Record<string, string>> = { 'README.md': 'README.ko.md' };

export const PAGES = [...RUN_PAGES, ...Object.values(TRANSLATIONS)];

export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

export function sourceFiles(folder: string): { readonly path: string; readonly text: string }[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => ({ path: `${folder}/${name}`, text: readFileSync(join(ROOT, folder, name), 'utf8') }));
}

function markdownIn(folder: string): string[] {
  const names = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.md'));
  return names.sort().map((name) => `${folder}/${name}`);
}
