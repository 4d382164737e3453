/** `--format accesslog`: lines of Istio's default format, from the trajectory of one trial. */
import { expect, test } from 'vitest';
import { newCompareCommand } from '../../packages/cli/src/commands/compare.js';
import { newRunCommand } from '../../packages/cli/src/commands/run.js';
import { runCommand } from './in-process.js';
import { folder, shop } from './support.js';

/** Windows lie within the first seconds; fewer requests around them make it quick. */
const FORMAT = ['--format', 'accesslog', '--set', 'horizonMs=10000'];

async function linesOf(...args: string[]): Promise<string[]> {
  const { code, stdout } = await runCommand(newRunCommand, [...args, ...FORMAT]);
  expect(code).toBe(0);
  return stdout.trimEnd().split('\n');
}

/** The 24 fields of Istio's default format, then the comment. */
const LINE = new RegExp(
  [
    '^\\[(?<time>1970-01-01T[\\d:.]+Z)\\]',
    '"(?<method>[A-Z]+) (?<path>\\S+) (?<protocol>HTTP/\\S+)"',
    '(?<code>\\d+) (?<flags>\\S+) (?<details>\\S+) -',
    '"(?<transport>[^"]*)" (?<received>\\d+) (?<sent>\\d+|-) (?<duration>\\d+) (?<service>\\d+|-)',
    '"-" "-" "(?<id>[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12})"',
    '"(?<authority>[^"]+)" "(?<host>[^"]+)" (?<cluster>\\S+) - - - - (?<route>\\S+)  # (?<comment>.*)$',
  ].join(' '),
);

function parsed(line: string): Record<string, string> {
  const groups = LINE.exec(line)?.groups;
  if (groups === undefined) throw new Error(`no line of the default format: ${line}`);
  return groups;
}

test('a missing cluster: 503 NC with an empty body, and the cluster in the comment', async () => {
  const half = ['--set', 'traffic.methods={GET: 1, POST: 1}'];
  const lines = (await linesOf('scenarios/retries-hide', '--strategy', 'vs-first', ...half)).map(parsed);
  expect(lines).toHaveLength(20);
  const failed = lines.filter(({ code }) => code === '503');
  expect(failed).toHaveLength(16);
  for (const line of failed) {
    expect(line).toMatchObject({ flags: 'NC', details: 'cluster_not_found', sent: '0', host: '-', cluster: '-' });
    expect(line).toMatchObject({ authority: 'cart.shop.svc.cluster.local', route: 'cart', service: '-' });
    expect(line.comment).toMatch(/^sc-\d+, (cds|eds)-late: cluster not found: outbound\|80\|v2\|cart\.shop/);
  }
  for (const line of lines.filter(({ code }) => code === '200')) {
    expect(line).toMatchObject({ flags: '-', details: 'via_upstream', sent: '-', service: line.duration });
    expect(line.host).toMatch(/^cart-v[12]-\d:80$/);
    expect(line.cluster).toMatch(/^outbound\|80\|v[12]\|cart\.shop\.svc\.cluster\.local$/);
  }
  expect(new Set(lines.map(({ method }) => method))).toEqual(new Set(['GET', 'POST']));
  expect(lines.map(({ time }) => time)).toEqual(lines.map(({ time }) => time).sort());
  expect(new Set(lines.map(({ id }) => id)).size).toBe(20);
});

test('no endpoint: 503 UH, the cluster, and 19 bytes of body; every kind of failure is among the lines', async () => {
  const args = ['scenarios/zero-endpoints-at-switch', '--strategy', 'simultaneous', '--lines', '10'];
  const lines = (await linesOf(...args)).map(parsed);
  expect(new Set(lines.map(({ flags }) => flags))).toEqual(new Set(['-', 'NC', 'UH']));
  const [line] = lines.filter(({ flags }) => flags === 'UH');
  expect(line).toMatchObject({ code: '503', details: 'no_healthy_upstream', sent: '19', host: '-' });
  expect(line.cluster).toBe('outbound|80|v2|search.shop.svc.cluster.local');
  expect(line.comment).toMatch(/, no-ready-endpoints: no healthy upstream$/);
});

