import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NOT_MODELLED } from '@xdsim/sim-core';
import { expect, test } from 'vitest';
import { WARNING_GROUPS } from '../../packages/sim-core/src/explain/warning-codes.js';
import { recommend } from '../../packages/sim-core/src/study/recommendation.js';
import { changeLine } from '../../packages/viz/src/engine/change-line.js';
import { LESSONS } from '../../packages/viz/src/lessons/lessons.js';
import { CASES } from '../../packages/viz/src/shell/cases.js';
import { en } from '../../packages/viz/src/strings/en.js';
import { grouped } from '../../packages/viz/src/strings/grouped.js';
import { ko } from '../../packages/viz/src/strings/ko.js';
import { bundledCase } from './bundled-case.js';
import { ROOT } from './open-page.js';

/** Every leaf with its path; a function as its parameters. */
function leaves(value: unknown, path = ''): [path: string, leaf: string][] {
  if (typeof value === 'function') return [[path, `(${value.length})`]];
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value as object).flatMap(([key, child]) => leaves(child, path === '' ? key : `${path}.${key}`));
}

/** Names, keys, commands and column heads of tools are the same everywhere. */
const SAME =
  /^(title|stage\.(istiod|routes|clusters)|compare\.[ab]|inspector\.(istiod\.title|caption)|inspector\.columns\.\w+|lessons\.\w+\.checks\.\d+\.0|keys\.list\.\d+\.0)$/;
test('both languages say the same things', () => {
  const [english, korean] = [en, ko].map((strings) => leaves(strings));
  expect(korean.map(([path]) => path)).toEqual(english.map(([path]) => path));
  const arities = (all: typeof english) => all.filter(([, leaf]) => leaf.startsWith('('));
  expect(arities(korean).length).toBeGreaterThan(60);
});

test('thousands have separators, decimals have none', () => {
  const written = [999, 1692, 93000.5, '1234567.12345', 0.12345].map(grouped);
  expect(written).toEqual(['999', '1,692', '93,000.5', '1,234,567.12345', '0.12345']);
});

test('nothing is left untranslated or empty', () => {
  const english = new Map(leaves(en));
  const same = leaves(ko).filter(
    ([path, leaf]) => !leaf.startsWith('(') && english.get(path) === leaf && !SAME.test(path),
  );
  expect(same).toEqual([]);
  const empty = [...leaves(en), ...leaves(ko)].filter(([, leaf]) => leaf.trim() === '');
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

test('the list of cases has all that are bundled', () => {
  const folders = readdirSync(join(ROOT, 'scenarios')).filter((name) => name !== 'calibration');
  expect(CASES.toSorted()).toEqual(folders.sort());
});

/** Rooms of the engine whose errors can come to the page. */
const ROOMS = [
  'sim-core/src/manifest',
  'sim-core/src/scenario',
  'sim-core/src/rollout',
  'sim-core/src/study',
  'viz/src',
];

test('every code that can come to the page has a meaning in Korean', () => {
  const named = ROOMS.flatMap((room) => {
    const folder = join(ROOT, 'packages', room);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
    return files.flatMap((name) => readFileSync(join(folder, name), 'utf8').match(/XDS-[A-Z-]*[A-Z](?=')/g) ?? []);
  });
  const codes = [...named, ...WARNING_GROUPS.flatMap((group) => Object.keys(group.codes))];
  expect(codes.length).toBeGreaterThan(60);
  expect(codes.filter((code) => !/[가-힣]/.test(ko.engine.code(code)?.[0] ?? ''))).toEqual([]);
});

test('what the engine says of the bundled cases is said in Korean', async () => {
  const said = new Set(NOT_MODELLED);
  for (const name of CASES) {
    const study = await bundledCase(name);
    for (const { label } of study.strategies) said.add(label);
    for (const change of study.changes.changes) said.add(changeLine(change));
    const golden = join(ROOT, 'test/golden', `${name}.report.json`);
    if (existsSync(golden)) said.add(JSON.parse(readFileSync(golden, 'utf8')).recommended.why);
  }
  expect([...said].filter((text) => !isKorean(ko.engine.say(text)))).toEqual([]);
});

/** Of what no bundled case has. */
test.each([
  'create DestinationRule/shop/web: subset v2 added; subset v1 labels version=v1 → none; subsets reordered',
  'update DestinationRule/shop/web: host web → web2; subset v2 trafficPolicy changed: tls.mode; changed: exportTo',
  'update VirtualService/shop/web: hosts a → a, b; gateways none → edge; http routes reordered; http[0] weights none → v1 10 / v2 90',
  'update VirtualService/shop/web: tcp[1] added; tls[0] removed; http[0] changed: retries, timeout and 3 more; http[1] no subset → v2',
  'update Deployment/shop/web: replicas 2 → 3; pod labels version=v1 → version=v2; labels a=1 → a=2; ready endpoints 2 → 1',
  'delete Pod/shop/web: 1 endpoint removed',
  'only the least bad, nothing is safe: whatever completes the change fails for good (subset-undefined): mend the manifests first',
  'the only strategy compared: 12.5 expected 5xx per rollout; complete within an unknown time (p95)',
  'no 5xx in any trial, against 3 with a, 1,004 with b; 935 connections cut, against 1,869 with weighted, 2 with c',
  recommend([], [], new Map()).why,
])('%s', (text) => {
  const korean = ko.engine.say(text);
  expect(isKorean(korean)).toBe(true);
  expect(korean).not.toMatch(/\b(added|removed|changed|reordered|none|labels|weights|endpoints?|more|with|within)\b/);
});

/** Objects, fields and names stay as they are. */
function isKorean(text: string | undefined): boolean {
  return text !== undefined && /[가-힣]/.test(text);
}
