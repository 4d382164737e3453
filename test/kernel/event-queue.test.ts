import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../packages/sim-core/src/kernel/event-queue.js';

interface Entry {
  time: number;
  priority: number;
  kind: number;
  a: number;
  b: number;
  sequence: number;
}

/** What the queue should do: an array sorted by (time, priority, order of insertion). */
class SortedArray {
  readonly entries: Entry[] = [];
  private sequence = 0;

  push(time: number, priority: number, kind: number, a: number, b: number): void {
    this.entries.push({ time, priority, kind, a, b, sequence: this.sequence++ });
    this.entries.sort((x, y) => x.time - y.time || x.priority - y.priority || x.sequence - y.sequence);
  }
}

function popped(queue: EventQueue): number[] {
  return [queue.time, queue.priority, queue.kind, queue.a, queue.b];
}

const PUSH = fc.record({
  op: fc.constant('push' as const),
  time: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 1e15 })), // ties and spread
  priority: fc.oneof(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 255 })),
});
const OPERATIONS = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: PUSH },
    { weight: 4, arbitrary: fc.constant({ op: 'pop' as const }) },
    { weight: 1, arbitrary: fc.constant({ op: 'drain' as const }) },
  ),
  { maxLength: 400 },
);

describe('event queue', () => {
  it('does what a sorted array does', () => {
    fc.assert(
      fc.property(OPERATIONS, (operations) => {
        const queue = new EventQueue();
        const reference = new SortedArray();
        const popBoth = (): void => {
          const expected = reference.entries.shift();
          expect(queue.pop()).toBe(expected !== undefined);
          if (expected === undefined) return;
          const { time, priority, kind, a, b } = expected;
          expect(popped(queue)).toEqual([time, priority, kind, a, b]);
        };
        operations.forEach((operation, i) => {
          if (operation.op === 'push') {
            queue.push(operation.time, operation.priority, i, 1 - i, i * 5_000_000);
            reference.push(operation.time, operation.priority, i, 1 - i, i * 5_000_000);
          } else if (operation.op === 'pop') popBoth();
          else for (let n = reference.entries.length >> 1; n >= 0; n--) popBoth();
          expect(queue.size).toBe(reference.entries.length);
          expect(queue.peekTime()).toBe(reference.entries[0]?.time ?? Infinity);
        });
        while (reference.entries.length > 0) popBoth();
        popBoth();
      }),
      { numRuns: 300 },
    );
  });

  it('the clock never goes back while events are scheduled at or after it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 4 }), { maxLength: 500 }),
        (steps) => {
          const queue = new EventQueue();
          let clock = 0;
          queue.push(0, 0, 0, 0, 0);
          for (const delays of steps) {
            if (queue.pop()) {
              expect(queue.time).toBeGreaterThanOrEqual(clock);
              clock = queue.time;
            }
            for (const delay of delays) queue.push(clock + delay, 0, 0, 0, 0);
          }
        },
      ),
    );
  });

  it('equal times: by priority, then in order of insertion', () => {
    const queue = new EventQueue();
    const log: string[] = [];
    [3, 1, 255, 1, 0, 3].forEach((priority, i) => {
      queue.push(1000, priority, i, 0, 0);
    });
    while (queue.pop()) log.push(`${queue.priority}:${queue.kind}`);
    expect(log).toEqual(['0:4', '1:1', '1:3', '3:0', '3:5', '255:2']);
  });

  it('keeps order through growth, at sizes where the last node has one to four children', () => {
    for (const n of [1, 2, 3, 4, 5, 6, 63, 64, 65, 66, 67, 68, 69, 1000, 4097]) {
      const queue = new EventQueue();
      for (let i = 0; i < n; i++) queue.push((i * 7919) % n, 0, i, 0, 0);
      const times: number[] = [];
      while (queue.pop()) times.push(queue.time);
      expect(times).toEqual([...times].sort((x, y) => x - y));
      expect(times.length).toBe(n);
    }
  });

  it('an empty queue has no next event, before and after use', () => {
    const queue = new EventQueue();
    expect([queue.size, queue.peekTime(), queue.pop()]).toEqual([0, Infinity, false]);
    queue.push(1, 0, 0, 0, 0);
    queue.push(2, 0, 0, 0, 0);
    queue.pop();
    queue.clear();
    expect([queue.size, queue.peekTime(), queue.pop()]).toEqual([0, Infinity, false]);
    queue.push(3, 1, 4, 5, 6);
    queue.pop();
    expect([...popped(queue), queue.size, queue.peekTime(), queue.pop()]).toEqual([3, 1, 4, 5, 6, 0, Infinity, false]);
  });

  it('refuses a time that is not a number', () => {
    expect(() => new EventQueue().push(Number.NaN, 0, 0, 0, 0)).toThrow('NaN');
  });
});
