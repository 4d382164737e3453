import { readFileSync } from 'node:fs';
import { newReport, runStudyTrial, type TrialResult } from '@xdsim/sim-core';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { TOOL } from '../../packages/cli/src/tool.js';
import { newDrawnRollout } from '../../packages/viz/src/rollout/new-picture.js';
import { bundledCase } from './bundled-case.js';
import { figures, nextFrame, type OpenPage, openPage, rest } from './open-page.js';

const study = await bundledCase('blue-green');
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

const EXPLORE = '#room=explore&case=blue-green';

/** What the table must say, to the last bit. */
function expectedFigures(result: TrialResult): Record<string, string> {
  const { tcp, streams } = result.longLived;
  const numbers: Record<string, number> = {
    complete: result.completeMs ?? Number.NaN,
    propagation: result.propagationMs,
    skew: result.skewMs,
    inconsistent: result.inconsistentMs,
    failing: result.failingMs,
    errors: result.errors,
  };
  const below = {
    callerErrors: result.callers.reduce((sum, { code, expected }) => sum + (code >= 500 ? expected : 0), 0),
    closedIdle: result.connections.closedIdle,
    drained: result.connections.drained,
    cut: result.connections.cut,
    handshakes: result.connections.handshakes,
    longLivedCut: tcp.cut + tcp.cutByServer + streams.cut + streams.cutByServer,
    longLivedDrained: tcp.drained + streams.drained,
  };
  for (const [name, value] of Object.entries(below)) {
    if (name === 'callerErrors' ? value !== result.errors : value !== 0) numbers[name] = value;
  }
  for (const { bucket, expected } of result.buckets) {
    const name = `errors:${bucket.cause}:${bucket.flag}`;
    if (bucket.code >= 500) numbers[name] = (numbers[name] ?? 0) + expected;
  }
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]));
}

/** Everything that is seen of the moment. */
function moment(): Promise<unknown> {
  return page.evaluate(() => ({
    cards: [...document.querySelectorAll('.card')].map((card) => card.textContent),
    clock: document.querySelector('.clock')?.textContent,
    istiod: document.querySelector('.istiod')?.textContent,
    api: document.querySelector('.api')?.textContent,
    cells: document.querySelector('.strip figcaption')?.textContent,
  }));
}

async function press(...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
  await nextFrame(page);
}

test('its numbers are those of the engine in Node, to the last bit', async () => {
  page = await built.open(EXPLORE);
  for (const { name } of study.strategies) {
    for (const trial of [0, 7]) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `${EXPLORE}&strategy=${name}&trial=${trial}`);
      await page.locator('.command code', { hasText: `--strategy ${name} --trial ${trial}` }).waitFor();
      await rest(page);
      expect({ name, trial, ...(await figures(page)) }).toEqual({
        name,
        trial,
        ...expectedFigures(runStudyTrial(study, name, trial)),
      });
    }
  }
});

test('a comparison is the report of the command line, byte for byte', async () => {
  page = await built.open('#room=compare&case=blue-green&trials=12');
  await page.getByText('12 of 12 trials').waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the report' }).click();
  const text = readFileSync(await (await download).path(), 'utf8');
  const results = study.strategies.map(({ name }): [string, TrialResult[]] => [
    name,
    Array.from({ length: 12 }, (_, trial) => runStudyTrial(study, name, trial)),
  ]);
  expect(text).toBe(`${JSON.stringify(newReport(study, new Map(results), TOOL), null, 2)}\n`);
});

test('a step back is what a replay up to there shows', async () => {
  page = await built.open(`${EXPLORE}&strategy=simultaneous&t=130`);
  const seen: unknown[] = [];
  const STEPS = 12;
  for (let i = 0; i < STEPS; i++) {
    await press('ArrowRight');
    seen.push(await moment());
  }
  expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBeGreaterThan(STEPS / 2);
  for (let i = STEPS - 2; i >= 0; i--) {
    await press('ArrowLeft');
    expect(await moment()).toEqual(seen[i]);
  }
  // The address follows when time has rested.
  await page.waitForFunction(() => {
    const ms = Number(/t=([\d.]+)/.exec(location.hash)?.[1]).toFixed(2);
    return document.querySelector('.clock output')?.textContent === `${ms} ms`;
  });
  const again = await built.open(new URL(page.url()).hash);
  await page.close();
  page = again;
  expect(await moment()).toEqual(seen[0]);
});

