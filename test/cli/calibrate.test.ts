/** `xdsim calibrate`: metrics of an istiod as files, standard input or an address, and what is wrong with them. */
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { readMetrics } from '../../packages/cli/src/calibration/exposition.js';
import { readMetricsSource } from '../../packages/cli/src/calibration/fetch-metrics.js';
import { readStudyInput } from '../../packages/cli/src/study-input.js';
import { calibrationSchema } from '../../packages/sim-core/src/calibration/calibration-file.js';
import { newStudy } from '../../packages/sim-core/src/study/study.js';
import { build, folder, ROOT, shop, xdsim } from './support.js';

beforeAll(build);

const CASE = join(ROOT, 'scenarios/calibration');
const PROM = readFileSync(join(CASE, 'istiod.prom'), 'utf8');
const RANGE = readFileSync(join(CASE, 'range-query.json'), 'utf8');

const calibrate = (...args: string[]) => xdsim(['calibrate', ...args], { cwd: CASE });

test('the bundled calibration is what the bundled metrics give', async () => {
  const { code, stdout, stderr } = await calibrate('--metrics', 'range-query.json');
  expect(code).toBe(0);
  expect(stdout).toBe(readFileSync(join(CASE, 'calibration.yaml'), 'utf8'));
  expect(stderr).toMatch(/^mesh\.services +450 +pilot_services$/m);
  expect(stderr).toMatch(/^pilot_proxy_convergence_time +138,000 +52 ms /m);
  expect(stderr).toMatch(/pilot_proxy_convergence_time starts when .* it\n {2}holds neither the debounce nor/);
});

test('one scrape counts since the start and knows no churn; two count what has come between them', async () => {
  const fileOf = async (...args: string[]) => {
    const { code, stdout } = await calibrate(...args, '--format', 'json');
    expect(code).toBe(0);
    return calibrationSchema.parse(JSON.parse(stdout));
  };
  const one = await fileOf('--metrics', 'istiod.prom');
  const two = await fileOf('--metrics', 'istiod-earlier.prom', '--metrics', 'istiod.prom');
  const pushesOf = ({ fit }: typeof one) => fit.find(({ metric }) => metric === 'pilot_proxy_convergence_time')?.count;
  expect([pushesOf(one), pushesOf(two)]).toEqual([345_600, 138_240]);
  for (const { left } of [one, two]) {
    const why = 'the time over which events were counted is not known: only a range query has it';
    expect(left).toContainEqual({ field: 'churn.endpointEventsPerSecond', why });
  }
  const sinceStart = /since istiod started/;
  expect(one.notes.at(-1)).toMatch(sinceStart);
  expect(two.notes.filter((note) => sinceStart.test(note))).toEqual([]);
  expect(two.source).toBe('istiod-earlier.prom → istiod.prom');
});

test('standard input, as curl pipes it', async () => {
  const { code, stdout } = await xdsim(['calibrate', '--metrics', '-'], { stdin: PROM });
  expect(code).toBe(0);
  expect(stdout).toContain('    sidecars: 318\n');
});

test('a scenario goes over its calibration, and --set over both', async () => {
  const values = 'mesh: { sidecars: 9, services: 40 }\n  costs: { istiod: { cdsUs: 77 } }';
  const path = folder({
    'before/shop.yaml': shop('v1'),
    'after/shop.yaml': shop('v2'),
    'own/mesh.yaml': `schema: xdsim.calibration/v1\nvalues:\n  ${values}\n`,
    'scenario.yaml': 'before: before\nafter: after\ncalibration: own/mesh.yaml\nmesh: { services: 50, gateways: 3 }\n',
  });
  const input = await readStudyInput(path, { set: [{ path: 'mesh.gateways', value: '1' }] });
  if (!input.ok) throw new Error(input.errors[0].message);
  const study = newStudy(input.value);
  if (!study.ok) throw new Error(study.errors[0].message);
  const { mesh, costs } = study.value.scenario;
  expect([mesh.sidecars, mesh.services, mesh.gateways, costs.istiod.cdsUs]).toEqual([9, 50, 1, 77]);
});

test.each([
  ['no calibration', 'mesh: { sidecars: 9 }\n', 'XDS-CALIBRATION-FORMAT', 'mesh.yaml is no xdsim.calibration/v1'],
  [
    'a field that is not there',
    'schema: xdsim.calibration/v1\nvalues:\n  mesh: { sidecras: 9 }\n',
    'XDS-SCENARIO-UNKNOWN-FIELD',
    'mesh.yaml:3:11',
  ],
  ['no YAML', 'schema: [\n', 'XDS-YAML-SYNTAX', 'mesh.yaml:'],
  ['no file', undefined, 'XDS-FILE-NOT-FOUND', 'mesh.yaml'],
])('a scenario whose calibration is %s', async (_, text, code, where) => {
  const cwd = folder({
    'before/shop.yaml': shop('v1'),
    'after/shop.yaml': shop('v2'),
    'scenario.yaml': 'before: before\nafter: after\ncalibration: mesh.yaml\n',
    ...(text === undefined ? {} : { 'mesh.yaml': text }),
  });
  const ending = await xdsim(['compare', 'scenario.yaml'], { cwd });
  expect([ending.code, ending.stdout]).toEqual([2, '']);
  expect(ending.stderr).toContain(`error[${code}]: `);
  expect(ending.stderr).toContain(where);
});

