import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LESSONS } from '../../packages/viz/src/lessons/lessons.js';
import { type Address, FIRST, formatAddress, parseAddress } from '../../packages/viz/src/state/address.js';

const name = fc.stringMatching(/^[\w/-]{1,64}$/);
const override = fc.record({
  path: fc.stringMatching(/^[\w.-]{1,40}$/),
  value: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
});
const sets = fc.array(override, { maxLength: 6 });
const inBranchA = fc.oneof(
  fc.record({ kind: fc.constant('proxy' as const), id: fc.stringMatching(/^(gw|sc)-[1-9]\d{0,4}$/) }),
  fc.record({
    kind: fc.constantFrom('message' as const, 'failure' as const),
    index: fc.integer({ min: 0, max: 99_999_999 }),
  }),
  fc.record({ kind: fc.constant('istiod' as const), index: fc.integer({ min: 1, max: 9 }) }),
);
const selected = fc.oneof(
  inBranchA,
  inBranchA.map((what) => ({ ...what, branch: 'B' as const })),
);

const anywhere = fc.record({
  seed: fc.string({ maxLength: 64 }),
  trial: fc.integer({ min: 0, max: 999_999 }),
  trials: fc.integer({ min: 1, max: 10_000 }),
  atNs: fc.integer({ min: 0, max: 3600e9 }),
  selected: fc.option(selected, { nil: undefined }),
  language: fc.option(fc.constantFrom('en' as const, 'ko' as const), { nil: undefined }),
});

const inRoom = fc.record({
  room: fc.constantFrom('explore' as const, 'compare' as const, 'own' as const),
  case: name,
  strategy: name,
  sets,
  other: fc.option(fc.record({ strategy: name, sets }), { nil: undefined }),
});

const inLesson = fc
  .constantFrom(...LESSONS.keys())
  .chain((i) =>
    fc.record({ lesson: fc.constant(i + 1), variant: fc.integer({ min: 0, max: LESSONS[i].variants.length }) }),
  );

test('every view comes back from its address, to the nanosecond', () => {
  fc.assert(
    fc.property(anywhere, fc.oneof(inRoom, inLesson), (view, room) => {
      const address: Address = { ...FIRST, ...view, ...room };
      expect(parseAddress(formatAddress(address))).toEqual({ address, problems: [] });
    }),
  );
});

describe('what an address cannot say is left out and told', () => {
  test.each([
    ['#room=kitchen', 'room'],
    ['#lesson=99', 'lesson'],
    ['#lesson=1&variant=9', 'variant'],
    ['#room=lesson&variant=x', 'variant'],
    ['#look=istiod:0', 'selected'],
    ['#case=../../etc/passwd', 'name'],
    ['#strategy=<script>alert(1)</script>', 'name'],
    ['#trial=-1', 'trial'],
    ['#trial=1e9', 'trial'],
    ['#t=Infinity', 'time'],
    ['#t=99999999', 'time'],
    ['#set=mesh.sidecars', 'set'],
    [`#set=a:${'x'.repeat(300)}`, 'set'],
    ['#look=everything', 'selected'],
    ['#lang=tlh', 'language'],
    ['#constructor=1', 'unknown'],
    [`#seed=${'x'.repeat(5000)}`, 'long'],
  ])('%s', (fragment, expected) => {
    const { address, problems } = parseAddress(fragment);
    expect(address).toEqual(FIRST);
    expect(problems.map((problem) => problem.expected)).toEqual([expected]);
    expect(problems[0].value.length).toBeLessThanOrEqual(41);
  });

  test('the rest is read', () => {
    const { address, problems } = parseAddress('#lesson=2&trial=x&t=12.5');
    expect(address).toEqual({ ...FIRST, lesson: 2, atNs: 12_500_000 });
    expect(problems).toHaveLength(1);
  });
});

test('any fragment is read without throwing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii', maxLength: 200 }), (text) => parseAddress(`#${text}`) !== undefined),
  );
});
