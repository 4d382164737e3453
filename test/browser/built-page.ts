/** The page as users get it: built, served on loopback below some path, in a browser of the machine. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { build } from 'vite';

const VIZ = fileURLToPath(new URL('../../packages/viz/', import.meta.url));
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

const UNPACK = fileURLToPath(new URL('../../scripts/chromium.mjs', import.meta.url));

interface Executable {
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The machine's own Chromium, or else the one of the npm package. Fonts are those of the package in both cases, so that
 * pictures are comparable.
 */
function findBrowser(): Executable {
  const folder = execFileSync(process.execPath, [UNPACK], { encoding: 'utf8' }).trim();
  const env = { ...process.env, FONTCONFIG_PATH: join(folder, 'fonts') };
  const path = [process.env.CHROME_PATH, ...BROWSERS].find((name) => name !== undefined && existsSync(name));
  if (path !== undefined) return { path, env };
  return { path: join(folder, 'chromium'), env: { ...env, LD_LIBRARY_PATH: join(folder, 'al2023/lib') } };
}

export interface BuiltPage {
  readonly browser: Browser;
  readonly url: string;
  close(): Promise<void>;
}

export async function openBuiltPage(): Promise<BuiltPage> {
  const { path: executablePath, env } = findBrowser();
  const dir = mkdtempSync(join(tmpdir(), 'xdsim-page-'));
  await build({
    root: VIZ,
    configFile: join(VIZ, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: dir, emptyOutDir: true },
  });
  const server = createServer(({ url = '/' }, response) => {
    const path = join(dir, url === BASE ? 'index.html' : url.slice(BASE.length));
    const isThere = url.startsWith(BASE) && !url.includes('..') && existsSync(path);
    response.writeHead(isThere ? 200 : 404, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
    response.end(isThere ? readFileSync(path) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // As root, in a container, there is no sandbox to be had; the page is our own.
  const browser = await chromium.launch({ executablePath, env, args: FLAGS, chromiumSandbox: false });
  return {
    browser,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE}`,
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
