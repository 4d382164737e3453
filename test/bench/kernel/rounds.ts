/**
 * Kernels against each other, in rounds: each round times all of them within a second or two, and ratios are
 * taken within a round, so that a machine that slows down slows both sides of a ratio.
 */
import { type ForeignHold, maybeCppHold, maybeSimpyHold } from './foreign.js';
import { newClosureHold, newQueueHold, PENDING } from './hold.js';

const EVENTS = 2_000_000;
const CLOSURE_EVENTS = 1_000_000;
const SIMPY_EVENTS = 300_000;

export interface KernelRounds {
  readonly rounds: number;
  readonly pending: number;
  /** Medians over the rounds, in nanoseconds per event; null where the machine lacks the language. */
  readonly nsPerEvent: { ours: number; closures: number; cpp: number | null; simpy: number | null };
  readonly eventsPerSecond: number;
  /** Medians of the ratios of times within a round. */
  readonly oursOverCpp: number | null;
  readonly simpyOverOurs: number | null;
  readonly closuresOverOurs: number;
  readonly cppVersion: string | null;
  readonly simpyVersion: string | null;
}

export function runKernelRounds(rounds: number): KernelRounds {
  const cpp = maybeCppHold();
  const simpy = maybeSimpyHold();
  try {
    return measure(rounds, cpp, simpy);
  } finally {
    cpp?.dispose();
    simpy?.dispose();
  }
}

function measure(rounds: number, cpp: ForeignHold | null, simpy: ForeignHold | null): KernelRounds {
  const holdQueue = newQueueHold();
  const holdClosures = newClosureHold();
  holdQueue(EVENTS / 4); // until compiled
  holdClosures(CLOSURE_EVENTS / 4);

  const times = Array.from({ length: rounds }, () => ({
    ours: holdQueue(EVENTS),
    cpp: cpp?.run(PENDING, EVENTS) ?? null,
    closures: holdClosures(CLOSURE_EVENTS),
    simpy: simpy?.run(PENDING, SIMPY_EVENTS) ?? null,
  }));
  const medianOf = (value: (round: (typeof times)[number]) => number): number => median(times.map(value));
  const orNull = (isThere: boolean, value: () => number): number | null => (isThere ? value() : null);

  const ours = medianOf((round) => round.ours);
  return {
    rounds,
    pending: PENDING,
    nsPerEvent: {
      ours,
      closures: medianOf((round) => round.closures),
      cpp: orNull(cpp !== null, () => medianOf((round) => round.cpp ?? Number.NaN)),
      simpy: orNull(simpy !== null, () => medianOf((round) => round.simpy ?? Number.NaN)),
    },
    eventsPerSecond: 1e9 / ours,
    oursOverCpp: orNull(cpp !== null, () => medianOf((round) => round.ours / (round.cpp ?? Number.NaN))),
    simpyOverOurs: orNull(simpy !== null, () => medianOf((round) => (round.simpy ?? Number.NaN) / round.ours)),
    closuresOverOurs: medianOf((round) => round.closures / round.ours),
    cppVersion: cpp?.version ?? null,
    simpyVersion: simpy?.version ?? null,
  };
}

function median(values: number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
