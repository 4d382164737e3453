import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { displayWidth } from '../../packages/cli/src/text-width.js';
import { validationReportSchema } from '../../packages/sim-core/src/validation/validation-report.js';
import { build, folder, ROOT, smallCase, start, xdsim } from './support.js';

beforeAll(build);

const COMMANDS = 'compare run inspect init calibrate validate fit versions strategies schema'.split(' ');

test.each([[], ...COMMANDS.map((name) => [name])])('%s --help has examples', async (...command) => {
  const { code, stdout, stderr } = await xdsim([...command, '--help']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('Examples:\n  $ xdsim ');
});

test('no command: the help, on stderr', async () => {
  const { code, stdout, stderr } = await xdsim([]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^Usage: xdsim/);
});

test('--version', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'packages/cli/package.json'), 'utf8'));
  expect(await xdsim(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('strategies', async () => {
  const { stdout } = await xdsim(['strategies', '--format', 'json']);
  const { schema, strategies } = JSON.parse(stdout);
  expect(schema).toBe('xdsim.strategies/v1');
  for (const strategy of strategies) expect(Object.keys(strategy)).toEqual(['name', 'label']);
  const names = strategies.map(({ name }: { name: string }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['simultaneous', 'vs-first', 'dr-first', 'weighted', 'readiness-gated']),
  );
  const text = (await xdsim(['strategies'])).stdout.trim().split('\n');
  expect(text.map((line) => line.split(' ')[0])).toEqual(names);
});

test('versions: what each changed and where that is known from, and which are taken to be like another', async () => {
  const { stdout } = await xdsim(['versions'], { env: { COLUMNS: '140' } });
  expect(stdout).toMatch(/^1\.30 +EDS for a DestinationRule change +full +partial +istio d77b79ccc8a, 2026-04-09$/m);
  expect(stdout.replace(/\s+/g, ' ')).toContain('taken to behave the same: 1.23 as 1.22,');
  const { schema, versions } = JSON.parse((await xdsim(['versions', '--format', 'json'])).stdout);
  expect(schema).toBe('xdsim.versions/v1');
  type Version = { version: string; inheritedFrom: string | null; changes: { source: string }[]; behaviour: object };
  const names = versions.map(({ version }: Version) => version);
  expect([names[0], names.at(-1), names.length]).toEqual(['1.22', '1.32', 11]);
  for (const { inheritedFrom, changes, behaviour } of versions as Version[]) {
    if (inheritedFrom !== null) expect([names.includes(inheritedFrom), changes.length]).toEqual([true, 0]);
    // A commit with its day, or the change as the notes name it, with its switch.
    for (const { source } of changes)
      expect(source).toMatch(/^(istio [0-9a-f]{11}, \d{4}-\d\d-\d\d|(istio|envoy)#\d{5}(, [A-Za-z0-9_]+)?)$/);
    expect(Object.keys(behaviour)).toEqual(Object.keys(versions[0].behaviour));
  }
});

test('every format has a JSON Schema', async () => {
  const { stdout } = await xdsim(['schema', '--format', 'json']);
  const { schema, schemas } = JSON.parse(stdout);
  expect(schema).toBe('xdsim.schemas/v1');
  const names: string[] = schemas.map(({ name }: { name: string }) => name);
  const short = names.map((name) => name.replace('/v1', ''));
  expect(short).toEqual(short.toSorted());
  for (const name of names) {
    const { code, stdout: text } = await xdsim(['schema', name]);
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({ $id: name, $schema: expect.stringContaining('json-schema.org') });
  }
});

test('init writes a scenario that compares as the folders do', async () => {
  const cwd = smallCase();
  const folders = ['--before', 'before', '--after', 'after'];
  const out = join('.', 'new.yaml');
  const written = await xdsim(['init', ...folders, '--name', 'fresh', '--out', out], { cwd });
  expect([written.code, written.stdout]).toEqual([0, '']);
  expect(await xdsim(['init', ...folders, '--name', 'fresh'], { cwd })).toMatchObject({
    code: 0,
    stdout: readFileSync(join(cwd, out), 'utf8'),
  });
  const args = ['--strategy', 'dr-first', '--trials', '2', '--format', 'json'];
  const byFile = JSON.parse((await xdsim(['compare', 'new.yaml', ...args], { cwd })).stdout);
  const byFolders = JSON.parse((await xdsim(['compare', ...folders, ...args], { cwd })).stdout);
  expect(byFile.scenario.name).toBe('fresh');
  expect(byFile.strategies[0].completeMs).toEqual(byFolders.strategies[0].completeMs);
  expect(byFile.scenario.horizonMs).toBe(byFolders.scenario.horizonMs);
});

test('init takes a size and a calibration, and both are in the configuration that is printed', async () => {
  const cwd = smallCase();
  writeFileSync(join(cwd, 'mine.yaml'), 'schema: xdsim.calibration/v1\nvalues: { mesh: { services: 33 } }\n');
  const args = ['init', '--before', 'before', '--after', 'after', '--size', 'laptop'];
  const missing = await xdsim([...args, '--calibration', 'mime.yaml'], { cwd });
  expect([missing.code, missing.stdout]).toEqual([2, '']);
  expect(missing.stderr).toMatch(/^error\[XDS-FILE-NOT-FOUND\][\s\S]*hint: Did you mean mine.yaml\?/);
  const { code } = await xdsim([...args, '--calibration', 'mine.yaml', '--out', 'new.yaml'], { cwd });
  expect(code).toBe(0);
  const run = async (...set: string[]) =>
    (await xdsim(['compare', 'new.yaml', '--strategy', 'dr-first', '--trials', '1', ...set], { cwd })).stderr;
  expect(await run()).toContain('  mesh       laptop: 5 sidecars, 1 gateway, 33 services, ');
  expect(await run('--set', 'mesh.size=medium')).toContain(
    '  mesh       medium: 500 sidecars*, 4 gateways*, 500 services*',
  );
});

test('init does not write over a file', async () => {
  const cwd = smallCase();
  const before = readFileSync(join(cwd, 'scenario.yaml'), 'utf8');
  const args = ['init', '--before', 'before', '--after', 'after', '--out', 'scenario.yaml'];
  const refused = await xdsim(args, { cwd });
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/^error\[XDS-OUT-EXISTS\][\s\S]*hint: Give --force/);
  expect(readFileSync(join(cwd, 'scenario.yaml'), 'utf8')).toBe(before);
  const forced = await xdsim([...args, '--force', '--format', 'json'], { cwd });
  expect(forced.code).toBe(0);
  expect(JSON.parse(forced.stdout)).toMatchObject({ schema: 'xdsim.init/v1', file: 'scenario.yaml' });
  expect(readFileSync(join(cwd, 'scenario.yaml'), 'utf8')).toBe(JSON.parse(forced.stdout).scenario);
});

const LAB = join(ROOT, 'test/lab');
const FEW = [
  '--cell',
  'cells/drop-together-10',
  '--cell',
  'vs-first-300-10',
  '--cell',
  'vs-switch-router',
  '--trials',
  '40',
];

test('validate prints the cells and the verdict; the number of workers changes nothing', async () => {
  const { code, stdout, stderr } = await xdsim(['validate', LAB, ...FEW, '--workers', '1']);
  expect([code, stdout.split('\n').at(-2)]).toEqual([0, 'The validation is met.']);
  expect(stdout).toContain('✓ cells/vs-first-300-10');
  // One of the three was measured with two Istio versions: each is a cell.
  expect(stdout).toContain('4 of 4 cells pass');
  expect(stderr).not.toContain('not compared');
  const json = await xdsim(['validate', LAB, ...FEW, '--workers', '1', '--format', 'json']);
  const report = validationReportSchema.parse(JSON.parse(json.stdout));
  expect(report.cells.map(({ name }) => name)).toEqual([
    'cells/drop-together-10',
    'cells/vs-first-300-10',
    'shapes/vs-switch-router (1.32-dev)',
    'shapes/vs-switch-router (1.30.3)',
  ]);
  expect((await xdsim(['validate', LAB, ...FEW, '--workers', '2', '--format', 'json'])).stdout).toBe(json.stdout);
});

test('validate at 160 columns has a column for each number, and no line longer than that', async () => {
  const args = ['validate', LAB, ...FEW, '--cell', 'other/', '--cell', 'dr-10x11'];
  const { stdout } = await xdsim(args, { env: { COLUMNS: '160' } });
  const lines = stdout.split('\n');
  expect(lines.filter((line) => displayWidth(line) > 160)).toEqual([]);
  expect(lines.filter((line) => /^ *·/.test(line))).toEqual([]);
  expect(stdout).toMatch(/^cell +pushes +shape +failures per proxy +add window +remove window$/m);
  expect(stdout).toMatch(/^✓ shapes\/vs-switch-router \(1\.32-dev\) +– +✓$/m);
  // Judged to 15 ms: to be seen, all digits are.
  expect(stdout).toMatch(/push 1 at 1\d,\d\d\d(–1\d,\d\d\d)? → 1\d,\d\d[1-9]/);
});

test('validate ends with 99 where the two disagree', async () => {
  const path = join(LAB, 'cells/vs-first-300-10');
  const files = ['before.yaml', 'cell.yaml', 'measured.ndjson'].map((name) => [
    name,
    readFileSync(join(path, name), 'utf8'),
  ]);
  const wrong = Object.fromEntries(
    files.map(([name, text]) => [
      `cells/wrong/${name}`,
      name === 'cell.yaml' ? text.replace('atMs: 300', 'atMs: 600') : text,
    ]),
  );
  const { code, stdout } = await xdsim(['validate', folder(wrong), '--trials', '20']);
  expect(code).toBe(99);
  expect(stdout).toContain('✗ cells/wrong');
  expect(stdout).toContain('The validation is NOT met:');
});

const FITTED = ['drop-together-10', 'switch-only-10'];

test('fit: the costs of a small lab, on half of its trials, and what the other half says', async () => {
  const files = FITTED.flatMap((cell) =>
    ['before.yaml', 'cell.yaml', 'measured.ndjson'].map((name) => [
      `cells/${cell}/${name}`,
      readFileSync(join(LAB, 'cells', cell, name), 'utf8'),
    ]),
  );
  const cwd = folder(Object.fromEntries(files));
  const args = ['fit', '.', '--trials', '4', '--workers', '1', '--format', 'json'];
  const { code, stdout, stderr } = await xdsim(args, { cwd });
  const report = JSON.parse(stdout);
  expect([code, report.schema, report.cells, report.rounds]).toEqual([0, 'xdsim.fit/v1', 2, 1]);
  expect(report.loss.end.fitted).toBeLessThanOrEqual(report.loss.start.fitted);
  const names = report.costs.map(({ name }: { name: string }) => name);
  expect(names).toContain('costs.envoy.edsPerClusterUs');
  // One step up, one down, or none.
  const factors = report.costs.map(({ start, fitted }: { start: number; fitted: number }) => fitted / start);
  for (const factor of factors) expect([1.5, 1, 1 / 1.5].some((step) => Math.abs(factor - step) < 0.001)).toBe(true);
  expect(stderr).toContain('2 cells of ., even trials to fit, odd ones to judge');
});

test('Ctrl-C during a validation prints the cells that are done', async () => {
  const child = start(['validate', LAB, '--trials', '3000', '--workers', '1']);
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  await new Promise<void>((resolve) => child.stderr.once('data', () => resolve()));
  setTimeout(() => child.kill('SIGINT'), 1_000);
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(code).toBe(130);
  expect(stdout).toContain('cells pass');
});