test('what metrics do not tell can be set, and files of several istiods are told by their number', async () => {
  const set = ['--set', 'mesh.gateways=20', '--set', 'mesh.istiodCores=2'];
  const { code, stdout, stderr } = await calibrate('--metrics', 'istiod.prom', ...set);
  expect([code, stdout.split('\n').slice(4, 9)]).toEqual([
    0,
    ['values:', '  mesh:', '    gateways: 20', '    istiodCores: 2', '    sidecars: 300'],
  ]);
  expect(stderr).toMatch(/^mesh\.gateways +20 +--set$/m);
  const files = ['istiod-earlier.prom', 'istiod-earlier.prom', 'istiod.prom', 'istiod.prom'];
  const two = await calibrate(...files.flatMap((file) => ['--metrics', file]), '--istiods', '2');
  expect(two.code).toBe(0);
  expect(two.stderr).toMatch(/^mesh\.sidecars +638 +pilot_xds$/m);
  expect(two.stderr).toMatch(/^mesh\.services +450 /m);
  expect(two.stderr).toMatch(/^pilot_proxy_convergence_time +276,000 /m);
});

test('every line of the report fits an 80-column terminal', async () => {
  const { stderr } = await xdsim(['calibrate', '--metrics', 'istiod.prom'], { cwd: CASE, env: { COLUMNS: '80' } });
  expect(stderr.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(stderr).toContain('  pilot_proxy_queue_time\n    ≤ 0.1 s: 94.3 → ');
});

const LATER = PROM.replaceAll('345600', '345601');
const RESTARTED = PROM.replace('1795420800', '1795420900');
const NODE = '# TYPE node_load1 gauge\nnode_load1 0.3\n';
const RESET_WITHIN = RANGE.replace('"849.5"', '"1"');

test.each([
  [[], {}, 'XDS-USAGE', 'Add --metrics FILE'],
  [['a', 'b', 'c'], { a: PROM, b: PROM, c: PROM }, 'XDS-USAGE', '3 scrapes are given of one istiod'],
  [['-', '-'], {}, 'XDS-USAGE', 'Give one of the two as a file.'],
  [['a.html'], { 'a.html': '<html><body>404</body></html>' }, 'XDS-METRICS-FORMAT', ' --> a.html:1:1'],
  [['a.txt'], { 'a.txt': '' }, 'XDS-METRICS-FORMAT', 'a.txt is neither'],
  [['a.json'], { 'a.json': '{"status": "error", "error": "bad query"}' }, 'XDS-METRICS-FORMAT', ':15014/metrics'],
  [['node.prom'], { 'node.prom': NODE }, 'XDS-METRICS-MISSING', 'no histogram pilot_xds_push_time, pilot_proxy_conv'],
  [['late', 'early'], { late: LATER, early: PROM }, 'XDS-METRICS-RESET', 'Give the earlier one first'],
  [['q.json'], { 'q.json': RESET_WITHIN }, 'XDS-METRICS-RESET', 'falls back within the range of q.json'],
  [['istiod.prm'], { 'istiod.prom': PROM }, 'XDS-FILE-NOT-FOUND', 'Did you mean istiod.prom?'],
  [['.'], {}, 'XDS-FILE-NOT-FOUND', '. is a folder'],
  [['nix/istiod.prom'], {}, 'XDS-FILE-NOT-FOUND', 'there is no nix'],
  [['a', 'b'], { a: PROM, b: RESTARTED }, 'XDS-METRICS-RESET', 'process_start_time_seconds is another in b than in a'],
  [['ftp://istiod/metrics'], {}, 'XDS-METRICS-URL', 'is not http or https'],
  [['http://127.0.0.1:1/metrics'], {}, 'XDS-METRICS-URL', 'cannot be read'],
] as const)('calibrate of %j is refused', async (sources, files, code, text) => {
  const args = sources.flatMap((source) => ['--metrics', source]);
  const ending = await xdsim(['calibrate', ...args], { cwd: folder(files) });
  expect([ending.code, ending.stdout]).toEqual([2, '']);
  expect(ending.stderr).toContain(`error[${code}]: `);
  expect(ending.stderr).toContain(text);
  expect(ending.stderr).toMatch(/hint: .+/);
});

test('only what describes a mesh can be set', async () => {
  const { code, stderr } = await calibrate('--metrics', 'istiod.prom', '--set', 'trials=3');
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error\[XDS-SET-PATH\]: trials is nothing to calibrate\nhint: Set fields of mesh, /);
});

