/** What has been chosen, beside the time: the inspector that says more of it may be out of sight. */
import type { RolloutPicture } from '../rollout/picture.js';
import type { Selection } from '../state/address.js';
import { shown } from '../state/branches.js';
import { reducedMotion } from '../state/playback.js';
import { chosenBranch, select } from '../state/select.js';
import { address } from '../state/store.js';
import { words } from '../strings/index.js';

export const INSPECTOR_ID = 'inspector';

export function Chosen() {
  const t = words();
  const branch = chosenBranch.value;
  const picture = branch?.picture.value;
  const { selected } = address.value;
  const name = selected && picture && nameOf(selected, picture);
  if (name === undefined) return null;
  return (
    <p class="chosen">
      <b>
        {shown.value.length > 1 && `${branch?.name} · `}
        {name}
      </b>{' '}
      <button type="button" class="link" onClick={toInspector}>
        {t.transport.more}
      </button>
      <button
        type="button"
        aria-label={t.transport.unchoose}
        title={t.transport.unchoose}
        onClick={() => select(undefined)}
      >
        ×
      </button>
    </p>
  );
}

function nameOf(selected: Selection, { proxies, messages, requests }: RolloutPicture): string | undefined {
  switch (selected.kind) {
    case 'proxy':
      return selected.id;
    case 'istiod':
      return `istiod ${selected.index}`;
    case 'message': {
      const message = messages[selected.index];
      return message && `${message.type} → ${proxies[message.proxy].id}`;
    }
    case 'failure': {
      const bucket = requests.outcomes[requests.outcome[selected.index]];
      return (
        bucket &&
        `${bucket.code}${bucket.flag === '-' ? '' : ` ${bucket.flag}`}, ${proxies[requests.proxy[selected.index]].id}`
      );
    }
  }
}

function toInspector(): void {
  const inspector = document.getElementById(INSPECTOR_ID);
  inspector?.scrollIntoView({ behavior: reducedMotion.matches ? 'auto' : 'smooth' });
  inspector?.focus({ preventScroll: true });
}
