/** Values over those of the case, of one branch or of both. */
import type { Override } from '@xdsim/sim-core';
import { address, go } from './store.js';

/** What changes in branch A changes in B too: else the two would differ in more than what they are compared for. */
export function changeSets(sets: readonly Override[]): void {
  const { sets: before, other } = address.peek();
  go({ sets, other: other && { ...other, sets: alsoChanged(other.sets, before, sets) } });
}

/**
 * @param other sets of a branch beside the one whose sets were `before` and are `after`
 * @returns those of the other with the same changes, but for paths in which the two differed already, as a fork does
 */
function alsoChanged(
  other: readonly Override[],
  before: readonly Override[],
  after: readonly Override[],
): readonly Override[] {
  const paths = [...new Set([...before, ...after].map(({ path }) => path))];
  const changed = paths.filter(
    (path) => valueAt(before, path) !== valueAt(after, path) && valueAt(before, path) === valueAt(other, path),
  );
  return [
    ...other.filter(({ path }) => !changed.includes(path)),
    ...after.filter(({ path }) => changed.includes(path)),
  ];
}

function valueAt(sets: readonly Override[], path: string): string | undefined {
  return sets.find((set) => set.path === path)?.value;
}
