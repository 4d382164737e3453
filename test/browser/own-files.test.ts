import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newStudy, runStudyTrial } from '@xdsim/sim-core';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { figures, type OpenPage, openPage, ROOT, rest } from './open-page.js';

const CASE = join(ROOT, 'scenarios/canary-weights');
let built: OpenPage;
let page: Page;

beforeAll(async () => {
  built = await openPage();
});

afterAll(async () => {
  await built?.close();
});

afterEach(async () => {
  await page.close();
  expect(built.complaints.splice(0)).toEqual([]);
});

interface File {
  readonly path: string;
  readonly text: string;
}

function filesOf(folder: string): File[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path: path.slice(folder.length + 1), text: readFileSync(path, 'utf8') }));
}

/** As a browser hands over what is dropped: entries of a file system. */
async function drop(files: readonly File[], on = '.drop'): Promise<void> {
  const isPrevented = await page.evaluate(
    ([dropped, place]) => {
      const entries = dropped.map(({ path, text }) => ({
        isFile: true,
        fullPath: `/my-change/${path}`,
        file: (take: (file: unknown) => void) => take(new File([text], path)),
      }));
      const items = entries.map((entry) => ({ webkitGetAsEntry: () => entry }));
      const event = new Event('drop', { bubbles: true, cancelable: true });
      Object.assign(event, { dataTransfer: { items, types: ['Files'] } });
      document.querySelector(place)?.dispatchEvent(event);
      return event.defaultPrevented;
    },
    [files, on] as const,
  );
  // Else the browser would leave the page for the file.
  expect(isPrevented).toBe(true);
}

test('a dropped folder is simulated as the command line simulates it', async () => {
  page = await built.open('#room=own');
  const files = filesOf(CASE);
  await drop(files);
  await page.getByText('The files are fine.').waitFor();
  await page.locator('#simulate').click();
  await page.locator('.command code', { hasText: '--before before --after after' }).waitFor();
  await rest(page);
  const within = (folder: string) =>
    files.filter(({ path }) => path.startsWith(`${folder}/`) && path.endsWith('.yaml'));
  const study = newStudy({
    scenarioFile: files.find(({ path }) => path === 'scenario.yaml'),
    source: 'x',
    before: within('before'),
    after: within('after'),
    overrides: [],
    flags: {},
  });
  if (!study.ok) throw new Error(JSON.stringify(study.errors));
  const result = runStudyTrial(study.value, study.value.strategies[0].name, 0);
  expect(await figures(page)).toMatchObject({ errors: String(result.errors), complete: String(result.completeMs) });
});

test('an error is shown at its line, in the editor; text of a file is never markup', async () => {
  page = await built.open('#room=own');
  const broken = filesOf(CASE).map((file) =>
    file.path === 'after/routing.yaml' ? { ...file, text: file.text.replace('subsets:', 'subsetz:') } : file,
  );
  await drop([...broken, { path: 'before/<img src=x onerror=alert(1)>.yaml', text: '<script>alert(1)</script>' }]);
  const problem = page.locator('.own .problem');
  await problem.waitFor();
  expect(await problem.textContent()).toContain('XDS-MANIFEST-UNKNOWN-FIELD');
  expect(await page.locator('.own img').count()).toBe(0);
  const place = problem.getByRole('button', { name: /^after\/routing.yaml:\d+:\d+$/ }).first();
  const [, line] = ((await place.textContent()) ?? '').split(':');
  await place.click();
  await page.getByRole('tab', { name: 'after/routing.yaml', selected: true }).waitFor();
  const marked = page.locator('.cm-lintRange-error').first();
  await marked.waitFor();
  expect(await marked.evaluate((mark) => mark.closest('.cm-line')?.textContent)).toBe(
    broken.find(({ path }) => path === 'after/routing.yaml')?.text.split('\n')[Number(line) - 1],
  );
});

test('what is too much is not read, and what is none of ours is told', async () => {
  page = await built.open('#room=own');
  await drop([{ path: 'before/large.yaml', text: 'x'.repeat(2_100_000) }]);
  await page.getByText('more than 2 MB').waitFor();
  await drop([{ path: 'photo.png', text: '' }]);
  await page.getByText('There was no manifest').waitFor();
});

test('a trace of the command line leads to its trial', async () => {
  page = await built.open('#room=own');
  const header = { schema: 'xdsim.trace/v1', scenario: 'blue-green', strategy: 'vs-first', trial: 5, seed: '1' };
  await drop([{ path: 'trace.ndjson', text: `${JSON.stringify(header)}\n{"kind":"write-sent"}\n` }]);
  await page.locator('.command code', { hasText: '--strategy vs-first --trial 5' }).waitFor();
});

test('a trace leads to its trial also while the files have errors', async () => {
  page = await built.open('#room=own');
  await drop(filesOf(CASE).map((file) => ({ ...file, text: file.text.replace('subsets:', 'subsetz:') })));
  await page.locator('.own .problem').waitFor();
  const header = { schema: 'xdsim.trace/v1', scenario: 'blue-green', strategy: 'vs-first', trial: 5, seed: '1' };
  await drop([{ path: 'trace.ndjson', text: JSON.stringify(header) }]);
  await page.locator('.command code', { hasText: '--strategy vs-first --trial 5' }).waitFor();
});

