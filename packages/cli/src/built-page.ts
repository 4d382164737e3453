/** The page as `npm run build` leaves it: files to serve, and all of it in one. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail, ok, type Result } from '@xdsim/sim-core';
import type { GivenCase } from './page/given-case.js';

/** From the compiled file and from the bundle alike, which is why this file lies where it does. */
const DIST = fileURLToPath(new URL('../../viz/dist/', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
}

/** URL path → file; `/` is the page itself, with the case in it. */
export function pageFiles(given: GivenCase | undefined): Result<ReadonlyMap<string, PageFile>> {
  const folder = join(DIST, 'page');
  if (!existsSync(join(folder, 'index.html'))) return fail(notBuilt());
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = new Map<string, PageFile>();
  for (const entry of names) {
    const path = join(entry.parentPath, entry.name);
    const url = path.slice(folder.length).replaceAll('\\', '/');
    const type = TYPES[extname(entry.name)] ?? 'application/octet-stream';
    files.set(url === '/index.html' ? '/' : url, { type, bytes: readFileSync(path) });
  }
  const page = files.get('/') as PageFile;
  files.set('/', { ...page, bytes: Buffer.from(withCase(page.bytes.toString('utf8'), given)) });
  return ok(files);
}

/** One HTML file that works from disk. */
export function singlePage(given: GivenCase): Result<string> {
  const path = join(DIST, 'single/index.html');
  return existsSync(path) ? ok(withCase(readFileSync(path, 'utf8'), given)) : fail(notBuilt());
}

/** As JSON in the element that index.html has for it; `<` is written so that no text can end the element. */
function withCase(html: string, given: GivenCase | undefined): string {
  if (given === undefined) return html;
  const json = JSON.stringify(given).replaceAll('<', '\\u003c');
  return html.replace('id="xdsim-case"></script>', () => `id="xdsim-case">${json}</script>`);
}

function notBuilt() {
  return {
    code: 'XDS-PAGE-MISSING',
    message: `the page has not been built: there is nothing in ${DIST}`,
    hint: 'Build it once with `npm run build` in the root of the clone.',
  };
}
