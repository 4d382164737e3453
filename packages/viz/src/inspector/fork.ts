/** A what-if from the inspector: branch A stays, and what is looked at goes beside it with the change. */
import type { Override } from '@xdsim/sim-core';
import { chosenBranch } from '../state/select.js';
import { address, go, ofLesson } from '../state/store.js';

export function forkWith(change: Override): void {
  const present = chosenBranch.peek()?.choice.peek();
  if (present === undefined) return;
  const sets = [...present.sets.filter(({ path }) => path !== change.path), change];
  go({ room: 'explore', ...ofLesson(), seed: address.peek().seed, other: { strategy: present.strategy, sets } });
}
