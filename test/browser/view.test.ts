import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStudyTrial } from '@xdsim/sim-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledCase } from './bundled-case.js';
import { figures, listen, type OpenPage, openPage, ROOT, rest } from './open-page.js';

const RUN = ['--strategy', 'vs-first', '--trial', '3', '--set', 'mesh.services=300'];
let built: OpenPage;
let folder: string;

beforeAll(async () => {
  built = await openPage();
  folder = mkdtempSync(join(tmpdir(), 'xdsim-view-'));
});

afterAll(async () => {
  await built?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function expected(): Promise<Record<string, string>> {
  const study = await bundledCase('blue-green', [{ path: 'mesh.services', value: '300' }]);
  const { errors, failingMs } = runStudyTrial(study, 'vs-first', 3);
  return { errors: String(errors), failing: String(failingMs) };
}

function xdsim(...args: readonly string[]): readonly [string, readonly string[]] {
  return [process.execPath, [join(ROOT, 'packages/cli/bundle/main.js'), ...args]];
}

test('one HTML file works from disk, alone', async () => {
  const file = join(folder, 'page.html');
  const [command, args] = xdsim('run', 'scenarios/blue-green', ...RUN, '--format', 'html', '--out', file);
  execFileSync(command, args, { cwd: ROOT, stdio: 'ignore' });
  const page = await built.browser.newPage();
  listen(page, `file://${file}`, built.complaints);
  await page.goto(`file://${file}`);
  await rest(page);
  expect(await figures(page)).toMatchObject(await expected());
  // Saved again from there it is the same view.
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save page' }).click();
  const again = join(folder, 'again.html');
  await (await download).saveAs(again);
  await page.goto(`file://${again}`);
  await rest(page);
  expect(await figures(page)).toMatchObject(await expected());
  await page.close();
  expect(built.complaints.splice(0).filter((one) => !one.includes('again.html'))).toEqual([]);
});

/** Commands that open the page by themselves find this in place of the system's opener. */
function withOpener(): { readonly env: NodeJS.ProcessEnv; readonly opened: string } {
  const bin = join(folder, 'bin');
  const opened = join(folder, 'opened');
  mkdirSync(bin, { recursive: true });
  rmSync(opened, { force: true });
  for (const name of ['xdg-open', 'open']) {
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\nprintf %s "$1" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`,
      {
        mode: 0o755,
      },
    );
  }
  return { env: { ...process.env, PATH: `${bin}:${process.env.PATH}` }, opened };
}

/** Runs a command that opens the page, and looks at what it has opened. */
async function opening(args: readonly string[], look: (page: Page, printed: string) => Promise<void>): Promise<void> {
  const { env, opened } = withOpener();
  const [command, all] = xdsim(...args);
  const server = spawn(command, all, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'ignore'] });
  let printed = '';
  server.stdout.on('data', (bytes: Buffer) => {
    printed += bytes;
  });
  try {
    await expect.poll(() => existsSync(opened), { timeout: 20_000 }).toBe(true);
    const url = readFileSync(opened, 'utf8');
    expect(new URL(url).hostname).toBe('127.0.0.1');
    const page = await built.browser.newPage({ locale: 'en-GB' });
    listen(page, new URL('/', url).href, built.complaints);
    await page.goto(url);
    await look(page, printed);
    await page.close();
    expect(built.complaints.splice(0)).toEqual([]);
  } finally {
    server.kill('SIGINT');
  }
  expect(await new Promise((resolve) => server.once('exit', resolve))).toBe(0);
}

test('view opens the page at that very trial, for this machine alone; a trace of the case leads to its own', async () => {
  await opening(['view', 'scenarios/blue-green', ...RUN], async (page) => {
    await rest(page);
    expect(await figures(page)).toMatchObject(await expected());
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save page' }).click();
    expect(existsSync(await (await download).path())).toBe(true);
    const { port } = new URL(page.url());
    expect(await status(port, '/', `127.0.0.1:${port}`)).toBe(200);
    expect(await status(port, '/', `evil.example:${port}`)).toBe(403);
    expect(await status(port, '/../../package.json', `127.0.0.1:${port}`)).toBe(404);
    expect(await status(port, '/', `127.0.0.1:${port}`, 'POST')).toBe(403);
    const command = 'xdsim run scenarios/blue-green --strategy vs-first --trial 3 --set mesh.services=300';
    expect(await page.locator('.command code').textContent()).toBe(command);
    await page.getByRole('button', { name: 'Your files' }).click();
    const trace = { schema: 'xdsim.trace/v1', scenario: 'blue-green', strategy: 'dr-first', trial: 2, seed: '5' };
    await page
      .locator('.drop input')
      .last()
      .setInputFiles({
        name: 'trace.ndjson',
        mimeType: 'application/x-ndjson',
        buffer: Buffer.from(`${JSON.stringify(trace)}\n`),
      });
    await page.locator('.command code', { hasText: '--strategy dr-first --trial 2 --seed 5' }).waitFor();
    expect(new URL(page.url()).hash).toContain('case=given');
  });
});

test('compare --open shows the comparison that it has printed', async () => {
  const args = ['compare', 'scenarios/blue-green', '--set', 'mesh.services=300', '--trials', '12', '--open'];
  await opening(args, async (page, printed) => {
    await page.getByText('12 of 12 trials').waitFor();
    expect(await page.locator('[data-strategy]').count()).toBe(5);
    expect((await page.locator('.set').count()) + (await page.locator('.is-set').count())).toBeGreaterThan(0);
    const recommended = await page.locator('.recommended').textContent();
    const [, name, why] = /^Recommended: (\S+) — ([^,;]+)/m.exec(printed) ?? [];
    expect(recommended).toContain(`Recommended: ${name} ${why}`);
  });
});

function status(port: string, path: string, host: string, method = 'GET'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', reject).end();
  });
}
