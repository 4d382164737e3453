/** How much is loaded before the first lesson can be used, and how the page keeps up with 2,000 proxies. */
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nextFrame, type OpenPage, openPage } from './open-page.js';

const LIMIT_KB = 200;

let built: OpenPage;

beforeAll(async () => {
  built = await openPage();
});

afterAll(async () => {
  await built?.close();
});

test.each(['en', 'ko'])('the first lesson is there after 200 kB of scripts (%s)', async (language) => {
  const page = await built.browser.newPage({ locale: language });
  const scripts: Promise<{ readonly name: string; readonly kB: number }>[] = [];
  // Worker chunks and preloads are asked for like all others.
  page.context().on('response', (response) => {
    const name = response.url().split('/').at(-1) ?? '';
    if (name.endsWith('.js'))
      scripts.push(response.body().then((body) => ({ name, kB: gzipSync(body).length / 1000 })));
  });
  await page.goto(built.url);
  await page.locator('.workbench[aria-busy=false] .timeline svg').waitFor();
  await page.locator('#run').click();
  const loaded = await Promise.all(scripts);
  const sum = loaded.reduce((total, { kB }) => total + kB, 0);
  const parts = loaded.map(({ name, kB }) => `${name.replace(/-[\w-]+\.js$/, '')} ${kB.toFixed(1)}`).join(', ');
  process.stdout.write(`scripts before the first lesson (${language}): ${sum.toFixed(1)} kB gzip: ${parts}\n`);
  expect(loaded.length).toBeGreaterThanOrEqual(3);
  expect(sum).toBeLessThanOrEqual(LIMIT_KB);
  await page.close();
});

test('8 strategies × 1,000 trials show first numbers at once, and refine them', async () => {
  const page = await built.open('#room=explore&case=mtls-strict&strategy=simultaneous');
  const startMs = Date.now();
  await page.evaluate(() => {
    location.hash = '#room=compare&case=mtls-strict&trials=1000';
  });
  await page.locator('[data-strategy]').nth(7).waitFor();
  const firstMs = Date.now() - startMs;
  const trials = () => page.locator('.progress progress').evaluate((bar) => (bar as HTMLProgressElement).value);
  const first = await trials();
  expect(first).toBeLessThan(1000);
  await expect.poll(trials, { timeout: 20_000 }).toBeGreaterThan(first);
  process.stdout.write(`8 strategies × 1,000 trials: first numbers after ${firstMs} ms, of ${first} trials\n`);
  await page.close();
  expect(built.complaints).toEqual([]);
});

/** ms of work on the main thread in each frame while something goes on. */
async function framesWhile(page: Page, act: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    const state = { frames: [] as number[], isOn: true };
    Object.assign(window, { measured: state });
    const channel = new MessageChannel();
    let startMs = 0;
    // A message that is posted in a frame is handled after the frame's work, styles and painting included.
    channel.port1.onmessage = () => {
      state.frames.push(performance.now() - startMs);
    };
    const tick = () => {
      startMs = performance.now();
      channel.port2.postMessage(0);
      if (state.isOn) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await act();
  return page.evaluate(() => {
    const { measured } = window as unknown as { measured: { frames: number[]; isOn: boolean } };
    measured.isOn = false;
    return measured.frames;
  });
}

function quantile(values: readonly number[], p: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.ceil(p * sorted.length) - 1] ?? Number.NaN).toFixed(1);
}

test('2,000 proxies play, scrub and zoom', async () => {
  const page = await built.open('#room=explore&case=blue-green&strategy=dr-first&set=mesh.sidecars:1998&t=400');
  expect(await page.locator('.card').count()).toBe(5);
  expect(await page.locator('.strip figcaption').textContent()).toMatch(/^[\d,]+ as before · [\d,]+ under way/);
  const report = (what: string, frames: readonly number[]) => {
    process.stdout.write(
      `2,000 proxies, ${what}: ${frames.length} frames, p50 ${quantile(frames, 0.5)} ms, p95 ${quantile(frames, 0.95)} ms, max ${quantile(frames, 1)} ms of main thread\n`,
    );
    expect(frames.length).toBeGreaterThan(10);
  };
  const playing = await framesWhile(page, async () => {
    await page.keyboard.press('Space');
    await page.waitForTimeout(2500);
    await page.keyboard.press('Space');
  });
  report('playing', playing);
  const box = (await page.locator('.scrubber').boundingBox()) as {
    x: number;
    y: number;
    width: number;
    height: number;
  };
  const scrubbing = await framesWhile(page, async () => {
    await page.mouse.move(box.x + 20, box.y + box.height / 2);
    await page.mouse.down();
    for (let i = 1; i <= 50; i++) await page.mouse.move(box.x + (box.width * i) / 50, box.y + box.height / 2);
    await page.mouse.up();
  });
  report('scrubbing', scrubbing);
  await page.locator('.timeline').focus();
  const zooming = await framesWhile(page, async () => {
    for (let i = 0; i < 16; i++) {
      await page.keyboard.press(i < 8 ? '+' : '-');
      await nextFrame(page);
    }
  });
  report('zooming the timeline', zooming);
  const seekMs = await page.evaluate(async () => {
    const startMs = performance.now();
    location.hash = `${location.hash.replace(/&t=[\d.]+/, '')}&t=2222`;
    while (!document.querySelector('.clock')?.textContent?.startsWith('2,222')) {
      await new Promise((done) => setTimeout(done, 0));
    }
    return performance.now() - startMs;
  });
  process.stdout.write(`2,000 proxies, seeking: ${seekMs.toFixed(1)} ms\n`);
  await page.close();
  expect(built.complaints).toEqual([]);
});
