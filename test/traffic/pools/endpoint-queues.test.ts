import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EndpointQueues } from '../../../packages/sim-core/src/traffic/in-flight/endpoint-queues.js';

const S = 1e9;

/** Moment in seconds, wait in seconds, share that is refused from then on. */
function courseOf(queues: EndpointQueues, endpoint = 0): number[][] {
  queues.finish(endpoint);
  return queues.courseOf(endpoint).map(({ atNs, waitMs, refusedShare }) => [atNs / S, waitMs / 1000, refusedShare]);
}

test('what is beyond the capacity waits, is refused once the queue is full, and is worked off afterwards', () => {
  // 10 a second; 20 may wait.
  const queues = new EndpointQueues(1, 10, 2_000);
  queues.start(0, 5);
  queues.advance(0, 5, 10 * S);
  queues.advance(0, 30, 12 * S);
  queues.advance(0, 0, 13 * S);
  queues.advance(0, 30, 14 * S);
  queues.advance(0, 5, 20 * S);
  expect(courseOf(queues)).toEqual([
    [0, 0, 0],
    [10, 0, 0],
    // Full after the first second; the other refuses 20 of 30.
    [11, 2, 2 / 3],
    [12, 2, 0],
    // Ten still wait, and ten more may.
    [13, 1, 0],
    [13.5, 2, 2 / 3],
    [14, 2, 0],
    // 20 at 5 a second.
    [18, 0, 0],
    [20, 0, 0],
  ]);
  // More than one in a hundred come while the queue is full.
  expect(queues.addedP99Ms).toBeCloseTo(2_000, -2);
});

test('a load that has always been too high finds a full queue', () => {
  const queues = new EndpointQueues(2, 10, 1_000);
  queues.start(1, 12);
  queues.advance(1, 12, 5 * S);
  expect(courseOf(queues, 1)).toEqual([
    [0, 1, 2 / 12],
    [5, 1, 0],
  ]);
  expect(queues.addedP99Ms).toBe(0);
});

test('whatever the load: what comes is refused, worked off or waits; a wait stays within its limit, and less capacity is no better', () => {
  const loads = fc.array(fc.record({ perSecond: fc.nat(60), seconds: fc.double({ min: 0.01, max: 5, noNaN: true }) }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(
      loads,
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 0, max: 3_000 }),
      (load, capacity, queueMs) => {
        const refusedWith = (perSecond: number): number => {
          const queues = new EndpointQueues(1, perSecond, queueMs);
          queues.start(0, 0);
          let atNs = 0;
          const ends = load.map((part) => {
            atNs += part.seconds * S;
            queues.advance(0, part.perSecond, atNs);
            return { atNs, perSecond: part.perSecond };
          });
          const course = courseOf(queues);
          let [came, refused, worked] = [0, 0, 0];
          for (const [at, [fromS, waitS, share]] of course.entries()) {
            expect(waitS).toBeGreaterThanOrEqual(0);
            expect(waitS).toBeLessThanOrEqual(queueMs / 1000 + 1e-9);
            const next = course[at + 1];
            if (next === undefined) break;
            const rate = ends.find((end) => end.atNs / S > fromS + 1e-9)?.perSecond ?? 0;
            const seconds = next[0] - fromS;
            came += rate * seconds;
            refused += rate * seconds * share;
            // It works at full capacity while any wait, and on what comes otherwise.
            worked += (waitS > 0 || next[1] > 0 || rate > perSecond ? perSecond : rate) * seconds;
          }
          const waiting = course[course.length - 1][1] * perSecond;
          expect(came - refused - worked - waiting).toBeCloseTo(0, 5);
          return refused;
        };
        expect(refusedWith(capacity + 1)).toBeLessThanOrEqual(refusedWith(capacity) + 1e-9);
      },
    ),
    { numRuns: 200, seed: 1 },
  );
});
