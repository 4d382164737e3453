/**
 * Makes the pictures of the page that the documentation shows: `node scripts/page-pictures.mjs`. Needs nothing but the
 * workspace: the browser is that of an npm package.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { unpackedChromium } from './chromium.mjs';
import { ensureBuilt, ensurePage, ROOT } from './setup.mjs';

const PICTURES = {
  'page-lesson-3': { fragment: '#lesson=3&t=150', width: 1500, height: 1060 },
  'page-stage': {
    fragment: '#room=explore&case=blue-green&strategy=simultaneous&t=146&look=proxy:sc-10',
    width: 1500,
    height: 900,
    part: '.stages',
  },
  'page-timeline': {
    fragment: '#room=explore&case=blue-green&strategy=simultaneous&t=146',
    width: 1500,
    height: 1400,
    part: '.timeline-panel',
  },
  'page-compare': { fragment: '#room=compare&case=mtls-strict&trials=400', width: 1500, height: 880 },
  'page-lost': {
    fragment:
      '#room=explore&case=blue-green&strategy=simultaneous&with=simultaneous&withset=faults.streamResets:[{proxies: [sc-3], atMs: 144}]&t=260&look=proxy:sc-3',
    width: 1500,
    height: 2000,
    part: '.timeline-panel',
  },
};

await ensureBuilt();
await ensurePage();
const folder = await unpackedChromium();
const server = spawn(process.execPath, [join(ROOT, 'scripts/serve-page.mjs')], { stdio: ['ignore', 'pipe', 'ignore'] });
const url = await new Promise((resolve) => server.stdout.once('data', (bytes) => resolve(String(bytes).trim())));
const env = { ...process.env, LD_LIBRARY_PATH: join(folder, 'al2023/lib') };
const browser = await chromium.launch({ executablePath: join(folder, 'chromium'), env, chromiumSandbox: false });
try {
  for (const [name, { fragment, width, height, part }] of Object.entries(PICTURES)) {
    const page = await browser.newPage({ viewport: { width, height } });
    await page.goto(url + fragment);
    const done = '.workbench[aria-busy=false]';
    await page.locator(`${done} .timeline svg, ${done} .strategies`).first().waitFor({ timeout: 120_000 });
    await page.waitForTimeout(300);
    const path = join(ROOT, 'docs', `${name}.png`);
    await (part === undefined ? page : page.locator(part)).screenshot({ path });
    process.stdout.write(`${path}\n`);
    await page.close();
  }
} finally {
  await browser.close();
  server.kill('SIGINT');
}