test('plaintext to a server that takes TLS only: UC with the body that the client reads', async () => {
  const many = ['--set', 'traffic.requestsPerSecond=20000'];
  const lines = (await linesOf('scenarios/mtls-strict', '--strategy', 'simultaneous', ...many)).map(parsed);
  const cut = lines.find(({ flags }) => flags === 'UC');
  expect(cut).toMatchObject({
    code: '503',
    details: 'upstream_reset_before_response_started{connection_termination}',
    sent: '95',
  });
  expect(cut?.comment).toMatch(
    /server-expects-tls: upstream connect error or disconnect\/reset before headers. reset reason: connection termination$/,
  );
});

test('timeouts: 504 UT after the time that the route allows', async () => {
  const withTimeout = (subset: string): string =>
    shop(subset).replace('    - route:', '    - timeout: 50ms\n      route:');
  const files = { 'before/shop.yaml': withTimeout('v1'), 'after/shop.yaml': withTimeout('v2') };
  const path = folder(files);
  const set = ['--set', 'mesh.sidecars=3', '--set', 'traffic.requestDurationMs={uniform: [0, 60]}'];
  const folders = ['--before', `${path}/before`, '--after', `${path}/after`];
  const lines = (await linesOf(...folders, '--strategy', 'dr-first', ...set)).map(parsed);
  const late = lines.filter(({ flags }) => flags === 'UT');
  expect(late).toHaveLength(16);
  for (const line of late) {
    expect(line).toMatchObject({ code: '504', details: 'upstream_response_timeout', duration: '50', sent: '24' });
    expect(line.comment).toMatch(/slow-answer: upstream request timeout$/);
  }
  for (const { duration } of lines.filter(({ flags }) => flags === '-'))
    expect(Number(duration)).toBeLessThanOrEqual(50);
});

test('background resets have their own cause', async () => {
  const args = ['scenarios/retries-hide', '--strategy', 'dr-first', '--set', 'traffic.backgroundResetShare=0.3'];
  const cut = (await linesOf(...args)).map(parsed).filter(({ flags }) => flags === 'UC');
  expect(cut).toHaveLength(16);
  for (const { comment } of cut) expect(comment).toMatch(/background-reset: upstream connect error/);
});

test('nothing fails: some requests that succeed', async () => {
  const lines = (await linesOf('scenarios/retries-hide', '--strategy', 'dr-first', '--lines', '5')).map(parsed);
  expect(lines.map(({ code }) => code)).toEqual(['200', '200', '200', '200', '200']);
});

test('the same seed and trial, the same lines; and gRPC as Envoy logs it', async () => {
  const args = ['scenarios/retries-hide', '--strategy', 'simultaneous', '--lines', '4'];
  const [first, again] = [await linesOf(...args), await linesOf(...args)];
  expect(again).toEqual(first);
  expect(await linesOf(...args, '--trial', '1')).not.toEqual(first);
  const grpc = (await linesOf(...args, '--set', 'traffic.callers.protocol=grpc')).map(parsed);
  expect(grpc.map(({ code, protocol }) => `${code} ${protocol}`)).toEqual(Array(4).fill('200 HTTP/2'));
  expect(grpc.map(({ flags }) => flags)).toContain('NC');
});

test('compare: the worst trial of each strategy, with the command that shows it', async () => {
  const args = ['scenarios/retries-hide', '--trials', '2', '--workers', '1', '--lines', '3', ...FORMAT];
  const { code, stdout } = await runCommand(newCompareCommand, args);
  expect(code).toBe(0);
  const blocks = stdout.trimEnd().split('\n\n');
  expect(blocks.map((block) => block.split('\n').length)).toEqual([4, 4, 4]);
  expect(blocks.map((block) => block.split('\n')[0])).toEqual([
    expect.stringMatching(
      /^# dr-first: \S.* run scenarios\/retries-hide --strategy dr-first --trial 0 --seed 1 --set horizonMs=10000$/,
    ),
    expect.stringMatching(/^# simultaneous: .* --trial \d --seed 1 /),
    expect.stringMatching(/^# vs-first: .* --trial \d --seed 1 /),
  ]);
  for (const line of blocks.flatMap((block) => block.split('\n').slice(1))) parsed(line);
});
