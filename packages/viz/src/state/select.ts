/** Choosing what the inspector looks at. */
import type { Selection } from './address.js';
import { go } from './store.js';

export function select(selected: Selection | undefined): void {
  go({ selected });
}
