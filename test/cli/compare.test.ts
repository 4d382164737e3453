import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { displayWidth } from '../../packages/cli/src/text-width.js';
import { reportSchema } from '../../packages/sim-core/src/study/report-schema.js';
import { versionsComparisonSchema } from '../../packages/sim-core/src/study/versions-comparison.js';
import { build, ending, folder, shop, smallCase, start, xdsim } from './support.js';

beforeAll(build);

test('the result on stdout, all the rest on stderr', async () => {
  const { code, stdout, stderr } = await xdsim(['compare', smallCase(), '--format', 'json']);
  expect(code).toBe(0);
  const report = reportSchema.parse(JSON.parse(stdout));
  expect(report.strategies.map(({ name }) => name).sort()).toEqual(['dr-first', 'simultaneous', 'vs-first']);
  expect(report.scenario).toMatchObject({ seed: '1', trials: 20 });
  for (const said of ['seed       1*', '20 trials', '3 sidecars', '1,000 requests/s*', 'Not modelled:', 'warning[']) {
    expect(stderr).toContain(said);
  }
  // Progress is for terminals.
  expect(stderr).not.toContain('\r');
});

test('the table says what to do, and how to see the worst trial', async () => {
  const path = smallCase();
  const { code, stdout } = await xdsim(['compare', path, '--set', 'mesh.services=10']);
  expect(code).toBe(0);
  expect(stdout).toContain('Recommended: dr-first');
  expect(stdout).toContain('1,000 requests/s is a default');
  expect(stdout).toMatch(`xdsim run ${path} --strategy vs-first --trial `);
  expect(stdout).toContain('--set mesh.services=10');
});

test('requests/s that somebody has set are not called a default', async () => {
  const { stdout, stderr } = await xdsim(['compare', smallCase(), '--set', 'traffic.requestsPerSecond=250']);
  expect(stdout).not.toContain('is a default: 5xx');
  expect(stderr).toContain('250 requests/s\n');
});

test('the same bytes: two runs, one worker or two, any order of strategies', async () => {
  const path = smallCase();
  const run = async (...args: string[]) => (await xdsim(['compare', path, '--format', 'json', ...args])).stdout;
  const first = await run('--workers', '1', '--strategy', 'vs-first', '--strategy', 'dr-first');
  expect(first).not.toBe('');
  expect(await run('--workers', '1', '--strategy', 'vs-first', '--strategy', 'dr-first')).toBe(first);
  expect(await run('--workers', '2', '--strategy', 'vs-first', '--strategy', 'dr-first')).toBe(first);
  expect(await run('--workers', '3', '--strategy', 'dr-first', '--strategy', 'vs-first')).toBe(first);
  expect(await run('--seed', '2', '--strategy', 'vs-first', '--strategy', 'dr-first')).not.toBe(first);
});

test('--istio: each version against the first, on the same luck', async () => {
  const args = ['compare', smallCase(), '--istio', '1.29,1.32', '--strategy', 'simultaneous', '--strategy', 'dr-first'];
  const { code, stdout, stderr } = await xdsim([...args, '--format', 'json']);
  expect(code).toBe(0);
  expect(stderr).toContain('Istio 1.29: 2 strategies, 20 trials each\nIstio 1.32: 2 strategies');
  const { versions, differences } = versionsComparisonSchema.parse(JSON.parse(stdout));
  expect(versions.map(({ istio, report }) => [istio, report.scenario.istio])).toEqual([
    ['1.29', '1.29'],
    ['1.32', '1.32'],
  ]);
  const errorsOf = (at: number, strategy: string) =>
    versions[at].report.strategies.find(({ name }) => name === strategy)?.errors.perRollout.mean ?? Number.NaN;
  expect(differences.map(({ strategy, istio }) => `${strategy} ${istio}`).sort()).toEqual([
    'dr-first 1.32',
    'simultaneous 1.32',
  ]);
  for (const { strategy, errors } of differences) {
    expect(errors).toBeCloseTo(errorsOf(1, strategy) - errorsOf(0, strategy), 9);
  }
  const table = (await xdsim(args)).stdout;
  expect(table).toMatch(/^simultaneous +1\.29 /m);
  expect(table).toContain('xdsim versions');
  const narrow = (await xdsim([...args, '--trials', '1'], { env: { COLUMNS: '80' } })).stdout;
  expect(narrow.split('\n').filter((line) => displayWidth(line) > 80)).toEqual([]);
  expect(narrow).toMatch(/· 1\strial, seed 1/);
});

