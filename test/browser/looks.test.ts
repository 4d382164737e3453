import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nextFrame, type OpenPage, openPage, ROOT, rest } from './open-page.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const GOLDEN = join(ROOT, 'test/browser/golden');

const VIEWS = {
  lesson: '#lesson=3&t=150',
  proxy: '#room=explore&case=blue-green&strategy=simultaneous&t=150&look=proxy:sc-4',
  pair: '#room=explore&case=blue-green&strategy=dr-first&with=vs-first&t=2200',
  failure: '#room=explore&case=one-gateway&strategy=vs-first&t=800&look=failure:12',
  compare: '#room=compare&case=blue-green&trials=8',
  longLived: '#room=explore&case=long-lived-tcp&strategy=simultaneous&t=45128&look=message:3&lang=ko',
  own: '#room=own',
  problem: '#lesson=zero',
} as const;

let built: OpenPage;

beforeAll(async () => {
  built = await openPage();
});

afterAll(async () => {
  await built?.close();
});

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** @param rules of axe; left out: all of them */
async function violations(page: Page, rules?: readonly string[]): Promise<unknown[]> {
  const options = { resultTypes: ['violations'], ...(rules === undefined ? {} : { runOnly: rules }) };
  const found = await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`);
  return (found as { violations: Violation[] }).violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => ({ id, html, failureSummary })),
  );
}

/** No wider than the window, and nothing of the timeline or the text cut off. */
function overflow(page: Page): Promise<unknown> {
  return page.evaluate(() => {
    const svg = document.querySelector('.timeline svg');
    const texts = [...(svg?.querySelectorAll('text') ?? [])].filter((text) => {
      const { left, right } = text.getBoundingClientRect();
      const frame = (svg as Element).getBoundingClientRect();
      return left < frame.left - 1 || right > frame.right + 1;
    });
    const beyond = [...document.querySelectorAll('td, th, p, h1, h2, h3, button, label, li, dd')].filter(
      (one) => one.getBoundingClientRect().right > innerWidth + 1 && one.closest('.scroll, pre') === null,
    );
    const wide = document.documentElement.scrollWidth - innerWidth;
    return { wide: Math.max(0, wide), cut: [...texts, ...beyond].map((one) => one.textContent) };
  });
}

/** In the dark only colours are others. */
const RULES = { light: undefined, dark: ['color-contrast', 'link-in-text-block'] } as const;

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  test('axe finds nothing', async () => {
    const page = await built.open(VIEWS.lesson, { colorScheme });
    // Run by the debugger, which no policy of the page binds.
    await page.evaluate(AXE);
    for (const [name, fragment] of Object.entries(VIEWS)) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, fragment);
      await nextFrame(page);
      await rest(page);
      expect({ name, violations: await violations(page, RULES[colorScheme]) }).toEqual({ name, violations: [] });
    }
    await page.close();
    expect(built.complaints.splice(0)).toEqual([]);
  });
});

test('nothing is cut off from a phone to a wall, in either language', async () => {
  const page = await built.open(VIEWS.lesson);
  for (const [width, height] of [
    [360, 740],
    [800, 900],
    [3840, 2160],
  ]) {
    await page.setViewportSize({ width, height });
    for (const fragment of [VIEWS.lesson, VIEWS.proxy, `${VIEWS.pair}&lang=ko`, VIEWS.compare, VIEWS.own]) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, fragment);
      await nextFrame(page);
      await rest(page);
      expect({ width, fragment, ...((await overflow(page)) as object) }).toEqual({ width, fragment, wide: 0, cut: [] });
    }
  }
  await page.close();
});

test('without motion, playing goes from event to event', async () => {
  const page = await built.open('#room=explore&case=blue-green&strategy=simultaneous&t=130', {
    reducedMotion: 'reduce',
  });
  const clock = () => page.locator('.clock output').textContent();
  const times = new Set<string | null>();
  await page.keyboard.press('Space');
  const end = Date.now() + 1800;
  while (Date.now() < end) {
    times.add(await clock());
    await page.waitForTimeout(20);
  }
  expect(times.size).toBeGreaterThanOrEqual(2);
  expect(times.size).toBeLessThanOrEqual(4);
  await page.close();
});

/** Brightness of a picture in cells: what a glance sees, whatever the last pixel of a letter. */
async function cellsOf(page: Page, png: Buffer): Promise<number[]> {
  return page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const CELL = 20;
    const canvas = new OffscreenCanvas(Math.ceil(image.width / CELL), Math.ceil(image.height / CELL));
    const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const { data: pixels } = context.getImageData(0, 0, canvas.width, canvas.height);
    return Array.from({ length: pixels.length / 4 }, (_, i) =>
      Math.round((pixels[4 * i] + pixels[4 * i + 1] + pixels[4 * i + 2]) / 3),
    );
  }, png.toString('base64'));
}

/** Cells that differ by more than shades may. */
const SHADE = 24;
const MOST_DIFFERENT = 0.04;

test.each([
  ['lesson', { width: 1600, height: 1000 }, 'light'],
  ['lesson', { width: 360, height: 2400 }, 'light'],
  ['pair', { width: 1600, height: 1400 }, 'dark'],
  ['compare', { width: 1600, height: 800 }, 'light'],
] as const)('%s at %o in %s looks as it did', async (name, viewport, colorScheme) => {
  const page = await built.open(VIEWS[name], { viewport, colorScheme });
  if (name === 'compare') await page.getByText('8 of 8 trials').waitFor();
  await page.mouse.move(0, 0);
  await page.waitForTimeout(200);
  const png = await page.screenshot();
  const file = join(GOLDEN, `${name}-${viewport.width}-${colorScheme}.png`);
  if (!existsSync(file)) {
    mkdirSync(GOLDEN, { recursive: true });
    writeFileSync(file, png);
  }
  const [golden, actual] = [await cellsOf(page, readFileSync(file)), await cellsOf(page, png)];
  const different = golden.filter((shade, i) => Math.abs(shade - actual[i]) > SHADE).length / golden.length;
  if (different > MOST_DIFFERENT) writeFileSync(file.replace('.png', '.actual'), png);
  expect(actual).toHaveLength(golden.length);
  expect(different).toBeLessThanOrEqual(MOST_DIFFERENT);
  await page.close();
});
