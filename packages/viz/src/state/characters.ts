/**
 * The proxies that are shown one by one. Of two rollouts of one mesh they are the same ones, so that what differs is what
 * happens to them; who is looked at is always among them.
 */
import { computed } from '@preact/signals';
import { charactersOf, longestFailing } from '../rollout/characters.js';
import type { RolloutPicture } from '../rollout/picture.js';
import type { Selection } from './address.js';
import { branches, shown } from './branches.js';
import { chosenBranch } from './select.js';
import { address } from './store.js';

/** The address changes more often. */
const selected = computed(() => address.value.selected);

/** @param few how many, beside those that have to be */
export function shownProxies(picture: RolloutPicture, few?: number): readonly number[] {
  const first = branches[0].picture.value;
  const pictures = shown.value.map((branch) => branch.picture.value as RolloutPicture);
  const isOneMesh = first !== undefined && pictures.every(({ proxies }) => proxies.length === first.proxies.length);
  // One that is about to be exchanged is drawn once more as it is.
  if (!isOneMesh || !pictures.includes(picture)) return charactersOf(picture, few);
  const also = [
    selectedProxy(chosenBranch.value?.picture.value, selected.value),
    ...pictures.slice(1).map(longestFailing),
  ];
  return charactersOf(
    first,
    few,
    also.filter((proxy) => proxy !== undefined),
  );
}

function selectedProxy(picture: RolloutPicture | undefined, what: Selection | undefined) {
  if (picture === undefined) return undefined;
  const { proxies, messages, requests } = picture;
  switch (what?.kind) {
    case 'proxy': {
      const proxy = proxies.findIndex(({ id }) => id === what.id);
      return proxy < 0 ? undefined : proxy;
    }
    case 'message':
      return messages[what.index]?.proxy;
    case 'failure':
      return requests.proxy[what.index];
    default:
      return undefined;
  }
}
