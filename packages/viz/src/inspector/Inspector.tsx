/** What is chosen, at the present moment; or else a list of what can be. */

import { INSPECTOR_ID } from '../shell/Chosen.js';
import { type Selection, selection, selectionText } from '../state/address.js';
import { branches } from '../state/branches.js';
import { address, go } from '../state/store.js';
import { words } from '../strings/index.js';
import { FailureView } from './FailureView.js';
import { IstiodView } from './IstiodView.js';
import { MeshView } from './MeshView.js';
import { MessageView } from './MessageView.js';
import { ProxyView } from './ProxyView.js';

export function Inspector() {
  const t = words().inspector;
  const picture = branches[0].picture.value;
  const { selected } = address.value;
  if (picture === undefined) return null;
  const text = selected === undefined ? '' : selectionText(selected);
  const isListed = selected === undefined || selected.kind === 'proxy' || selected.kind === 'istiod';
  return (
    <section class="inspector" id={INSPECTOR_ID} tabIndex={-1} aria-label={t.title}>
      <h2>{t.title}</h2>
      <label class="chooser">
        <span>{t.choose}</span>
        <select
          value={isListed ? text : 'other'}
          onChange={(event) => go({ selected: selection(event.currentTarget.value) })}
        >
          <option value="">{t.nothing}</option>
          {!isListed && <option value="other">{t[selected.kind as 'message' | 'failure'].title}</option>}
          {picture.queues.map((_, i) => (
            <option key={i} value={`istiod:${i + 1}`}>
              istiod {i + 1}
            </option>
          ))}
          {picture.proxies.map(({ id }) => (
            <option key={id} value={`proxy:${id}`}>
              {id}
            </option>
          ))}
        </select>
      </label>
      <Selected selected={selected} />
    </section>
  );
}

function Selected({ selected }: { readonly selected: Selection | undefined }) {
  const [branch] = branches;
  const picture = branch.picture.value;
  if (picture === undefined) return null;
  switch (selected?.kind) {
    case 'proxy': {
      const proxy = picture.proxies.findIndex(({ id }) => id === selected.id);
      return proxy < 0 ? <MeshView picture={picture} /> : <ProxyView branch={branch} picture={picture} proxy={proxy} />;
    }
    case 'message': {
      const message = picture.messages[selected.index];
      return message === undefined ? (
        <MeshView picture={picture} />
      ) : (
        <MessageView picture={picture} message={message} />
      );
    }
    case 'failure':
      return selected.index < picture.requests.atNs.length ? (
        <FailureView picture={picture} index={selected.index} />
      ) : (
        <MeshView picture={picture} />
      );
    case 'istiod':
      return selected.index >= 1 && selected.index <= picture.istiods ? (
        <IstiodView picture={picture} index={selected.index - 1} />
      ) : (
        <MeshView picture={picture} />
      );
    default:
      return <MeshView picture={picture} />;
  }
}
