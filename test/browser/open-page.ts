/** The page as users get it: built, served on loopback below some path, in a real browser. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
];
const FLAGS = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** The page is not at the root of its server. */
const BASE = '/some/where/';
const ANSWER_MS = 20_000;

interface Executable {
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The machine's own Chromium, or else the one of the npm package. Fonts are those of the package in both cases, so that
 * pictures are comparable.
 */
function findBrowser(): Executable {
  const folder = execFileSync(process.execPath, [join(ROOT, 'scripts/chromium.mjs')], { encoding: 'utf8' }).trim();
  const env = { ...process.env, FONTCONFIG_PATH: join(folder, 'fonts') };
  const path = [process.env.CHROME_PATH, ...BROWSERS].find((name) => name !== undefined && existsSync(name));
  if (path !== undefined) return { path, env };
  return { path: join(folder, 'chromium'), env: { ...env, LD_LIBRARY_PATH: join(folder, 'al2023/lib') } };
}

export interface OpenPage {
  readonly browser: Browser;
  readonly url: string;
  /**
   * A new page at a fragment, when it shows something. What it complains of, and what it asks of anybody but its own
   * server, is kept.
   */
  open(fragment?: string, options?: BrowserContextOptions): Promise<Page>;
  readonly complaints: string[];
  close(): Promise<void>;
}

export async function openPage(): Promise<OpenPage> {
  execFileSync(process.execPath, ['scripts/run.mjs', 'build'], { cwd: ROOT, stdio: 'ignore' });
  const dist = join(ROOT, 'packages/viz/dist/page');
  const server = createServer(({ url = '/' }, response) => {
    const path = join(dist, url === BASE ? 'index.html' : url.slice(BASE.length));
    const isThere = url.startsWith(BASE) && !url.includes('..') && existsSync(path);
    response.writeHead(isThere ? 200 : 404, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
    response.end(isThere ? readFileSync(path) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { path: executablePath, env } = findBrowser();
  // As root, in a container, there is no sandbox to be had; the page is our own.
  const browser = await chromium.launch({ executablePath, env, args: FLAGS, chromiumSandbox: false });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE}`;
  const complaints: string[] = [];
  return {
    browser,
    url,
    complaints,
    async open(fragment = '', options = {}) {
      const page = await browser.newPage({ viewport: { width: 1600, height: 1000 }, locale: 'en-GB', ...options });
      listen(page, url, complaints);
      await page.goto(url + fragment);
      await rest(page);
      return page;
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function listen(page: Page, own: string, complaints: string[]): void {
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(own) && !/^(data|blob):/.test(url)) complaints.push(`asks for ${url}`);
  });
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
}

/** Until the page has its answers and has drawn them. */
export async function rest(page: Page): Promise<void> {
  await page
    .locator('.workbench[aria-busy=false] .timeline svg, .workbench .strategies, .own .editor, .problem')
    .first()
    .waitFor({ timeout: ANSWER_MS });
  await nextFrame(page);
}

export async function nextFrame(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** The figures of a branch, to their last bit. */
export function figures(page: Page, branch = 'A'): Promise<Record<string, string>> {
  return page.$$eval(`tr[data-name] [data-branch=${branch}] data`, (all) =>
    Object.fromEntries(
      all.map((data) => [data.closest<HTMLElement>('tr')?.dataset.name, (data as HTMLDataElement).value]),
    ),
  );
}