test('keys play, jump and go to the ends', async () => {
  page = await built.open(`${EXPLORE}&strategy=simultaneous`);
  const clock = () => page.locator('.clock output').textContent();
  const [{ fromMs }] = newDrawnRollout(study, 'simultaneous', 0).picture.windows;
  const opens = `${fromMs.toFixed(2)} ms`;
  await press('w');
  expect(await clock()).toBe(opens);
  await press('f');
  expect(await page.locator('.inspector .badge').textContent()).toBe('503 NC');
  expect(await page.locator('.inspector').textContent()).toContain('cluster_not_found');
  await press('Shift+W', 'Shift+W');
  expect(await clock()).toBe(opens);
  await press('End');
  const end = await clock();
  await press('Home');
  expect(await clock()).toBe('0.00 ms');
  await press(']', ']', 'Space');
  await page.waitForFunction(() => document.querySelector('.clock output')?.textContent !== '0.00 ms');
  await press('Space');
  expect(await clock()).not.toBe(end);
  await press('?');
  expect(await page.getByRole('dialog').isVisible()).toBe(true);
  await press('Escape');
  expect(await page.getByRole('dialog').isVisible()).toBe(false);
});

test('the keyboard reaches everything, in the order in which it is read', async () => {
  page = await built.open();
  const reached: string[] = [];
  for (let i = 0; i < 90 && !reached.includes('summary'); i++) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => {
      const { activeElement: one } = document;
      if (one?.closest('.assumptions') !== null && one?.tagName === 'SUMMARY') return 'summary';
      return (
        (one as HTMLElement | null)?.dataset.proxy ?? one?.getAttribute('aria-label') ?? one?.textContent?.trim() ?? ''
      );
    });
    reached.push(name);
  }
  const order = [
    'Skip to the stage',
    'Lessons',
    '한국어',
    'Run it',
    'Next',
    'gw-1',
    'Play',
    'Whole rollout',
    'Timeline A',
  ];
  const places = order.map((name) => reached.findIndex((one) => one === name || one.startsWith(`${name},`)));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places.every((place) => place >= 0)).toBe(true);
  expect(reached.at(-1)).toBe('summary');
});

test('what a link says and its rollout has not is explained; a moment beyond the end is the end', async () => {
  page = await built.open(`${EXPLORE}&strategy=vs-first&t=3000000&look=proxy:sc-9999`);
  await page.locator('.problem', { hasText: 'look=proxy:sc-9999 is not something that can be looked at' }).waitFor();
  const hash = await page.evaluate(() => location.hash);
  expect(hash).not.toContain('look=');
  expect(Number(/t=([\d.]+)/.exec(hash)?.[1])).toBeLessThan(60_000);
  const seen = await page.locator('.clock').textContent();
  await press('End');
  expect(await page.locator('.clock').textContent()).toBe(seen);
  for (const look of ['message:99999999', 'failure:99999999', 'istiod:9']) {
    await page.evaluate((text) => {
      location.hash = text;
    }, `${EXPLORE}&strategy=vs-first&look=${look}`);
    await page.locator('.problem', { hasText: `look=${look}` }).waitFor();
  }
});

test('all parameters are those of this case, and follow what is set', async () => {
  page = await built.open(`${EXPLORE}&strategy=vs-first&set=mesh.services:77`);
  await page.getByText('All parameters, with their sources').click();
  const shown = page.locator('.assumptions pre', { hasText: 'services: 77' });
  await shown.waitFor();
  expect(await shown.textContent()).toContain('name: blue-green');
  await page.locator('[data-path="mesh.services"]').focus();
  await page.keyboard.press('End');
  await page.locator('.assumptions pre', { hasText: 'services: 5000' }).waitFor();
});

test('what is chosen is in the address; Back takes it back; a bad address explains itself', async () => {
  page = await built.open(`${EXPLORE}&strategy=vs-first&t=140`);
  await page.locator('.card[data-proxy=gw-1], .card').first().click();
  const name = await page.locator('.card.selected').getAttribute('data-proxy');
  expect(new URL(page.url()).hash).toContain(`look=proxy:${name}`);
  await page.locator('.cli', { hasText: 'proxy-config routes' }).waitFor();
  const heads = (command: string) => page.locator('.cli', { hasText: command }).locator('th').allTextContents();
  expect((await heads('proxy-status')).join(' ')).toBe('NAME CLUSTER CDS LDS EDS RDS ECDS ISTIOD VERSION');
  expect((await heads('routes')).join(' ')).toBe('NAME VHOST NAME DOMAINS MATCH VIRTUAL SERVICE');
  expect(await page.locator('.chosen').textContent()).toContain(name);
  await page.getByRole('button', { name: 'look closer' }).click();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('inspector');
  await page.goBack();
  await page.waitForFunction(() => document.querySelector('.card.selected') === null);
  expect(new URL(page.url()).hash).not.toContain('look=');
  await page.evaluate(() => {
    location.hash = '#room=explore&case=blue-green&trial=minus&evil=<img src=x onerror=alert(1)>';
  });
  const alert = page.getByRole('alert');
  await alert.waitFor();
  expect(await alert.textContent()).toContain('trial=minus is not a whole number');
  expect(await alert.locator('img').count()).toBe(0);
  await page.evaluate(() => {
    location.hash = '#room=explore&case=no-such-case';
  });
  await page.getByText('no case "no-such-case" comes with this page').waitFor();
});

