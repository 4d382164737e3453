/** A table of tuples is a dictionary: whatever is asked in whatever order, as a Map with text keys would answer. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TupleIds } from '../../packages/sim-core/src/kernel/tuple-ids.js';

const number = fc.oneof(fc.integer({ min: -2, max: 6 }), fc.integer());
const tuple = fc.tuple(number, number, number, number, number, number, number);

test('equal tuples have equal numbers, counted in the order of first use', () => {
  fc.assert(
    fc.property(fc.array(tuple, { maxLength: 400 }), (tuples) => {
      const ids = new TupleIds();
      const known = new Map<string, number>();
      for (const [a, b, c, d, e, f, g] of [...tuples, ...tuples]) {
        const key = [a, b, c, d, e, f, g].join();
        if (!known.has(key)) known.set(key, known.size);
        expect(ids.of(a, b, c, d, e, f, g)).toBe(known.get(key));
      }
    }),
  );
});

test('a table that grows keeps its numbers; what is not given counts as 0', () => {
  const ids = new TupleIds();
  for (const round of [0, 1]) {
    for (let i = 0; i < 10_000; i++) expect(ids.of(i % 100, i - (i % 100)), `round ${round}`).toBe(i);
  }
  expect(ids.of(3, 0, 0)).toBe(3);
});
