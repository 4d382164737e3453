/** `xdsim explain`: every word that the tool uses, in 80 columns. */
import { expect, test } from 'vitest';
import { newExplainCommand } from '../../packages/cli/src/commands/explain.js';
import { explain, explanations } from '../../packages/sim-core/src/explain/explain.js';
import { explainedPaths } from '../../packages/sim-core/src/explain/policy-fields.js';
import { ENDINGS } from '../../packages/sim-core/src/traffic/response-flags.js';
import { runCommand } from './in-process.js';

const run = (...args: string[]) => runCommand(newExplainCommand, args);

test('NC: what it is, what the client reads, why it happens here, what helps', async () => {
  const { code, stdout, stderr } = await run('NC');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^NC · response flag\n {2}No cluster: /);
  expect(stdout).toMatch(/Details +cluster_not_found\n/);
  expect(stdout).toMatch(/Retried on +nothing: never\n/);
  expect(stdout).toMatch(/Why here .*\n[\s\S]*What helps .*dr-first|dr-first/);
  expect(stdout).toContain('See also    eds-late, rds-late, cds-late, subset-undefined');
});

test('every flag of the model is explained, alone and as an access log shows it', async () => {
  const flags = new Set(Object.values(ENDINGS).map(({ flag }) => flag));
  for (const flag of flags) expect(explain(flag), flag).toMatchObject({ ok: true });
  const { stdout } = await run('UF,URX');
  expect(stdout).toMatch(/^UF · response flag[\s\S]*\n\nURX · response flag/);
  // What reports write for "no flag" is a word, too.
  expect((await run('-')).stdout).toMatch(/^- · response flag/);
});

test('every field that a trafficPolicy can have is explained, by its path and by the end of it', () => {
  const paths = [...explainedPaths()];
  expect(paths.length).toBeGreaterThan(50);
  for (const [path, word] of paths) {
    expect(word, path).not.toBe('');
    for (const asked of [path, `trafficPolicy.${path}`, path.split('.').slice(-2).join('.'), path.split('.').at(-1)!]) {
      expect(explain(asked), asked).toMatchObject({ ok: true });
    }
  }
});

test.each([
  ['connectionPool.tcp.maxConnections', /inbound cluster[\s\S]*No request and no TCP connection is cut/],
  ['tcp.idleTimeout', /in the TCP proxy of a listener[\s\S]*drain time \(45 s\)/],
  ['maxConnectionDuration', /cut at one moment/],
  ['consistentHash', /hash policy is in the routes \(RDS\)/],
  ['httpHeaderName', /hash policy is in the routes \(RDS\)/],
  ['subsets.labels', /in the endpoints \(EDS\)/],
  ['DestinationRule', /default cluster of every port/],
  ['outlierDetection', /forgets ejections/],
  ['tls', /plaintext to STRICT is UC/],
])('%s says what a change of it does', async (word, text) => {
  const { stdout } = await run(word);
  expect(stdout.replace(/\s+/g, ' ')).toMatch(new RegExp(text.source.replaceAll('[\\s\\S]', '.')));
});

test('a word with several meanings has them all; case does not matter', async () => {
  const { stdout } = await run('IDLETIMEOUT', 'xds-subset-empty');
  expect(stdout.match(/^\S.*·.*$/gm)).toEqual([
    'connectionPool.tcp.idleTimeout · field of a DestinationRule',
    'connectionPool.http.idleTimeout · field of a DestinationRule',
    'XDS-SUBSET-EMPTY · warning: the run goes on',
  ]);
});

test('an unknown word is an error with the nearest one', async () => {
  const { code, stdout, stderr } = await run('NC', 'rds-lat');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toBe('error[XDS-EXPLAIN-UNKNOWN]: nothing is known about "rds-lat"\nhint: Did you mean `rds-late`?\n');
  expect((await run('maxConections')).stderr).toContain('Did you mean `maxConnections`?');
  expect((await run('something-else')).stderr).toContain('`xdsim explain` lists all words.');
});

test('without a word: all of them, by kind', async () => {
  const { code, stdout } = await run();
  expect(code).toBe(0);
  expect(stdout.match(/^\S.*$/gm)).toEqual([
    'response flag',
    'cause of failures in reports',
    'field of a DestinationRule',
    'error: the command stops with exit code 2',
    'warning: the run goes on',
  ]);
  for (const { word } of explanations()) expect(stdout).toContain(word);
});

test('nothing is wider than 80 columns but details that cannot be broken', async () => {
  const words = explanations().map(({ word }) => word);
  const { stdout } = await run(...words);
  const wide = `${stdout}${(await run()).stdout}`.split('\n').filter((line) => line.length > 80);
  expect(wide.filter((line) => !/ upstream_reset_\S+$/.test(line))).toEqual([]);
});

test('each word once, and what it points to is a word', () => {
  const all = explanations();
  const words = all.map(({ word }) => word);
  expect(new Set(words).size).toBe(words.length);
  for (const { word, see } of all) expect(words, word).toEqual(expect.arrayContaining([...see]));
});

test('json', async () => {
  const { stdout } = await run('UH', '--format', 'json');
  expect(JSON.parse(stdout)).toMatchObject({ schema: 'xdsim.explanations/v1', words: [{ word: 'UH', kind: 'flag' }] });
});
