/** What of a link only its rollout can tell: whether its moment is within it, and whether what it looks at is there. */
import { effect } from '@preact/signals';
import type { RolloutPicture } from '../rollout/picture.js';
import { type Selection, selectionText } from './address.js';
import { branches, shown } from './branches.js';
import { endNs } from './playback.js';
import { address, correct, isLinked, now } from './store.js';

/** Runs as long as the page is open. */
export function checkLinks(): void {
  effect(() => {
    const isDone = shown.value.length > 0 && !branches.some(({ busy }) => busy.value);
    const isBeyond = now.value > endNs.value;
    const isLooking = address.value.selected !== undefined;
    // A branch learns of a new address in this same round: whether it is busy with it is known after it.
    if (isDone && (isBeyond || isLooking)) queueMicrotask(check);
  });
}

function check(): void {
  if (shown.peek().length === 0 || branches.some(({ busy }) => busy.peek())) return;
  const end = Math.round(endNs.peek());
  if (now.peek() > end) correct({ atNs: end });
  const { selected } = address.peek();
  if (selected === undefined || !isLinked()) return;
  const picture = branches.find(({ name }) => name === (selected.branch ?? 'A'))?.picture.peek();
  if (picture !== undefined && isThere(picture, selected)) return;
  correct({ selected: undefined }, [{ name: 'look', value: selectionText(selected), expected: 'selected' }]);
}

function isThere({ proxies, messages, requests, istiods }: RolloutPicture, selected: Selection): boolean {
  switch (selected.kind) {
    case 'proxy':
      return proxies.some(({ id }) => id === selected.id);
    case 'message':
      return selected.index < messages.length;
    case 'failure':
      return selected.index < requests.atNs.length;
    case 'istiod':
      return selected.index >= 1 && selected.index <= istiods;
  }
}
