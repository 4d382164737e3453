/** `xdsim inspect` in process: what istioctl and kubectl would show. */
import { expect, test } from 'vitest';
import { newInspectCommand } from '../../packages/cli/src/commands/inspect.js';
import { type InspectReport, inspectReportSchema } from '../../packages/sim-core/src/trace/inspect-report.js';
import { runCommand } from './in-process.js';

const inspect = (...args: string[]) => runCommand(newInspectCommand, args);

async function reportAt(at: string, ...args: string[]): Promise<InspectReport> {
  const { stdout, code } = await inspect('scenarios/blue-green', '--at', at, '--format', 'json', ...args);
  expect(code).toBe(0);
  return inspectReportSchema.parse(JSON.parse(stdout));
}

const VS_FIRST = ['--strategy', 'vs-first', '--trial', '3'];

test.each([
  ['0', 'before'],
  ['130ms', 'routes-arrive'],
  ['2.15s', 'clusters-arrive'],
])('blue-green with vs-first at %s is the golden one', async (at, name) => {
  const { code, stdout } = await inspect('scenarios/blue-green', ...VS_FIRST, '--at', at);
  expect(code).toBe(0);
  await expect(stdout).toMatchFileSnapshot(`golden/inspect-blue-green-${name}.txt`);
});

test('the tables have the columns of the tools', async () => {
  const { stdout } = await inspect('scenarios/blue-green', ...VS_FIRST, '--at', '130ms', '--proxy', 'gw-1');
  const headings = stdout
    .split('\n')
    .filter((line) => /^[A-Z]+ {2,}|^[A-Z]+ [A-Z]+ {2,}/.test(line) && !/[a-z]/.test(line));
  expect(headings.map((line) => line.split(/ {2,}/).join('|'))).toEqual([
    'NAME|GATEWAYS|HOSTS|AGE',
    'NAME|HOST|AGE',
    'NAME|READY|STATUS|LABELS',
    'NAME|CLUSTER|CDS|LDS|EDS|RDS|ECDS|ISTIOD|VERSION',
    'NAME|VHOST NAME|DOMAINS|MATCH|VIRTUAL SERVICE',
    'SERVICE FQDN|PORT|SUBSET|DIRECTION|TYPE|DESTINATION RULE',
    'ENDPOINT|STATUS|OUTLIER CHECK|CLUSTER',
  ]);
});

test('twenty proxies at most, those out of order first, the others counted', async () => {
  const { stdout } = await inspect('scenarios/blue-green', ...VS_FIRST, '--at', '2.15s');
  const rows = stdout.split('\n').filter((line) => /^(gw|sc)-\d+ +Kubernetes/.test(line));
  expect(rows).toHaveLength(20);
  for (const row of rows) expect(row).toContain('STALE');
  const more = stdout.split('\n').flatMap((line) => /^… (\d+) more, /.exec(line)?.[1] ?? []);
  expect(more.reduce((sum, count) => sum + Number(count), 0)).toBe(32);
});

test('a proxy that is asked for is the only row', async () => {
  const { stdout } = await inspect('scenarios/blue-green', ...VS_FIRST, '--at', '0', '--proxy', 'sc-9');
  expect(stdout.split('\n').filter((line) => /^(gw|sc)-\d+ +Kubernetes/.test(line))).toHaveLength(1);
  expect(stdout).toContain('… 51 more, all SYNCED');
});

test('a change in the debounce shows as SYNCED: proxy-status says nothing of it', async () => {
  const { proxyStatus, istiods, virtualServices } = await reportAt('60ms', ...VS_FIRST);
  expect(virtualServices.map(({ revision }) => revision)).toEqual(['after']);
  expect(istiods[0]).toMatchObject({ debounce: { state: 'counting', events: 1 }, queueLength: 0, pushesInProgress: 0 });
  expect(new Set(proxyStatus.flatMap(({ cds, lds, eds, rds }) => [cds, lds, eds, rds]))).toEqual(new Set(['SYNCED']));
});

test('a dead istiod is down, and its proxies are in no list, as with istioctl', async () => {
  const args = ['scenarios/istiod-restart', '--strategy', 'simultaneous', '--at'];
  const dead = (await inspect(...args, '5s')).stdout;
  expect(dead).toContain('\n# istiod-1: down\n');
  expect(dead).toMatch(/# Without a stream, and so in no istiod's list: 52 of 52: gw-1, gw-2, sc-1,/);
  expect(dead).not.toMatch(/^(gw|sc)-\d+ +Kubernetes/m);
  const back = (await inspect(...args, '60s')).stdout;
  expect(back).not.toContain('Without a stream');
  expect(back).toMatch(/^gw-1 +Kubernetes +SYNCED +SYNCED +SYNCED +SYNCED +NOT SENT +istiod-1 +1\.32$/m);
});

test('a rejected type is an ERROR', async () => {
  const nacks = 'faults.nacks=[{proxies: [gw-1], types: [RDS], fromMs: 0, toMs: 60000}]';
  const { proxyStatus } = await reportAt('5s', '--strategy', 'simultaneous', '--set', nacks);
  expect(proxyStatus.filter(({ rds }) => rds !== 'SYNCED').map(({ name, rds }) => [name, rds])).toEqual([
    ['gw-1', 'ERROR'],
  ]);
});

test('with vs-first the routes name a cluster that the proxy does not have; at the end it has', async () => {
  const between = (await reportAt('1s', ...VS_FIRST)).proxy;
  expect(between.routes.map(({ revision }) => revision)).toEqual(['after', 'after']);
  expect(between.routes[0].destinations).toEqual([
    { cluster: 'outbound|80|v2|reviews.bookinfo.svc.cluster.local', weight: 100 },
  ]);
  expect(between.clusters.map(({ subset }) => subset)).toEqual(['-', 'v1']);
  const end = (await reportAt('5s', ...VS_FIRST)).proxy;
  expect(end.clusters.map(({ subset, status }) => [subset, status])).toEqual([
    ['-', 'active'],
    ['v2', 'active'],
  ]);
  expect(end.endpoints.filter(({ cluster }) => cluster.includes('|v2|'))).toHaveLength(3);
  expect(end.workers).toEqual([1, 2].map((worker) => expect.objectContaining({ worker, behind: [] })));
});

test('pods become ready in the course of a rollout', async () => {
  const readyAt = async (at: string): Promise<string[]> => {
    const args = ['scenarios/late-readiness', '--strategy', 'simultaneous', '--at', at, '--format', 'json'];
    const { stdout } = await inspect(...args);
    return inspectReportSchema.parse(JSON.parse(stdout)).pods.flatMap(({ name, ready }) => (ready ? [name] : []));
  };
  expect(await readyAt('1s')).toHaveLength(3);
  expect(await readyAt('1m')).toHaveLength(6);
});

test.each(['130', '130ms', '0.13s', '130000us'])('--at %s is one and the same instant', async (at) => {
  expect((await reportAt(at, ...VS_FIRST)).atMs).toBeCloseTo(130, 9);
});

test.each([
  ['-1ms', /before the rollout/],
  ['2h', /is not a time/],
  ['soon', /is not a time/],
  ['1e3', /is not a time/],
  ['600m', /beyond the horizon of/],
])('--at %s is refused', async (at, message) => {
  const { code, stdout, stderr } = await inspect('scenarios/blue-green', ...VS_FIRST, '--at', at);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});
