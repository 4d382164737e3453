import { runStudyTrial } from '@xdsim/sim-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LESSONS, optionOf } from '../../packages/viz/src/lessons/lessons.js';
import { figuresOf } from '../../packages/viz/src/rollout/figures.js';
import { LANGUAGES } from '../../packages/viz/src/state/address.js';
import { en } from '../../packages/viz/src/strings/en.js';
import { ko } from '../../packages/viz/src/strings/ko.js';
import { bundledCase } from './bundled-case.js';
import { type OpenPage, openPage, rest } from './open-page.js';

/** What each lesson wants to be understood, as an option of its question. */
const ANSWERS = {
  first: 2,
  ownTime: 1,
  addWindow: 1,
  removeWindow: 2,
  debounce: 1,
  gap: 0,
  policy: 1,
  readiness: 2,
  weights: 1,
  retries: 1,
  recipe: 1,
};

const STRINGS = { en, ko };

test.each(LESSONS)('lesson $id: the engine bears its answer out, in this trial and in others', async (lesson) => {
  const { strategy, sets = [] } = lesson.run;
  const study = await bundledCase(lesson.case, sets);
  for (const trial of [0, 1, 2, 3, 4]) {
    const value = figuresOf(runStudyTrial(study, strategy, trial))[lesson.predict.figure];
    expect({ trial, value, option: optionOf(lesson, value) }).toMatchObject({ option: ANSWERS[lesson.id] });
  }
});

test.each(LESSONS)('lesson $id: its variants can be run', async ({ case: name, variants, other }) => {
  for (const { strategy, sets = [] } of [...variants, ...(other === undefined ? [] : [other])]) {
    const study = await bundledCase(name, sets);
    expect(study.strategies.map((one) => one.name)).toContain(strategy);
  }
});

describe('in a browser', () => {
  let built: OpenPage;

  beforeAll(async () => {
    built = await openPage();
  });

  afterAll(async () => {
    await built?.close();
  });

  test.concurrent.each(LANGUAGES)('every lesson is played to its end (%s)', async (language) => {
    const page = await built.open(`#lesson=1&lang=${language}`);
    const { lessons, lesson: t } = STRINGS[language];
    for (const [i, { id }] of LESSONS.entries()) {
      const words = lessons[id];
      await page.getByRole('heading', { level: 1, name: words.title }).waitFor();
      await rest(page);
      expect(await page.locator('.lesson').textContent()).not.toMatch(/undefined|NaN|\[object/);
      // It starts paused, and can be read without doing anything.
      expect(await page.locator('.lesson').textContent()).toContain(words.explanation[0]);
      await page.getByRole('radio').nth(ANSWERS[id]).check();
      await page.getByRole('button', { name: t.run, exact: true }).click();
      expect(await page.locator('.icon.main').count()).toBe(1);
      await page
        .locator('.transport')
        .focus()
        .catch(() => undefined);
      await page.keyboard.press('End');
      const verdict = page.locator('.verdict.right');
      await verdict.waitFor();
      expect(await verdict.textContent()).toContain(words.options[ANSWERS[id]]);
      if (words.variants.length > 0) {
        await page.getByRole('button', { name: words.variants[0] }).click();
        await rest(page);
        expect(await page.locator('.problem').count()).toBe(0);
      }
      if (i + 1 < LESSONS.length) await page.getByRole('button', { name: t.next, exact: true }).click();
    }
    await page.close();
    expect(built.complaints).toEqual([]);
  });

  test('what is to be predicted is hidden until the lesson has been run', async () => {
    const page = await built.open('#lesson=4');
    const answer = () => page.locator('tr[data-name=failing], .shade-failing, .tl-failing, .tl-rate').count();
    expect(await answer()).toBe(0);
    expect(await page.locator('.timeline').textContent()).toContain(en.lesson.hidden);
    await page.getByRole('button', { name: en.lessons.removeWindow.variants[0] }).click();
    await page.locator('tr[data-name=failing]').waitFor();
    expect(await page.locator('.icon.main').getAttribute('aria-label')).toBe(en.transport.pause);
    await page.getByRole('button', { name: en.lessons.removeWindow.variants[0] }).click();
    await page.getByText(en.figures.intro).waitFor({ state: 'detached' });
    expect(await answer()).toBe(0);
    await page.getByRole('button', { name: en.lesson.run, exact: true }).click();
    await page.locator('.tl-failing').first().waitFor();
    expect(await page.locator('tr[data-name=failing]').count()).toBe(1);
    await page.close();
    expect(built.complaints).toEqual([]);
  });

  test('a lesson plays at its own speed until nothing more happens', async () => {
    const page = await built.open('#lesson=3');
    await page.locator('.speed select').selectOption('1');
    await page.getByRole('button', { name: 'Run it' }).click();
    await page.locator('.verdict').waitFor({ timeout: 10_000 });
    await page.close();
    expect(built.complaints).toEqual([]);
  });
});
