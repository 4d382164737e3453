/** The benchmark runs and writes its contract. Nothing here depends on how fast the machine is. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { benchSchema } from './schema.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where a machine has the language. */
const OPTIONAL = ['kernel/c++', 'kernel/simpy'];

test('bench --smoke measures everything once and writes xdsim.bench/v1', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xdsim-bench-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'bench.json');
  const table = execFileSync(process.execPath, ['scripts/run.mjs', 'bench', '--smoke', '--json', file], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { results } = benchSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const sizes = [10, 100, 1000].flatMap((proxies) =>
    ['events-per-second', 'trials-per-second', 'peak-memory'].map((name) => `blue-green/${proxies}/${name}`),
  );
  expect(results.map(({ name }) => name).filter((name) => !OPTIONAL.includes(name))).toEqual([
    'kernel/events-per-second',
    'kernel/closures',
    ...sizes,
    'blue-green/growth-exponent',
    'study/1000/time-to-precise',
    'study/1000/cpu-to-precise',
    'study/1000/trials',
    'study/1000/half-width',
  ]);
  for (const { name, value } of results) {
    expect(Number.isNaN(value)).toBe(false);
    expect(table).toContain(name);
  }
});
