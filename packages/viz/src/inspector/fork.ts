/** A what-if from the inspector: the present run stays as branch A, the changed one goes beside it. */
import type { Override } from '@xdsim/sim-core';
import { address, choices, go, ofLesson } from '../state/store.js';

export function forkWith(change: Override): void {
  const [present] = choices.peek();
  if (present === undefined) return;
  const sets = [...present.sets.filter(({ path }) => path !== change.path), change];
  go({ room: 'explore', ...ofLesson(), seed: address.peek().seed, other: { strategy: present.strategy, sets } });
}
