/** How goroutines get istiod's cores: in the order in which they are ready, in one piece or to the end of a time slice. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventQueue } from '../../packages/sim-core/src/kernel/event-queue.js';
import { EventKind } from '../../packages/sim-core/src/mesh/context.js';
import { GoScheduler } from '../../packages/sim-core/src/mesh/istiod/go-scheduler.js';

const QUANTUM = 10;

interface Goroutine {
  readonly at: number;
  /** One piece after another, each asked for when the one before is done. */
  readonly pieces: readonly number[];
  /** Each piece after the first waits behind whoever waits. */
  readonly yields?: boolean;
}

/** What is done when: `goroutine.piece@time`. */
function run(cores: number, goroutines: readonly Goroutine[], phase = 0): string[] {
  const queue = new EventQueue();
  const log: string[] = [];
  const ARRIVES = -1;
  let now = 0;
  const host = {
    run: (_: number, work: number, kind: number, a: number, b: number) => queue.push(now + work, 0, kind, a, b),
  };
  const scheduler = new GoScheduler(0, cores, QUANTUM, host, phase, () => now, {
    started: () => {},
    done: (_, goroutine, piece) => {
      log.push(`${goroutine}.${piece}@${now}`);
      ask(goroutine, piece + 1);
    },
  });
  const ask = (goroutine: number, piece: number): void => {
    const { pieces, yields = false } = goroutines[goroutine];
    if (piece >= pieces.length) return;
    if (yields && piece > 0) scheduler.runAfterOthers(goroutine, pieces[piece], 0, goroutine, piece);
    else scheduler.run(goroutine, pieces[piece], 0, goroutine, piece);
  };
  goroutines.forEach(({ at }, goroutine) => {
    queue.push(at, 0, ARRIVES, goroutine, 0);
  });
  while (queue.pop()) {
    now = queue.time;
    if (queue.kind === EventKind.IstiodSlice) scheduler.onSlice(queue.b);
    else ask(queue.a, 0);
  }
  return log;
}

const atStart = (...works: number[]): Goroutine[] => works.map((work) => ({ at: 0, pieces: [work] }));

test('first come, first served, each in one piece', () => {
  expect(run(1, atStart(3, 2, 1))).toEqual(['0.0@3', '1.0@5', '2.0@6']);
  expect(run(2, atStart(3, 2, 1))).toEqual(['1.0@2', '0.0@3', '2.0@3']);
});

test('whoever a time slice ends in waits for all others; slices follow each other whoever runs', () => {
  expect(run(1, atStart(4, 8, 3))).toEqual(['0.0@4', '2.0@13', '1.0@15']);
  // The slice of the start ends after 2.
  expect(run(1, atStart(4, 3), QUANTUM - 2)).toEqual(['1.0@5', '0.0@7']);
});

test('nobody waits: the end of a slice is none', () => {
  expect(run(1, atStart(25))).toEqual(['0.0@25']);
});

test('a goroutine that goes on keeps its core and its slice', () => {
  const [first, second] = [{ at: 0, pieces: [2, 2, 2] }, ...atStart(1)];
  expect(run(1, [first, second])).toEqual(['0.0@2', '0.1@4', '0.2@6', '1.0@7']);
  const long = { at: 0, pieces: [4, 4, 4] };
  expect(run(1, [long, second])).toEqual(['0.0@4', '0.1@8', '1.0@11', '0.2@13']);
});

test('one that waits for its stream lets the others go first', () => {
  const writer = { at: 0, pieces: [2, 1], yields: true };
  expect(run(1, [writer, ...atStart(3, 1)])).toEqual(['0.0@2', '1.0@5', '2.0@6', '0.1@7']);
  expect(run(1, [writer])).toEqual(['0.0@2', '0.1@3']);
});

test('whatever comes, a core is idle only when nobody waits, and all work is done', () => {
  const goroutine = fc.record({
    at: fc.nat(60),
    pieces: fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 4 }),
    yields: fc.boolean(),
  });
  const many = fc.array(goroutine, { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(many, fc.nat(QUANTUM - 1), fc.integer({ min: 1, max: 4 }), (goroutines, phase, cores) => {
      const log = run(cores, goroutines, phase);
      expect(log).toHaveLength(goroutines.reduce((sum, { pieces }) => sum + pieces.length, 0));
      if (cores > 1) return;
      // On one core the end of each busy stretch is known, whoever it goes to.
      const busyUntil = [...goroutines]
        .sort((a, b) => a.at - b.at)
        .reduce((end, { at, pieces }) => Math.max(end, at) + pieces.reduce((sum, work) => sum + work, 0), 0);
      expect(log.at(-1)?.split('@')[1]).toBe(String(busyUntil));
    }),
  );
});
