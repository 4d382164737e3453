import { expect, test } from 'vitest';
import { LESSONS } from '../../packages/viz/src/lessons/lessons.js';
import { en } from '../../packages/viz/src/strings/en.js';
import { ko } from '../../packages/viz/src/strings/ko.js';

/** Every leaf with its path; a function as its parameters. */
function leaves(value: unknown, path = ''): [path: string, leaf: string][] {
  if (typeof value === 'function') return [[path, `(${value.length})`]];
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value as object).flatMap(([key, child]) => leaves(child, path === '' ? key : `${path}.${key}`));
}

/** Names, keys, commands and column heads of tools are the same everywhere. */
const SAME =
  /^(title|stage\.(istiod|routes|clusters)|compare\.[ab]|inspector\.(istiod\.title|caption)|inspector\.columns\.\w+|lessons\.\w+\.checks\.\d+\.0|keys\.list\.\d+\.0)$/;
/** Where one language has nothing to say. */
const EMPTY = ['assumptions.engineLanguage'];

test('both languages say the same things', () => {
  const [english, korean] = [en, ko].map((strings) => leaves(strings));
  expect(korean.map(([path]) => path)).toEqual(english.map(([path]) => path));
  const arities = (all: typeof english) => all.filter(([, leaf]) => leaf.startsWith('('));
  expect(arities(korean).length).toBeGreaterThan(60);
});

test('nothing is left untranslated or empty', () => {
  const english = new Map(leaves(en));
  const same = leaves(ko).filter(
    ([path, leaf]) => !leaf.startsWith('(') && english.get(path) === leaf && !SAME.test(path),
  );
  expect(same).toEqual([]);
  const empty = [...leaves(en), ...leaves(ko)].filter(([path, leaf]) => leaf.trim() === '' && !EMPTY.includes(path));
  expect(empty).toEqual([]);
});

test('every lesson has words for its options and variants, in both languages', () => {
  for (const { lessons } of [en, ko]) {
    for (const { id, predict, variants } of LESSONS) {
      expect({ id, options: lessons[id].options.length, variants: lessons[id].variants.length }).toEqual({
        id,
        options: predict.edges.length + 1,
        variants: variants.length,
      });
    }
    expect(Object.keys(lessons)).toEqual(LESSONS.map(({ id }) => id));
  }
});
