/** Whether the simulation orders cells by failures as the lab does, where the lab itself can tell them apart. */
import { tQuantile } from '../kernel/elementary.js';

/** All failures of a cell, per proxy. */
export interface CellFailures {
  /** Mean over the proxies of each trial. */
  readonly measuredTrials: readonly number[];
  readonly simulatedMean: number;
}

export interface Ranking {
  /** Pairs of cells whose measured 95 % intervals are disjoint. */
  readonly pairs: number;
  /** Of these, pairs in the same order in the simulation. */
  readonly same: number;
}

export function rankCells(cells: readonly CellFailures[]): Ranking {
  let pairs = 0;
  let same = 0;
  const intervals = cells.map(({ measuredTrials }) => meanInterval(measuredTrials));
  for (let i = 0; i < cells.length; i++) {
    for (let j = i + 1; j < cells.length; j++) {
      const [left, right] = [intervals[i], intervals[j]];
      if (left.high >= right.low && right.high >= left.low) continue;
      pairs++;
      const order = cells[i].simulatedMean - cells[j].simulatedMean;
      if (left.high < right.low ? order < 0 : order > 0) same++;
    }
  }
  return { pairs, same };
}

/** Student's interval over trials: the proxies of one trial share its luck and count once. */
export function meanInterval(trials: readonly number[]): { readonly low: number; readonly high: number } {
  const mean = trials.reduce((sum, value) => sum + value, 0) / trials.length;
  if (trials.length < 2) return { low: -Infinity, high: Infinity };
  const squares = trials.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const half = tQuantile(0.975, trials.length - 1) * Math.sqrt(squares / (trials.length - 1) / trials.length);
  return { low: mean - half, high: mean + half };
}
