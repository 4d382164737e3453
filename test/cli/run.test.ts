/** `xdsim run` in process: the story of one rollout of the bundled cases. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newRunCommand } from '../../packages/cli/src/commands/run.js';
import { traceLineSchema } from '../../packages/sim-core/src/trace/ndjson.js';
import { type RunReport, runReportSchema } from '../../packages/sim-core/src/trace/run-report.js';
import { runCommand } from './in-process.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xdsim-run-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) => runCommand(newRunCommand, args);

async function reportOf(...args: string[]): Promise<RunReport> {
  const { stdout, code } = await run(...args, '--format', 'json');
  expect(code).toBe(0);
  return runReportSchema.parse(JSON.parse(stdout));
}

test('the timeline of blue-green with vs-first is the golden one', async () => {
  const { code, stdout, stderr } = await run('scenarios/blue-green', '--strategy', 'vs-first', '--trial', '3');
  expect(code).toBe(0);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(stderr).toContain('Not modelled:');
  await expect(stdout).toMatchFileSnapshot('golden/run-blue-green-vs-first.txt');
});

test('without a strategy the first of the scenario is told, and that is said', async () => {
  const { code, stdout, stderr } = await run('scenarios/long-lived-tcp');
  expect(code).toBe(0);
  expect(stderr).toMatch(/strategies +simultaneous\n/);
  expect(stdout).toContain('long-lived-tcp, strategy simultaneous, trial 0');
});

test('the story goes from the first write to the last worker', async () => {
  const { timeline, windows, summary } = await reportOf('scenarios/blue-green', '--strategy', 'vs-first');
  const kinds = timeline.map(({ kind }) => kind);
  const first = [
    'write-sent',
    'write-committed',
    'watch-delivered',
    'debounce-started',
    'push-started',
    'push-queued',
    'push-dequeued',
    'response-sent',
    'response-applied',
  ];
  expect([...new Set(kinds)].slice(0, first.length)).toEqual(first);
  const [failing] = windows.filter(({ state }) => state === 'failing');
  expect(failing).toMatchObject({
    firstFailure: { code: 503, flag: 'NC', cause: 'cds-late', subset: 'v2' },
    proxies: 52,
  });
  expect(kinds.filter((kind) => kind.startsWith('window-'))).toHaveLength(2 * windows.length);
  expect(summary.failingFromMs).toBe(failing.fromMs);
  expect(summary.byCause.reduce((sum, { expected }) => sum + expected, 0)).toBeCloseTo(summary.failures, 9);
});

test.each(['failing', 'inconsistent'] as const)('the %s windows are as long as the summary says', async (state) => {
  for (const strategy of ['simultaneous', 'dr-first', 'vs-first']) {
    const { windows, summary } = await reportOf('scenarios/blue-green', '--strategy', strategy, '--trial', '5');
    const lengthMs = windows
      .filter((window) => window.state === state)
      .reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    expect(lengthMs).toBeCloseTo(state === 'failing' ? summary.failingMs : summary.inconsistentMs, 6);
  }
});

test('one proxy is told in full: the one that fails longest, else the last to converge, else the one asked for', async () => {
  const failing = await reportOf('scenarios/blue-green', '--strategy', 'vs-first');
  expect(failing.proxy.why).toContain('longest');
  expect(failing.proxy.failingMs).toBeGreaterThan(0);
  const calm = await reportOf('scenarios/blue-green', '--strategy', 'dr-first');
  expect(calm.proxy).toMatchObject({ failingMs: 0 });
  expect(calm.proxy.why).toContain('last to converge');
  const asked = await reportOf('scenarios/blue-green', '--strategy', 'dr-first', '--proxy', 'sc-7');
  expect(asked.proxy).toMatchObject({ id: 'sc-7', kind: 'sidecar', why: 'asked for' });
  expect(asked.proxy.timeline.filter(({ text }) => /^has applied CDS/.test(text))).toHaveLength(3);
});

test('a window that is open at the horizon says so', async () => {
  const { stdout } = await run('scenarios/missing-subset', '--strategy', 'vs-first');
  expect(stdout).toMatch(/window still open at the horizon/);
  expect(stdout).toMatch(/subset-undefined/);
});

test('a gate is told with what it waits for and how often it asks', async () => {
  const { stdout } = await run('scenarios/late-readiness', '--strategy', 'readiness-gated', '--trial', '3');
  expect(stdout.replace(/\s+/g, ' ')).toMatch(/switch: new subsets are not ready, it waits \(asked \d+ times\)/);
});

test('an istiod that dies is told with its streams, a proxy with the one that it loses', async () => {
  const args = ['scenarios/istiod-restart', '--strategy', 'dr-first'];
  const { timeline, proxy } = await reportOf(...args, '--proxy', 'sc-3');
  const told = timeline.filter(({ kind }) => /^(istiod|stream)-/.test(kind));
  expect(told.map(({ fromMs, who, text }) => `${Math.round(fromMs)} ${who} ${text}`)).toEqual([
    '50 istiod-1 dies, and all streams to it end',
    '50 proxies stream to istiod-1 lost by 52 of 52 proxies, which keep what they have',
    '8050 istiod-1 is back: it has synced, and takes connections',
    expect.stringMatching(/^8\d\d\d proxies istiod-1 connected to anew by 52 of 52 proxies$/),
  ]);
  const own = proxy.timeline.map(({ text }) => text);
  const lost = own.indexOf('loses its stream to istiod-1, keeps what it has, and will try again');
  expect(own[lost + 1]).toBe('is connected to istiod-1, and asks for everything');
  expect(own[lost + 2]).toMatch(/^sends CDS \(answer to its request\): \d+ resources$/);
});

test('what has nothing to do with the change is counted: a busy cluster is not quiet', async () => {
  const args = ['scenarios/churn', '--strategy', 'dr-first'];
  const { timeline } = await reportOf(...args);
  const unrelated = timeline.filter(({ kind }) => kind === 'unrelated-event');
  const counts = unrelated.map(({ text }) =>
    Number(/^hears of ([\d,]+) events? that ha(?:ve|s) nothing/.exec(text)?.[1]),
  );
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100);
  const told = (await run(...args)).stdout;
  expect(told.slice(0, told.indexOf('One proxy in full'))).not.toContain('of quiet');
});

test('a response that is rejected is told, and what the proxy keeps', async () => {
  const nacks = 'faults.nacks=[{proxies: [gw-1], types: [RDS], fromMs: 0, toMs: 60000}]';
  const args = ['scenarios/blue-green', '--strategy', 'simultaneous', '--proxy', 'gw-1', '--set', nacks];
  const { timeline, proxy } = await reportOf(...args);
  expect(timeline.map(({ text }) => text)).toContain('RDS rejected by 1 of 52 proxies, which keep what they have');
  expect(proxy.timeline.map(({ text }) => text)).toContain('rejects RDS of push 0, and keeps what it has');
});

test('--trace writes a header and every event, and nothing else changes', async () => {
  const file = join(folder, 'trace.ndjson');
  const args = ['scenarios/blue-green', '--strategy', 'simultaneous', '--trial', '7'];
  const plain = await run(...args);
  const traced = await run(...args, '--trace', file);
  expect(traced.stdout).toBe(plain.stdout);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(JSON.parse(lines[0])).toMatchObject({
    schema: 'xdsim.trace/v1',
    strategy: 'simultaneous',
    trial: 7,
    seed: '1',
  });
  expect(lines.length).toBeGreaterThan(2000);
  for (const line of lines) traceLineSchema.parse(JSON.parse(line));
});

test('the same seed and trial tell the same story; another seed another', async () => {
  const args = ['scenarios/blue-green', '--strategy', 'simultaneous', '--trial', '2'];
  const [first, again, other] = [await run(...args), await run(...args), await run(...args, '--seed', 'other')];
  expect(again.stdout).toBe(first.stdout);
  expect(other.stdout).not.toBe(first.stdout);
});

test.each([
  [['--strategy', 'vs-frist'], /XDS-STRATEGY-UNKNOWN/],
  [['--strategy', 'vs-first', '--proxy', 'sc-99'], /no proxy "sc-99".*\n.*gw-1 to gw-2 and sc-1 to sc-50/],
  [['--strategy', 'vs-first', '--trace', 'no/such/folder/t.ndjson'], /XDS-OUT-UNWRITABLE/],
])('wrong input %j is said before anything is printed', async (args, message) => {
  const { code, stdout, stderr } = await run('scenarios/blue-green', ...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});

test('a trace replaces a file that is there', async () => {
  const file = join(folder, 'old.ndjson');
  writeFileSync(file, 'old\n');
  await run('scenarios/blue-green', '--strategy', 'dr-first', '--trace', file);
  expect(readFileSync(file, 'utf8')).toMatch(/^\{"schema":"xdsim.trace\/v1"/);
});
