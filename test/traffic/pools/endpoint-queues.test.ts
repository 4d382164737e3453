import { expect, test } from 'vitest';
import { EndpointQueues } from '../../../packages/sim-core/src/traffic/pools/endpoint-queues.js';

const S = 1e9;

test('what is beyond the capacity waits, is refused once the queue is full, and is worked off afterwards', () => {
  // 10 a second; 20 may wait.
  const queues = new EndpointQueues(1, 10, 2_000);
  queues.start(0, 5);
  expect(queues.advance(0, 5, 10 * S).refused).toBe(0);
  expect(queues.advance(0, 30, 11 * S).refused).toBe(0);
  // Full after the first second; the other refuses 20.
  expect(queues.advance(0, 30, 12 * S)).toEqual({ refused: 20, fromNs: 11 * S });
  expect(queues.advance(0, 0, 13 * S).refused).toBe(0);
  // Ten still wait, and ten more may.
  expect(queues.advance(0, 30, 14 * S)).toEqual({ refused: 10, fromNs: 13.5 * S });
});

test('a load that has always been too high finds a full queue', () => {
  const queues = new EndpointQueues(2, 10, 1_000);
  queues.start(1, 12);
  expect(queues.advance(1, 12, 5 * S)).toEqual({ refused: 10, fromNs: 0 });
});
