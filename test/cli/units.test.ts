import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFiles, readManifests } from '../../packages/cli/src/input.js';
import { Progress } from '../../packages/cli/src/progress.js';
import { shellWord } from '../../packages/cli/src/shell-word.js';
import { displayWidth, wrap } from '../../packages/cli/src/text-width.js';
import { trialTasks } from '../../packages/cli/src/workers/run-trials.js';
import { folder } from './support.js';

test('a folder is read recursively, sorted, without what is hidden or no manifest', async () => {
  const path = folder({
    'b.yml': 'b: 1',
    'a/z.yaml': 'z: 1',
    'a/B.json': '{}',
    'README.md': '#',
    '..data/b.yml': 'b: 1',
    '.git/x.yaml': 'x: 1',
  });
  symlinkSync(path, join(path, 'a/loop'));
  const files = await readManifests(path);
  expect(files.ok && files.value.map((file) => file.path.slice(path.length + 1))).toEqual([
    'a/B.json',
    'a/z.yaml',
    'b.yml',
  ]);
});

test('a byte order mark is not part of the text', async () => {
  const path = folder({ 'a.yaml': '\ufeffa: 1' });
  const files = await readManifests(join(path, 'a.yaml'));
  expect(files.ok && files.value[0].text).toBe('a: 1');
});

test('a link that leads nowhere is an error with its place', () => {
  const path = folder();
  mkdirSync(join(path, 'sub'));
  symlinkSync('nowhere', join(path, 'sub/a.yaml'));
  const files = readFiles(path, () => true);
  expect(!files.ok && files.errors[0]).toMatchObject({
    code: 'XDS-FILE-UNREADABLE',
    message: expect.stringContaining('a.yaml'),
  });
});

test('the tasks cover every trial of every strategy once, in turns', () => {
  const tasks = trialTasks(['a', 'b'], 19);
  expect(tasks.slice(0, 2).map(({ strategy }) => strategy)).toEqual(['a', 'b']);
  for (const name of ['a', 'b']) {
    const trials = tasks
      .filter(({ strategy }) => strategy === name)
      .flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at));
    expect(trials).toEqual(Array.from({ length: 19 }, (_, at) => at));
  }
});

test('progress is one line on a terminal, with the time left', () => {
  const written: string[] = [];
  const stream = { isTTY: true, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  const progress = new Progress('trials', 10, stream);
  progress.update(5);
  progress.update(6);
  progress.clear();
  expect(written).toHaveLength(2);
  expect(written[0].startsWith('\r\u001b[2K5/10 trials (50 %), about ')).toBe(true);
  expect(written[0].endsWith(' left')).toBe(true);
  expect(written[1]).toBe('\r\u001b[2K');
});

test('widths are those of a terminal', () => {
  expect(displayWidth('abc')).toBe(3);
  expect(displayWidth('漢字')).toBe(4);
  expect(displayWidth('e\u0301')).toBe(1);
  expect(displayWidth('→ ± ≤ ✓ –')).toBe(9);
});

test('lines are broken between words, and a long word stays whole', () => {
  expect(wrap('one two three', 7, '  ')).toBe('one two\n  three');
  expect(wrap('one /a/very/long/path two', 6)).toBe('one\n/a/very/long/path\ntwo');
});

test('words of a shell', () => {
  expect(shellWord('mesh.services=10')).toBe('mesh.services=10');
  expect(shellWord("it's [1, 2]")).toBe(`'it'\\''s [1, 2]'`);
});
