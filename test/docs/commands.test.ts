/**
 * Every command in README and docs is run, and prints what the page shows. After a change of the output that is meant:
 *
 *     XDSIM_UPDATE_DOCS=1 npx vitest run test/docs/commands.test.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { build, ROOT } from '../cli/support.js';
import { shownCommands, withOutputs } from './markdown.js';
import { RUN_PAGES, readPage, TRANSLATIONS } from './pages.js';
import { Terminal } from './terminal.js';

/** Too long for here, or never ending: they have to exist, and what a page shows of them is not compared. */
const NOT_RUN = ['npm test', 'npm run test:full', 'npm run bench', 'npm run build', 'npm run dev'];

const isUpdate = process.env.XDSIM_UPDATE_DOCS === '1';

beforeAll(build);

test.each(RUN_PAGES)('the commands of %s', { timeout: 300_000 }, async (page) => {
  const markdown = readPage(page);
  const commands = shownCommands(markdown);
  const outputs: (string | undefined)[] = [];
  const terminal = new Terminal();
  try {
    for (const [at, { line, command, output }] of commands.entries()) {
      if (isNotRun(command)) {
        outputs.push(undefined);
        continue;
      }
      const printed = await terminal.run(command);
      outputs.push(printed.output);
      const where = `${page}:${line}: $ ${command}`;
      const asksForCode = commands[at + 1]?.command === 'echo $?';
      if (!asksForCode) expect(printed.code, `${where}\n${printed.output}`).toBe(0);
      if (!isUpdate && output !== undefined) expect.soft(printed.output, where).toBe(output);
    }
  } finally {
    terminal.close();
  }
  if (!isUpdate) return;
  for (const path of [page, TRANSLATIONS[page]].filter((one) => one !== undefined)) {
    writeFileSync(join(ROOT, path), withOutputs(readPage(path), outputs));
  }
});

test.each(Object.entries(TRANSLATIONS))('%s and %s have the same commands, and no part is missing', (page, other) => {
  const [original, translated] = [page, other].map(readPage);
  const shown = (markdown: string) => shownCommands(markdown).map(({ command, output }) => ({ command, output }));
  expect(shown(translated)).toEqual(shown(original));
  const parts = (markdown: string) => ({
    headings: markdown.match(/^##? /gm)?.length,
    rows: markdown.match(/^\|/gm)?.length,
    items: markdown.match(/^(\d+\.|-) /gm)?.length,
    pictures: markdown.match(/!\[/g)?.length,
    paragraphs: markdown.split(/\n\n+/).length,
    codes: [...new Set(prose(markdown).match(/`[^`\n]+`/g))].sort(),
  });
  expect(parts(translated)).toEqual(parts(original));
});

function prose(markdown: string): string {
  return markdown.replace(/^```.*?^```$/gms, '');
}

test('commands that are not run are scripts of the root', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const names = NOT_RUN.map((command) => command.replace(/^npm (run )?/, ''));
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(names));
});

test('output is exchanged where it stands', () => {
  const page = 'a\n```console\n$ one \\\n  1\nold\nolder\n$ two\n```\n```sh\nthree\n```\nz';
  expect(shownCommands(page)).toEqual([
    { line: 3, command: 'one \\\n  1', output: 'old\nolder' },
    { line: 7, command: 'two', output: '' },
    { line: 10, command: 'three', output: undefined },
  ]);
  expect(withOutputs(page, ['new', '2\n2', '3'])).toBe(
    'a\n```console\n$ one \\\n  1\nnew\n$ two\n2\n2\n```\n```sh\nthree\n```\nz',
  );
});

function isNotRun(command: string): boolean {
  return NOT_RUN.some((prefix) => command === prefix || command.startsWith(`${prefix} `));
}
