/** Choosing what the inspector looks at, and in which branch. */
import { computed } from '@preact/signals';
import type { Selection } from './address.js';
import { type Branch, branches } from './branches.js';
import { address, go } from './store.js';

/** @param name the branch in which it was clicked */
export function select(what: Selection | undefined, name: Branch['name'] = 'A'): void {
  go({ selected: what && inBranch(what, name) });
}

/** The same in a branch: of A nothing is said. */
export function inBranch(what: Selection, name: Branch['name']): Selection {
  const { branch: _, ...plain } = what;
  return name === 'A' ? plain : { ...plain, branch: name };
}

/** What is chosen there; undefined where the choice is in the other branch. */
export function selectedIn(name: Branch['name']): Selection | undefined {
  const { selected } = address.value;
  return (selected?.branch ?? 'A') === name ? selected : undefined;
}

/** The branch of what is chosen; undefined: nothing is, or its branch is not shown. */
export const chosenBranch = computed(() => {
  const { selected } = address.value;
  return selected && branches.find(({ name, picture }) => name === (selected.branch ?? 'A') && picture.value);
});
