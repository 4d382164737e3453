/**
 * The hold model (Vaucher and Duval 1975): a constant number of pending events; take the earliest, schedule
 * it again a random time later. What a kernel costs with no model in it, in nanoseconds per event.
 */
import { EventQueue } from '../../../packages/sim-core/src/kernel/event-queue.js';
import { ClosureKernel } from './closure-kernel.js';

export const PENDING = 10_000;
const DELAYS = 65_536;

/** Exponential delays, mean 1 ms, from the same generator in every language: all hold the same schedule. */
const delays = Float64Array.from({ length: DELAYS }, nextDelayOf(12_345));

function nextDelayOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(-Math.log((state + 0.5) / 0x100000000) * 1e6);
  };
}

function nsSince(start: bigint): number {
  return Number(process.hrtime.bigint() - start);
}

/** The kernel of the simulator. */
export function newQueueHold(): (events: number) => number {
  const queue = new EventQueue();
  for (let i = 0; i < PENDING; i++) queue.push(delays[i], i & 3, i & 7, i, i);
  return (events) => {
    let checksum = 0;
    const start = process.hrtime.bigint();
    for (let i = 0; i < events; i++) {
      queue.pop();
      checksum += queue.a;
      queue.push(queue.time + delays[i & (DELAYS - 1)], i & 3, queue.kind, queue.a, i);
    }
    const ns = nsSince(start) / events;
    if (!(checksum > 0)) throw new Error('hold: no event was taken'); // and the loop cannot be optimised away
    return ns;
  };
}

/** What one would write first: an object and a closure per event, in a binary heap. */
export function newClosureHold(): (events: number) => number {
  const kernel = new ClosureKernel();
  const checksum = new Float64Array(1); // a captured number would be boxed anew at every event
  let i = 0;
  const schedule = (delay: number, kind: number, a: number, b: number): void => {
    kernel.schedule(delay, b & 3, () => {
      checksum[0] += a;
      schedule(delays[i & (DELAYS - 1)], kind, a, i++);
    });
  };
  for (let n = 0; n < PENDING; n++) schedule(delays[n], n & 7, n, n);
  return (events) => {
    i = 0;
    const start = process.hrtime.bigint();
    kernel.run(events);
    const ns = nsSince(start) / events;
    if (!(checksum[0] > 0)) throw new Error('hold: no event was run');
    return ns;
  };
}
