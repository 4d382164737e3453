/** The page as users get it: built, served on loopback below some path, in a browser of the machine. */
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

/** undefined: this machine has none. */
export function findBrowser(): string | undefined {
  return [process.env.CHROME_PATH, ...BROWSERS].find((path) => path !== undefined && path !== '' && existsSync(path));
}

export interface BuiltPage {
  readonly browser: Browser;
  readonly url: string;
  close(): Promise<void>;
}

export async function openBuiltPage(executablePath: string): Promise<BuiltPage> {
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
  const browser = await chromium.launch({ executablePath, args: FLAGS, chromiumSandbox: false });
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