/** @returns its address, without a path */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('an address is asked once, and for nothing else', async () => {
  const asked: string[] = [];
  const url = await serve(({ url: path = '', method }, response) => {
    asked.push(`${method} ${path}`);
    response.end(PROM);
  });
  const { code, stdout } = await xdsim(['calibrate', '--metrics', `${url}/metrics`]);
  expect([code, asked]).toEqual([0, ['GET /metrics']]);
  expect(stdout).toContain(`source: "${url}/metrics"`);
});

const IN_VAIN = 'does not answer within 0.5 s';

test.each<[string, RequestListener, string]>([
  ['an error of the server', (_, response) => response.writeHead(503).end(), 'answers 503'],
  [
    'a redirect, wherever it leads',
    (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
    'unexpected redirect',
  ],
  ['no answer in time', () => {}, IN_VAIN],
  [
    'an answer that never ends',
    (_, response) => {
      const timer = setInterval(() => response.write('pilot_xds 1\n'), 20);
      response.on('close', () => clearInterval(timer));
    },
    IN_VAIN,
  ],
  ['more than is wanted', (_, response) => response.end('x'.repeat(70_000)), 'more than 0.0625 MiB'],
])('from an address, %s', async (_, listener, message) => {
  const limits = { timeoutMs: message === IN_VAIN ? 500 : 30_000, mebibytesMax: 1 / 16 };
  const read = await readMetricsSource(`${await serve(listener)}/metrics`, limits);
  expect(read).toMatchObject({ ok: false, errors: [{ code: 'XDS-METRICS-URL' }] });
  if (!read.ok) expect(read.errors[0].message).toContain(message);
});

test('a range query of a large mesh has hundreds of thousands of values', () => {
  const values = Array.from({ length: 2_000 }, (_, i) => [i, String(i)]);
  const result = Array.from({ length: 100 }, (_, i) => ({ metric: { __name__: `m${i}` }, values }));
  const text = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
  const read = readMetrics({ path: 'range.json', text });
  expect(read).toMatchObject({ ok: true, value: [{ atSeconds: 0 }, { atSeconds: 1_999 }] });
});

test('every way in which the format may be written means the same', () => {
  const eachLine = (edit: (line: string) => string) => PROM.replace(/^[^#\n].*$/gm, edit);
  const samplesOf = (text: string) => {
    const read = readMetrics({ path: 'metrics', text });
    return read.ok ? read.value[0].samples : read.errors;
  };
  const plain = samplesOf(PROM);
  const variants = {
    crlf: PROM.replaceAll('\n', '\r\n'),
    'without a last line end': PROM.trimEnd(),
    'a byte order mark': `\uFEFF${PROM}`,
    'no HELP or TYPE': PROM.replace(/^#.*\n/gm, ''),
    timestamps: eachLine((line) => `${line} 1700000000000`),
    'OpenMetrics: exemplars, its end': `${eachLine((line) =>
      line.includes('_bucket') ? `${line} # {trace_id="a b"} 0.5 1700000000.1` : line,
    )}# EOF\n`,
    'OpenMetrics: counters by their family': PROM.replace(/^(# (?:TYPE|HELP) \w+?)_total /gm, '$1 '),
    'blanks between the parts': eachLine((line) => line.replace('{', ' { ').replaceAll(',', ' , ')),
    'a comma after the last label': PROM.replaceAll('"}', '",}'),
    'numbers in any notation': eachLine((line) => line.replace(/ (\d+)$/, (_, n) => ` ${Number(n).toExponential()}`)),
  };
  for (const [name, text] of Object.entries(variants)) expect([name, samplesOf(text)]).toEqual([name, plain]);
});

test('labels may hold anything, and values that are no numbers are none', () => {
  const text = 'pilot_info{a="x\\"y", b="c\\\\d, e}f",c="l\\nm"} 1\npilot_services NaN\npilot_xds 3\n';
  const read = readMetrics({ path: 'metrics', text });
  expect(read.ok && read.value[0].samples).toEqual([
    { name: 'pilot_info', labels: { a: 'x"y', b: 'c\\d, e}f', c: 'l\nm' }, value: 1 },
    { name: 'pilot_xds', labels: {}, value: 3 },
  ]);
});

test('a scrape that has its series twice, and a range of one moment, are refused', async () => {
  const path = folder({ 'both.prom': `${PROM}${PROM}` });
  const twice = await xdsim(['calibrate', '--metrics', join(path, 'both.prom')]);
  expect(twice.code).toBe(2);
  expect(twice.stderr).toMatch(/XDS-METRICS-TWICE.*both\.prom has pilot_debounce_time_bucket\{le="0\.01"\} twice/);
  const range = JSON.parse(RANGE);
  for (const series of range.data.result) series.values.length = 1;
  const moment = readMetrics({ path: 'moment.json', text: JSON.stringify(range) });
  expect(moment.ok ? [] : moment.errors.map(({ message }) => message)).toEqual([
    'the range query of moment.json is of one moment: nothing has come in it',
  ]);
});