test('two strategies stand side by side on one clock, and a fork keeps both branches', async () => {
  page = await built.open(`${EXPLORE}&strategy=dr-first&with=vs-first&t=500`);
  expect(await page.locator('.stage').count()).toBe(2);
  expect(await page.locator('.timeline').count()).toBe(2);
  // The same proxies on both, so that they can be compared.
  const namesOf = (branch: number) =>
    page
      .locator('.branch')
      .nth(branch)
      .locator('.card')
      .evaluateAll((all) => all.map((card) => (card as HTMLElement).dataset.proxy));
  expect(await namesOf(1)).toEqual(await namesOf(0));
  expect(await figures(page, 'B')).toEqual(expectedFigures(runStudyTrial(study, 'vs-first', 0)));
  await page.evaluate(() => {
    location.hash = '#room=explore&case=blue-green&strategy=simultaneous&set=mesh.services:1000&t=150';
  });
  await page.locator('.stage').nth(1).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'fork' }).click();
  await page.locator('.stage').nth(1).waitFor();
  await rest(page);
  const { path, value } = { path: 'mesh.services', value: '1000' };
  const changed = await bundledCase('blue-green', [{ path, value }]);
  expect(await figures(page, 'A')).toEqual(expectedFigures(runStudyTrial(study, 'simultaneous', 0)));
  expect(await figures(page, 'B')).toEqual(expectedFigures(runStudyTrial(changed, 'simultaneous', 0)));
});

test('what is clicked is looked at in its own branch, which is named', async () => {
  page = await built.open(`${EXPLORE}&strategy=dr-first&with=vs-first&t=1000`);
  const card = (branch: number) => page.locator('.branch').nth(branch).locator('.card[data-proxy=gw-1]');
  const chosen = page.locator('.chosen');
  const routes = page.locator('.inspector .scroll', { hasText: 'proxy-config routes' });
  await card(1).click();
  await routes.waitFor();
  expect(new URL(page.url()).hash).toContain('look=proxy:gw-1:B');
  expect(await page.locator('.inspector .branch-name').textContent()).toBe('B vs-first');
  expect(await chosen.textContent()).toContain('B · gw-1');
  expect(await page.locator('.card.selected').count()).toBe(1);
  const ofB = await routes.textContent();
  await card(0).click();
  await page.locator('.inspector .branch-name', { hasText: 'A dr-first' }).waitFor();
  await routes.waitFor();
  expect(await routes.textContent()).not.toBe(ofB);
  // Failures are looked for where one looks.
  await card(1).click();
  await press('f');
  const { requests } = newDrawnRollout(study, 'vs-first', 0).picture;
  const index = requests.outcome.findIndex((of, i) => requests.atNs[i] > 1000e6 && requests.outcomes[of].code >= 400);
  expect(new URL(page.url()).hash).toContain(`look=failure:${index}:B`);
});

test('a slider moves the numbers', async () => {
  page = await built.open(`${EXPLORE}&strategy=simultaneous`);
  const slider = page.locator('input[data-path="mesh.services"]');
  await slider.focus();
  await press('ArrowRight', 'ArrowRight');
  await page.locator('.command code', { hasText: '--set mesh.services=1000' }).waitFor();
  await rest(page);
  const changed = await bundledCase('blue-green', [{ path: 'mesh.services', value: '1000' }]);
  expect(await figures(page)).toEqual(expectedFigures(runStudyTrial(changed, 'simultaneous', 0)));
});

test('beside another strategy a slider changes both; where they differ already, one', async () => {
  page = await built.open(`${EXPLORE}&strategy=simultaneous&with=vs-first&withset=mesh.gateways:3`);
  for (const path of ['mesh.services', 'mesh.gateways']) {
    await page.locator(`input[data-path="${path}"]`).focus();
    await press('ArrowRight', 'ArrowLeft', 'ArrowRight');
    await page.locator('.command code', { hasText: `--strategy simultaneous` }).filter({ hasText: path }).waitFor();
  }
  await rest(page);
  const services = { path: 'mesh.services', value: '500' };
  const changedA = await bundledCase('blue-green', [services, { path: 'mesh.gateways', value: '3' }]);
  const changedB = await bundledCase('blue-green', [{ path: 'mesh.gateways', value: '3' }, services]);
  expect(await figures(page, 'A')).toEqual(expectedFigures(runStudyTrial(changedA, 'simultaneous', 0)));
  expect(await figures(page, 'B')).toEqual(expectedFigures(runStudyTrial(changedB, 'vs-first', 0)));
  // Back undoes one change after the other.
  await page.goBack();
  expect(new URL(page.url()).hash).toContain('set=mesh.services:500');
  expect(new URL(page.url()).hash).not.toContain('set=mesh.gateways:5&');
});

