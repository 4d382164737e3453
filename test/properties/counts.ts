/** How often a property is tried; `XDSIM_FULL=1` looks ten times as hard, which takes its time. */
import { vi } from 'vitest';

const FACTOR = process.env.XDSIM_FULL === '1' ? 10 : 1;

vi.setConfig({ testTimeout: 60_000 * FACTOR });

export function times(numRuns: number): { readonly numRuns: number } {
  return { numRuns: numRuns * FACTOR };
}

/** Random meshes and rollouts per property. */
export const RUNS = times(200);
