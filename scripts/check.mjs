/**
 * `npm test`: everything that must hold, in one run: types, lint, the rules of the house, unused code, tests. The last
 * line is `N passed, N failed`; every check that is not a test counts as one.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, Interrupted, ROOT, runChild, say, tool } from './setup.mjs';

/** `--full` sets XDSIM_FULL=1, by which tests choose larger counts; other arguments go to vitest. */
export async function check(args) {
  const startedMs = Date.now();
  let passed = 0;
  const failed = [];
  for (const { name, run } of [...typechecks(), ...lints(), ...unused()]) {
    const code = await timed(name, run);
    if (code === 0) passed += 1;
    else failed.push(name);
  }
  const tests = await timed('tests', () => runTests(args));
  for (const name of [...failed, ...tests.failures]) print(`✗ ${name}`);
  const skipped = tests.skipped > 0 ? `, ${tests.skipped} tests skipped` : '';
  print(`${((Date.now() - startedMs) / 1000).toFixed(1)} s${skipped}`);
  const failedCount = failed.length + tests.failures.length;
  print(`${passed + tests.passed} passed, ${failedCount} failed`);
  return failedCount === 0 ? 0 : 1;
}

export function typechecks() {
  const checks = [
    { name: 'types of sim-core and cli', run: () => compile() },
    { name: 'types of tests', run: () => command('tsc', ['-p', 'test']) },
  ];
  if (readdirSync(join(ROOT, 'packages/viz/src'), { recursive: true }).some((file) => file.endsWith('.ts'))) {
    checks.push({ name: 'types of viz', run: () => command('tsc', ['-p', 'packages/viz']) });
  } else {
    say('packages/viz/src has no TypeScript yet: not checked');
  }
  return checks;
}

export function lints() {
  return [
    { name: 'biome', run: () => command('biome', ['ci', '--error-on-warnings', '.']) },
    { name: 'rules of the house', run: () => child(process.execPath, ['scripts/check-source.mjs']) },
  ];
}

function unused() {
  return [{ name: 'unused code', run: () => command('knip', ['--no-progress', '--no-config-hints']) }];
}

/** vitest prints for people; the counts come from its JSON report. */
async function runTests(args) {
  const full = args.includes('--full');
  const dir = mkdtempSync(join(tmpdir(), 'xdsim-test-'));
  const report = join(dir, 'report.json');
  // What npm tells its scripts is not true of the processes that a test starts.
  const { INIT_CWD: _, npm_lifecycle_event: __, ...env } = process.env;
  if (full) env.XDSIM_FULL = '1';
  try {
    const code = await command(
      'vitest',
      [
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...args.filter((arg) => arg !== '--full'),
      ],
      { env },
    );
    return { code, ...count(report, code) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function count(report, code) {
  let json;
  try {
    json = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passed: 0, skipped: 0, failures: [`vitest gave no report (exit code ${code})`] };
  }
  const failures = [];
  for (const file of json.testResults) {
    const name = file.name.replace(`${ROOT}/`, '');
    const failing = file.assertionResults.filter((test) => test.status === 'failed');
    failures.push(...failing.map((test) => `${name}: ${test.fullName}`));
    // It could not be loaded, or a hook has thrown.
    if (file.status === 'failed' && failing.length === 0) failures.push(name);
  }
  if (json.numTotalTests === 0 && failures.length === 0) failures.push('no test has been found');
  // An error outside of any test, such as an unhandled rejection.
  if (code !== 0 && failures.length === 0) failures.push(`vitest (exit code ${code})`);
  const passed = json.numPassedTests;
  return { passed, skipped: json.numTotalTests - passed - json.numFailedTests, failures };
}

async function timed(name, run) {
  print(`── ${name}`);
  const startedMs = Date.now();
  const result = await run();
  const ok = (result.code ?? result) === 0;
  print(`${ok ? '✓' : '✗'} ${name} (${((Date.now() - startedMs) / 1000).toFixed(1)} s)\n`);
  return result;
}

function command(name, args, options) {
  return child(tool(name), args, options);
}

async function child(path, args, options) {
  const { code, received } = await runChild(path, args, options);
  if (received) throw new Interrupted(received);
  return code;
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
