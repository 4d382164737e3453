/**
 * Simulated time: an integer number of nanoseconds from the start of the run, exact to 104 days.
 * Durations are rounded on entry, so that the last bit of a logarithm never decides which event is first.
 */
export type Nanoseconds = number;

const NS_PER_MS = 1e6;
const NS_PER_US = 1e3;

export function msToNs(ms: number): Nanoseconds {
  return Math.round(ms * NS_PER_MS);
}

export function usToNs(us: number): Nanoseconds {
  return Math.round(us * NS_PER_US);
}

export function nsToMs(ns: Nanoseconds): number {
  return ns / NS_PER_MS;
}
