/** The add and the remove window: holds within a factor 2, or 3 ms, of the measured median. */

import type { Observation } from './observation.js';
import { type Quantiles, quantilesOf } from './quantiles.js';

const FACTOR_MAX = 2;
const DIFFERENCE_MAX_MS = 3;

export interface WindowJudgement {
  readonly measured: Quantiles;
  /** null: the window never opens in the simulation. */
  readonly simulated: Quantiles | null;
  readonly holds: boolean;
}

/** undefined: nothing was measured. */
export function judgeWindow(measured: readonly number[], simulated: readonly number[]): WindowJudgement | undefined {
  const left = quantilesOf(measured);
  if (left === undefined) return undefined;
  const right = quantilesOf(simulated) ?? null;
  return { measured: left, simulated: right, holds: right !== null && isNear(left.p50, right.p50) };
}

export function valuesOf(
  observations: readonly Observation[],
  pick: (observation: Observation) => number | undefined,
): number[] {
  return observations.flatMap((observation) => pick(observation) ?? []);
}

/** Windows are negative where the safe order was kept; a factor means something only between equal signs. */
function isNear(measured: number, simulated: number): boolean {
  if (Math.abs(simulated - measured) <= DIFFERENCE_MAX_MS) return true;
  if (measured * simulated <= 0) return false;
  const ratio = simulated / measured;
  return ratio <= FACTOR_MAX && ratio >= 1 / FACTOR_MAX;
}
