/** In which order objects were created, as far as the manifests tell (istio:pilot/pkg/model/config.go, sortByCreation). */
import { fieldOf } from '../manifest/object-source.js';
import type { ConfigObject, TrackedObject } from './tracked-objects.js';

/**
 * Those that are there before the first write by `creationTimestamp`; without one, or at the same, by name; then those
 * that the rollout creates, as it writes them.
 * @returns object → its rank
 */
export function creationRanks(objects: readonly TrackedObject[]): readonly number[] {
  const keys = objects.map(({ revisions: [first] }) => (first === undefined ? undefined : keyOf(first)));
  const order = [...objects.keys()].sort((a, b) => {
    const [left, right] = [keys[a], keys[b]];
    if (left === undefined || right === undefined) {
      return left === right ? a - b : left === undefined ? 1 : -1;
    }
    return left < right ? -1 : left > right ? 1 : 0;
  });
  const ranks = objects.map(() => 0);
  for (const [rank, object] of order.entries()) ranks[object] = rank;
  return ranks;
}

/** RFC 3339 in UTC sorts as text; blanks go before everything else in a name. */
function keyOf({ meta }: ConfigObject): string {
  return `${String(fieldOf(meta.raw, 'metadata', 'creationTimestamp') ?? '')} ${meta.name}.${meta.namespace}`;
}
