/**
 * What a sampled proxy tells of the failures of one cluster: how many there are when, and what it would have come to at a
 * moment to one request more, as a caller's retry is.
 */
import { isSampledFailure, Outcome } from '../pools/tally.js';

/** Requests of one source that end in the same way, spread evenly over a time. */
export interface TimedFailures {
  readonly source: number;
  /** A value of Outcome. */
  readonly outcome: number;
  readonly fromNs: number;
  readonly toNs: number;
  readonly count: number;
}

/** A time in which nothing is ejected and nothing returns; whoever comes picks among the same endpoints. */
export interface ClusterState {
  readonly fromNs: number;
  readonly toNs: number;
  readonly spec: number;
  readonly available: readonly number[];
  readonly conditions: number;
}

/** A time in which a share of the requests is refused while connections are made. */
export interface Burst {
  readonly fromNs: number;
  readonly toNs: number;
  readonly share: number;
}

/** Moments within so long are one: a caller that retries later than this does not meet its own failure. */
const MOMENT_NS = 10e6;

export class ClusterFailures {
  readonly states: ClusterState[] = [];
  readonly bursts: Burst[] = [];
  private readonly moments = new Map<string, TimedFailures>();
  private readonly spread: TimedFailures[] = [];
  /** Moment → requests that came in it, and those that were refused; of the window that is open. */
  private readonly open = new Map<number, { arrived: number; refused: number }>();
  private state: Omit<ClusterState, 'toNs'> | undefined;

  /** In order of time for each source and outcome. */
  get failures(): readonly TimedFailures[] {
    return [...this.moments.values(), ...this.spread];
  }

  arrived(nowNs: number): void {
    this.countsIn(Math.floor(nowNs / MOMENT_NS)).arrived++;
  }

  ended(source: number, outcome: number, fromNs: number, toNs: number, count: number): void {
    const moment = Math.floor(fromNs / MOMENT_NS);
    if (outcome === Outcome.WhileConnecting) this.countsIn(moment).refused++;
    if (!isSampledFailure(outcome)) return;
    if (toNs > fromNs) {
      this.spread.push({ source, outcome, fromNs, toNs, count });
      return;
    }
    const key = `${source} ${outcome} ${moment}`;
    const known = this.moments.get(key);
    const span = { fromNs: moment * MOMENT_NS, toNs: (moment + 1) * MOMENT_NS };
    this.moments.set(key, { source, outcome, ...span, count: count + (known?.count ?? 0) });
  }

  /** @param steadyShare what is refused so in a steady state, which is counted elsewhere */
  endWindow(steadyShare: number): void {
    for (const [moment, { arrived, refused }] of this.open) {
      if (refused === 0) continue;
      const share = Math.min(1, refused / Math.max(1, arrived)) - steadyShare;
      if (share <= 0) continue;
      this.bursts.push({ fromNs: moment * MOMENT_NS, toNs: (moment + 1) * MOMENT_NS, share });
    }
    this.open.clear();
  }

  /** @param state undefined: failures do not depend on what was before, and are counted elsewhere */
  enter(state: Omit<ClusterState, 'fromNs' | 'toNs'> | undefined, nowNs: number): void {
    const last = this.state;
    if (last !== undefined && state !== undefined && isSame(last, state)) return;
    // Requests of a window that is over end after the next stretch has begun.
    const atNs = Math.max(nowNs, last?.fromNs ?? nowNs);
    if (last !== undefined && atNs > last.fromNs) this.states.push({ ...last, toNs: atNs });
    this.state = state && { ...state, fromNs: atNs };
  }

  private countsIn(moment: number): { arrived: number; refused: number } {
    let counts = this.open.get(moment);
    if (counts === undefined) {
      counts = { arrived: 0, refused: 0 };
      this.open.set(moment, counts);
    }
    return counts;
  }
}

function isSame(
  a: Pick<ClusterState, 'spec' | 'available' | 'conditions'>,
  b: Pick<ClusterState, 'spec' | 'available' | 'conditions'>,
): boolean {
  return a.spec === b.spec && a.conditions === b.conditions && a.available.join() === b.available.join();
}
