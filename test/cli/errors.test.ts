import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { formatError } from '../../packages/cli/src/errors.js';
import { build, folder, shop, smallCase, xdsim } from './support.js';

beforeAll(build);

test('a broken manifest: every error at once, with code, place, caret and hint', async () => {
  const cwd = folder({
    'before/shop.yaml': shop('v1'),
    'after/shop.yaml': shop('v2').replace('subsets:', 'subset:').replace('  hosts:', '  host:'),
  });
  const { code, stdout, stderr } = await xdsim(['compare', '--before', 'before', '--after', 'after'], { cwd });
  expect([code, stdout]).toEqual([2, '']);
  await expect(stderr).toMatchFileSnapshot('golden/broken-manifest.txt');
});

test('broken YAML', async () => {
  const cwd = folder({ 'before/a.yaml': shop('v1'), 'after/a.yaml': 'kind: [\n' });
  const { code, stderr } = await xdsim(['compare', '--before', 'before', '--after', 'after'], { cwd });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error\[XDS-YAML-SYNTAX\].*\n --> after\/a\.yaml:\d+:\d+\n/);
});

test.each([
  [['compre'], 'XDS-USAGE', 'Did you mean compare?'],
  [['compare', '--trails', '3'], 'XDS-USAGE', 'Did you mean --trials?'],
  [['compare', '.', '--format', 'jsn'], 'XDS-USAGE', 'See xdsim compare --help.'],
  [['compare', '.', '--trials', '1.5'], 'XDS-USAGE', 'xdsim compare --help'],
  [['compare', '.', '--set', 'mesh.services'], 'XDS-USAGE', 'xdsim compare --help'],
  [['compare'], 'XDS-USAGE', 'Give a scenario'],
  [['compare', '--before', '.'], 'XDS-USAGE', 'Add --after DIR'],
  [['compare', '.', '--before', '.'], 'XDS-USAGE', 'Leave one of the two out'],
  [['compare', '--before', '-', '--after', '-'], 'XDS-USAGE', 'Give one of them'],
  [['compare', '.', '--strategy', 'dr-fist'], 'XDS-STRATEGY-UNKNOWN', 'dr-first'],
  [['compare', '.', '--set', 'mesh.servces=3'], 'XDS-SET-PATH', 'Did you mean `mesh.services`?'],
  [['compare', 'scenarios/blue-gren'], 'XDS-FILE-NOT-FOUND', 'Give a path'],
  [['compare', 'befor'], 'XDS-FILE-NOT-FOUND', 'Did you mean before?'],
  [['compare', 'befor/shop.yaml'], 'XDS-FILE-NOT-FOUND', 'Did you mean before/shop.yaml?'],
  [['compare', 'before'], 'XDS-SCENARIO-NOT-FOUND', '--before DIR --after DIR'],
  [['compare', '--before', 'empty', '--after', 'after'], 'XDS-FOLDER-EMPTY', '.yaml'],
  [['compare', '--before', 'empty/picture.png', '--after', 'after'], 'XDS-FILE-ENCODING', 'UTF-8'],
  [['schema', 'scenaro'], 'XDS-SCHEMA-UNKNOWN', 'Did you mean scenario?'],
  [['init', '--before', 'before'], 'XDS-USAGE', 'See xdsim init --help.'],
  [['validate', 'before'], 'XDS-LAB-EMPTY', 'cells/'],
  [['fit', 'before'], 'XDS-LAB-EMPTY', 'cells/'],
  [['fit', '.', '--rounds', '0'], 'XDS-USAGE', 'xdsim fit --help'],
  [['compare', '.', '--istio', '1.29,1.9'], 'XDS-SCENARIO-ISTIO-VERSION', 'from 1.22 to 1.32'],
  [['compare', '.', '--istio', '1.29', '--set', 'mesh.istio=1.30'], 'XDS-USAGE', 'Name all versions after --istio'],
  [['compare', '.', '--istio', '1.29', '--format', 'markdown'], 'XDS-USAGE', 'table or json'],
] as const)('xdsim %j', async (args, code, hint) => {
  const cwd = smallCaseWithJunk();
  const ending = await xdsim(args, { cwd });
  expect(ending.stdout).toBe('');
  expect(ending.stderr).toContain(`error[${code}]: `);
  expect(ending.stderr).toMatch(/hint: .+/);
  expect(ending.stderr).toContain(hint);
  expect(ending.code).toBe(2);
});

function smallCaseWithJunk(): string {
  const path = smallCase();
  mkdirSync(join(path, 'empty'));
  writeFileSync(join(path, 'empty/picture.png'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff]));
  return path;
}

test('a defect of ours: what happened, the command line, exit code 1', async () => {
  const fault = 'setTimeout(()=>{throw new Error("boom")},3000)';
  const env = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(fault)}` };
  const { code, stderr } = await xdsim(['compare', smallCase(), '--workers', '1', '--trials', '100000'], { env });
  expect(code).toBe(1);
  expect(stderr).toMatch(/defect of xdsim [\s\S]*boom[\s\S]*report it[\s\S]*\n {2}xdsim compare .* --trials 100000\n$/);
});

test('colours are for terminals', async () => {
  const { stderr } = await xdsim(['compre'], { env: { TERM: 'xterm-256color' } });
  expect(stderr).not.toContain('\u001b[');
});

test('an excerpt of a long line is cut around the caret, and steers no terminal', () => {
  const excerpt = `${'a'.repeat(500)}\u001b[2Jb\tc${'d'.repeat(500)}`;
  const text = formatError({
    code: 'XDS-X',
    message: 'bad',
    position: { file: 'a.json', line: 1, column: 505 },
    excerpt,
    hint: 'mend it',
  });
  const [, , , line, caret] = text.split('\n');
  expect(line.length).toBeLessThan(110);
  expect(text).not.toContain('\u001b');
  expect(line[caret.indexOf('^')]).toBe('b');
});

test('the caret stands below the character, whatever its width', () => {
  const text = formatError({
    code: 'XDS-X',
    message: 'bad',
    position: { file: 'a.yaml', line: 12, column: 7 },
    excerpt: 'name: 漢字',
    hint: 'mend it',
  });
  expect(text).toBe(`error[XDS-X]: bad
 --> a.yaml:12:7
   |
12 | name: 漢字
   |       ^
hint: mend it
`);
});
