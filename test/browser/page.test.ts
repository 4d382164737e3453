import { runStudyTrial, type TrialResult } from '@xdsim/sim-core';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newRolloutTimeline } from '../../packages/viz/src/rollout-timeline.js';
import { blueGreen } from './blue-green.js';
import { type BuiltPage, openBuiltPage } from './built-page.js';

const study = blueGreen();

/** What the table must say, to the last bit. */
function expectedNumbers(result: TrialResult): Record<string, string> {
  const numbers: Record<string, number> = {
    complete: result.completeMs ?? Number.NaN,
    propagation: result.propagationMs,
    skew: result.skewMs,
    inconsistent: result.inconsistentMs,
    failing: result.failingMs,
    errors: result.errors,
  };
  for (const { bucket, expected } of result.buckets) {
    const name = `errors:${bucket.cause}:${bucket.flag}`;
    if (bucket.code >= 500) numbers[name] = (numbers[name] ?? 0) + expected;
  }
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]));
}

describe('the built page in a browser', () => {
  let built: BuiltPage;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    built = await openBuiltPage();
  });

  afterAll(async () => {
    await built?.close();
  });

  beforeEach(async () => {
    complaints.length = 0;
    page = await built.browser.newPage({ viewport: { width: 1600, height: 1000 } });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(built.url) && !url.startsWith('data:')) complaints.push(`asks for ${url}`);
    });
    page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
    await page.goto(built.url);
    await shown('simultaneous', 0);
  });

  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });

  async function shown(strategy: string, trial: number): Promise<void> {
    const command = page.locator('#command', { hasText: `--strategy ${strategy} --trial ${trial}` });
    await command.waitFor({ timeout: 20_000 });
    await page.locator('main[aria-busy=false] #timeline svg').waitFor();
    await nextFrame();
  }

  async function nextFrame(): Promise<void> {
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  }

  async function choose(strategy: string, trial: number): Promise<void> {
    await page.getByLabel('Trial').fill(String(trial));
    await page.getByLabel('Trial').blur();
    await page.getByLabel('Strategy').selectOption(strategy);
    await shown(strategy, trial);
  }

  function numbers(): Promise<Record<string, string>> {
    return page.$$eval('#numbers tr[data-name]', (rows) =>
      Object.fromEntries(rows.map((row) => [(row as HTMLElement).dataset.name, row.querySelector('data')?.value])),
    );
  }

  function timeline(): Promise<string> {
    return page.locator('#timeline').innerHTML();
  }

  test('its numbers are those of the engine in Node, to the last bit', async () => {
    for (const { name } of study.strategies) {
      for (const trial of [0, 7]) {
        await choose(name, trial);
        expect({ name, trial, ...(await numbers()) }).toEqual({
          name,
          trial,
          ...expectedNumbers(runStudyTrial(study, name, trial)),
        });
        const messages = newRolloutTimeline(study, name, trial).messages.length;
        expect(await page.locator('#timeline .tl-message').count()).toBe(messages);
      }
    }
  });

  test.each([360, 800, 1600])('at %i px nothing is cut off', async (width) => {
    await page.setViewportSize({ width, height: 900 });
    for (const { name } of study.strategies) {
      await choose(name, 0);
      const cut = await page.evaluate(() => {
        const svg = document.querySelector('#timeline svg') as SVGSVGElement;
        const texts = [...svg.querySelectorAll('text')].filter((text) => {
          const { left, right } = text.getBoundingClientRect();
          const frame = svg.getBoundingClientRect();
          return left < frame.left - 1 || right > frame.right + 1;
        });
        return texts.map((text) => text.textContent);
      });
      expect(cut).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
  });

  test('the keyboard reaches everything and zooms the timeline', async () => {
    const whole = await timeline();
    const reached: string[] = [];
    for (let i = 0; i < 30 && reached.at(-1) !== 'timeline'; i++) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent || ''));
    }
    expect(reached).toEqual([
      'strategy',
      'trial',
      'Whole rollout',
      'Push 0: first 400 ms',
      '+',
      '−',
      '←',
      '→',
      'timeline',
    ]);
    for (const key of ['+', 'ArrowRight', '+', '-']) {
      const before = await timeline();
      await page.keyboard.press(key);
      await nextFrame();
      expect(await timeline()).not.toBe(before);
    }
    await page.keyboard.press('0');
    await nextFrame();
    expect(await timeline()).toBe(whole);
    await page.getByRole('button', { name: 'Push 0: first 400 ms' }).click();
    await nextFrame();
    expect(await timeline()).not.toBe(whole);
    expect(await page.getByRole('button', { name: 'Push 0' }).getAttribute('aria-pressed')).toBe('true');
  });

  test('it is named for screen readers and says what is seen', async () => {
    await page.getByRole('heading', { level: 1 }).waitFor();
    const label = await page.getByRole('img').getAttribute('aria-label');
    expect(label).toContain('2 writes become 1 push to 52 proxies');
    expect(label).toContain(await page.locator('#story').textContent());
    await choose('dr-first', 0);
    expect(await page.locator('#story').textContent()).toContain('No request fails');
  });

  test('it has a light and a dark look', async () => {
    const grounds = new Set<string>();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const looks = await page.evaluate(() => [
        getComputedStyle(document.body).backgroundColor,
        getComputedStyle(document.querySelector('.tl-ground') as Element).fill,
      ]);
      expect(looks[0]).toBe(looks[1]);
      grounds.add(looks[0]);
    }
    expect(grounds.size).toBe(2);
  });

  test('a trial that is none is refused', async () => {
    await page.getByLabel('Trial').fill('-1');
    await page.getByLabel('Trial').blur();
    expect(await page.locator('#trial:invalid').count()).toBe(1);
    expect(await numbers()).toEqual(expectedNumbers(runStudyTrial(study, 'simultaneous', 0)));
  });
});