test('--istio at 60 columns: strategies stand above their versions, and less is less with a minus sign', async () => {
  const args = ['compare', smallCase(), '--istio', '1.29,1.32', '--strategy', 'simultaneous', '--trials', '8'];
  args.push('--set', 'mesh.services=200', '--set', 'mesh.sidecars=40');
  const { stdout } = await xdsim(args, { env: { COLUMNS: '60' } });
  expect(stdout).toMatch(/^simultaneous\n1\.29 [^\n]*\n1\.32 .*−\d/m);
});

test('folders in place of a scenario, one of them from standard input', async () => {
  const path = smallCase();
  const args = ['compare', '--before', '-', '--after', join(path, 'after'), '--trials', '2', '--format', 'json'];
  const { code, stdout, stderr } = await xdsim(args, { stdin: shop('v1') });
  expect(stderr).not.toContain('error[');
  expect(code).toBe(0);
  const report = reportSchema.parse(JSON.parse(stdout));
  expect(report.inputs.files[0]).toBe('<stdin>');
  expect(report.scenario.file).toBe(null);
});

test('Markdown is a table of GitHub', async () => {
  const { stdout } = await xdsim(['compare', smallCase(), '--format', 'markdown']);
  expect(stdout).toMatch(/^### xdsim: /);
  expect(stdout).toContain('| ---: | --- | ---: |');
  expect(stdout.match(/<details>/g)?.length).toBe(stdout.match(/<\/details>/g)?.length);
});

test('--out writes the whole file, or leaves what is there', async () => {
  const path = smallCase();
  const target = folder({ 'report.json': 'old' });
  const out = join(target, 'report.json');
  const args = ['compare', path, '--format', 'json', '--out', out];
  const broken = await xdsim([...args, '--set', 'mesh.sidecar=3']);
  expect(broken.code).toBe(2);
  expect(readFileSync(out, 'utf8')).toBe('old');
  const fine = await xdsim(args);
  expect(fine.code).toBe(0);
  expect(fine.stdout).toBe('');
  expect(fine.stderr).toContain(`written: ${out}`);
  expect(readFileSync(out, 'utf8')).toBe((await xdsim(['compare', path, '--format', 'json'])).stdout);
  expect(readdirSync(target)).toEqual(['report.json']);
});

test('a file that cannot be written is known before the run', async () => {
  const out = join(folder(), 'none', 'report.json');
  const { code, stderr } = await xdsim(['compare', smallCase(), '--out', out]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error\[XDS-OUT-UNWRITABLE\]/);
  expect(stderr).not.toContain('trials');
  expect(existsSync(out)).toBe(false);
});

test.each([1, 2])('Ctrl-C prints what was finished (%i workers)', async (workers) => {
  const args = ['compare', smallCase(), '--trials', '1000000', '--format', 'json', '--workers', String(workers)];
  const child = start(args);
  const end = ending(child);
  await new Promise<void>((resolve) => child.stderr.once('data', () => resolve()));
  setTimeout(() => child.kill('SIGINT'), 2_500);
  const { code, stdout, stderr } = await end;
  expect(code).toBe(130);
  expect(stderr).toContain('interrupted: trials finished of 1000000');
  const report = reportSchema.parse(JSON.parse(stdout));
  expect(report.scenario.trials).toBeGreaterThan(0);
  expect(report.scenario.trials).toBeLessThan(1_000_000);
});

test('a closed pipe is silent', async () => {
  const child = start(['compare', smallCase(), '--format', 'json']);
  child.stdout.destroy();
  const { code, stderr } = await ending(child);
  expect(code).toBe(0);
  expect(stderr).not.toMatch(/EPIPE|defect/);
});

test('a closed pipe of stderr does not stop the result', async () => {
  const child = start(['compare', smallCase(), '--format', 'json']);
  child.stderr.destroy();
  const { code, stdout } = await ending(child);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).schema).toBe('xdsim.report/v1');
});

test('nothing changes between the folders', async () => {
  const path = smallCase();
  writeFileSync(join(path, 'after/shop.yaml'), shop('v1'));
  const { code, stdout, stderr } = await xdsim(['compare', path]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^error\[XDS-CHANGE-NONE\]: before and after .* hold the same objects/);
  // What is there and not simulated is named, with its place.
  const set =
    'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent, namespace: shop}\nspec: {minReadySeconds: 1}\n';
  writeFileSync(join(path, 'after/agent.yaml'), set);
  const other = await xdsim(['compare', path]);
  expect(other.code).toBe(2);
  expect(other.stderr).toMatch(/differ in nothing that is simulated; .*DaemonSet\/shop\/agent added.*agent\.yaml:1:1/s);
});
