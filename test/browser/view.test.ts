import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStudyTrial } from '@xdsim/sim-core';
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

test('view serves the page on that trial, to this machine alone', async () => {
  const [command, args] = xdsim('view', 'scenarios/blue-green', ...RUN, '--no-open');
  const server = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const url = await firstLine(server);
    expect(new URL(url).hostname).toBe('127.0.0.1');
    const page = await built.browser.newPage();
    listen(page, new URL('/', url).href, built.complaints);
    await page.goto(url);
    await rest(page);
    expect(await figures(page)).toMatchObject(await expected());
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save page' }).click();
    expect(existsSync(await (await download).path())).toBe(true);
    await page.close();
    expect(built.complaints.splice(0)).toEqual([]);
    const { port } = new URL(url);
    expect(await status(port, '/', `127.0.0.1:${port}`)).toBe(200);
    expect(await status(port, '/', `evil.example:${port}`)).toBe(403);
    expect(await status(port, '/../../package.json', `127.0.0.1:${port}`)).toBe(404);
    expect(await status(port, '/', `127.0.0.1:${port}`, 'POST')).toBe(403);
  } finally {
    server.kill('SIGINT');
  }
  expect(await new Promise((resolve) => server.once('exit', resolve))).toBe(0);
});

function firstLine({ stdout }: ChildProcess): Promise<string> {
  return new Promise((resolve) => stdout?.once('data', (bytes: Buffer) => resolve(bytes.toString().trim())));
}

function status(port: string, path: string, host: string, method = 'GET'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', reject).end();
  });
}