test('a report that names no scenario is refused, and is forgotten', async () => {
  page = await built.open('#room=own');
  for (const cut of [{ schema: 'xdsim.report/v1' }, { schema: 'xdsim.trace/v1', trial: 3 }]) {
    await drop([{ path: 'cut.json', text: JSON.stringify(cut) }]);
    await page.getByText(`That says it is ${cut.schema}, and names no scenario`).waitFor();
  }
  await drop(filesOf(CASE));
  await page.getByText('The files are fine.').waitFor();
  expect(await page.locator('.own').textContent()).not.toMatch(/undefined|names no scenario|That is about/);
});

test('a change needs before/ and after/: what lies in neither is told, and the tabs stay', async () => {
  page = await built.open('#room=own');
  const [, { text }] = filesOf(CASE);
  await drop([{ path: 'routing.yaml', text }]);
  await page.getByText('routing.yaml lies in neither before/ nor after/').waitFor();
  await page.getByRole('tab', { name: 'before/manifests.yaml' }).waitFor();
  await drop(filesOf(CASE).filter(({ path }) => path.startsWith('before/')));
  await page.getByText('There is no after/ in it').waitFor();
  await page.getByRole('tab', { name: 'after/manifests.yaml' }).waitFor();
  await drop(filesOf(CASE).filter(({ path }) => path.startsWith('after/')));
  await page.getByText('The files are fine.').waitFor();
});

test('files that are dropped on any other view are taken, too', async () => {
  page = await built.open('#lesson=1');
  await drop(filesOf(CASE), '#stage');
  await page.getByText('The files are fine.').waitFor();
});

test('a link to files that are gone leads to where to drop them', async () => {
  page = await built.open('#room=explore&case=own');
  await page.locator('.problem').getByRole('button', { name: 'Your files' }).click();
  await page.locator('.drop').waitFor();
});

test('a report of the command line leads to its comparison, with the values of its --set', async () => {
  page = await built.open('#room=own');
  const command = "xdsim run scenarios/blue-green --strategy a --trial 0 --seed 7 --set 'faults.slowProxies={gw-1: 3}'";
  const report = {
    schema: 'xdsim.report/v1',
    scenario: { name: 'blue-green', seed: '7', trials: 6 },
    strategies: [{ worst: { command } }],
    recommended: { strategy: 'dr-first' },
  };
  await drop([{ path: 'report.json', text: JSON.stringify(report) }]);
  await page.getByText('6 of 6 trials').waitFor();
  const hash = decodeURIComponent(new URL(page.url()).hash);
  expect(hash).toContain('#room=compare&case=blue-green&strategy=dr-first&set=faults.slowProxies:{gw-1: 3}&seed=7');
});

/** The files of a case that the page does not have. */
function ownFiles(): File[] {
  return filesOf(CASE).map(({ path, text }) => ({ path, text: text.replace('name: canary-weights', 'name: my-own') }));
}

const OWN_TRACE = {
  path: 'trace.ndjson',
  text: `${JSON.stringify({
    schema: 'xdsim.trace/v1',
    scenario: 'my-own',
    strategy: 'vs-first',
    trial: 4,
    seed: '3',
    overrides: [{ path: 'mesh.services', value: '300' }],
  })}\n`,
};
const OWN_COMMAND = '--strategy vs-first --trial 4 --seed 3 --set mesh.services=300';

test('a trace of a case of one’s own says what is missing, and goes on when its folder comes', async () => {
  page = await built.open('#room=own');
  await drop([OWN_TRACE]);
  await page.getByText('That is about my-own, vs-first, trial 4, and holds no manifests.').waitFor();
  await drop(filesOf(CASE));
  await page.getByText('The files below are canary-weights, which is not it.').waitFor();
  await drop(ownFiles());
  await page.locator('.command code', { hasText: OWN_COMMAND }).waitFor();
  await rest(page);
});

test('a folder with a trace in it leads to the trial at once, and again later', async () => {
  page = await built.open('#room=own');
  await drop([...ownFiles(), OWN_TRACE]);
  await page.locator('.command code', { hasText: OWN_COMMAND }).waitFor();
  await page.getByRole('button', { name: 'Your files' }).click();
  await drop([{ ...OWN_TRACE, text: OWN_TRACE.text.replace('"trial":4', '"trial":9') }]);
  await page.locator('.command code', { hasText: OWN_COMMAND.replace('4', '9') }).waitFor();
});

test('a lesson opens its files here; a trace that is pasted is taken as one', async () => {
  page = await built.open('#lesson=1');
  await page.getByRole('button', { name: 'scenarios/one-gateway/scenario.yaml' }).click();
  await page.getByRole('tab', { name: 'before/web.yaml' }).waitFor();
  const header = { schema: 'xdsim.trace/v1', scenario: 'one-gateway', strategy: 'dr-first', trial: 6, seed: '1' };
  await page.locator('.cm-content').evaluate((content, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    getSelection()?.selectAllChildren(content);
    content.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, JSON.stringify(header));
  await page.locator('.command code', { hasText: '--strategy dr-first --trial 6' }).waitFor();
});

test('an alias bomb neither hangs the tab nor the engine', async () => {
  page = await built.open('#room=own');
  const levels = 'abcdefghi'.split('').map((name, i, all) => {
    const of = i === 0 ? 'x' : `*${all[i - 1]}`;
    return `${name}: &${name} [${Array(9).fill(of).join(', ')}]`;
  });
  await drop([
    { path: 'before/a.yaml', text: levels.join('\n') },
    { path: 'after/a.yaml', text: 'kind: Service' },
  ]);
  await page.locator('.own .problem').waitFor();
});
