/** A measured value beside its goal. A benchmark reports: a goal that is missed is not an error. */
import type { BenchResult } from './schema.js';

interface Goal {
  readonly text: string;
  readonly isMetBy: (value: number) => boolean;
}

export function atMost(bound: number): Goal {
  return { text: `≤ ${bound.toFixed(1)}`, isMetBy: (value) => value <= bound };
}

export function atLeast(bound: number): Goal {
  return { text: `≥ ${bound.toFixed(1)}`, isMetBy: (value) => value >= bound };
}

export function below(bound: number): Goal {
  return { text: `< ${bound.toFixed(1)}`, isMetBy: (value) => value < bound };
}

/** Without a goal it is informative. */
export function newResult(name: string, value: number, unit: string, goal?: Goal): BenchResult {
  return { name, value, unit, goal: goal?.text ?? null, met: goal?.isMetBy(value) ?? null };
}
