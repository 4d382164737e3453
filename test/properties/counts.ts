/**
 * How often a property is tried. The usual run tries the same examples every time, so that a change is judged by what it
 * changes; `XDSIM_FULL=1` tries ten times as many, others each time.
 */
const FACTOR = process.env.XDSIM_FULL === '1' ? 10 : 1;

export function times(numRuns: number): { readonly numRuns: number; readonly seed?: number } {
  return FACTOR === 1 ? { numRuns, seed: 1 } : { numRuns: numRuns * FACTOR };
}

/** Random meshes and rollouts per property. */
export const RUNS = times(200);