test('another case is run with a strategy that it has', async () => {
  page = await built.open(`${EXPLORE}&strategy=weighted`);
  await page.locator('#case').selectOption('one-gateway');
  await page.locator('.command code', { hasText: 'one-gateway' }).waitFor();
  expect(await page.locator('.problem').count()).toBe(0);
  const { strategies } = await bundledCase('one-gateway');
  expect(await page.locator('#strategy').inputValue()).toBe(strategies[0].name);
});

test('what could break is one click: the changed run stands beside the present one', async () => {
  page = await built.open(`${EXPLORE}&strategy=simultaneous&t=130&look=proxy:sc-3`);
  await page.getByRole('button', { name: 'its link were slow' }).click();
  await page.locator('.stage').nth(1).waitFor();
  await rest(page);
  const slow = await bundledCase('blue-green', [{ path: 'faults.slowProxies', value: '{sc-3: 300}' }]);
  expect(await figures(page, 'B')).toEqual(expectedFigures(runStudyTrial(slow, 'simultaneous', 0)));
});

test('a message can be lost: its stream breaks on the way, and the proxy connects anew', async () => {
  const { picture } = newDrawnRollout(study, 'simultaneous', 0);
  const index = picture.messages.findIndex(({ type, proxy }) => type === 'RDS' && picture.proxies[proxy].id === 'sc-3');
  page = await built.open(`${EXPLORE}&strategy=simultaneous&t=130&look=message:${index}`);
  await page.getByRole('button', { name: 'it were lost' }).click();
  await page.locator('.stage').nth(1).waitFor();
  await rest(page);
  const { sentNs, receivedNs } = picture.messages[index];
  const value = `[{proxies: [sc-3], atMs: ${Math.floor((sentNs + (receivedNs as number)) / 2) / 1e6}}]`;
  const broken = await bundledCase('blue-green', [{ path: 'faults.streamResets', value }]);
  const { lostNs, appliedNs } = newDrawnRollout(broken, 'simultaneous', 0).picture.messages[index];
  expect([lostNs !== undefined, appliedNs]).toEqual([true, undefined]);
  const result = runStudyTrial(broken, 'simultaneous', 0);
  // Its routes come with the next stream, up to half a second later.
  expect(result.failingMs).toBeGreaterThan(runStudyTrial(study, 'simultaneous', 0).failingMs);
  expect(await figures(page, 'B')).toEqual(expectedFigures(result));
  expect(await page.locator('.timeline').nth(1).locator('.tl-lost').count()).toBeGreaterThan(1);
});

test('any request can be looked at', async () => {
  const { requests } = newDrawnRollout(study, 'simultaneous', 0).picture;
  const served = requests.outcome.findIndex((of) => requests.outcomes[of].code === 200);
  page = await built.open(`${EXPLORE}&strategy=simultaneous&t=130&look=failure:${served}`);
  await page.getByRole('heading', { name: /^200 Request/ }).waitFor();
  expect(await page.locator('.chooser option:checked').textContent()).toBe('Request');
  expect(await page.locator('.log').textContent()).toContain('"GET / HTTP/1.1" 200 - via_upstream');
});

test('a run that takes its time can be stopped', async () => {
  page = await built.open(`${EXPLORE}&strategy=simultaneous`);
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `${EXPLORE}&strategy=weighted&set=mesh.sidecars:10000&set=mesh.services:2000`);
  await page.getByRole('button', { name: 'Stop it' }).click();
  await page.getByText('the engine was stopped').waitFor();
});

test('a comparison can be stopped, and goes on with another', async () => {
  page = await built.open('#room=compare&case=blue-green&trials=4000');
  await page.getByRole('button', { name: 'Stop it' }).click();
  await page.getByText('the engine was stopped').waitFor();
  await page.locator('#trials').selectOption('40');
  await page.getByText('40 of 40 trials').waitFor();
  await page.getByRole('row', { name: 'vs-first' }).getByRole('button', { name: 'Beside simultaneous' }).click();
  await page.locator('.stage').nth(1).waitFor();
  expect(await page.locator('.branch .branch-name').allTextContents()).toEqual(['A simultaneous', 'B vs-first']);
});

test('it speaks Korean', async () => {
  page = await built.open('#room=explore&case=blue-green&strategy=simultaneous&t=140', { locale: 'ko-KR' });
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('ko');
  expect(await page.locator('h1').textContent()).toBe('실험실');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { level: 1, name: 'Playground' }).waitFor();
  expect(new URL(page.url()).hash).toContain('lang=en');
});
