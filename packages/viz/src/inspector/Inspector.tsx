/** What is chosen, at the present moment, in the branch where it was chosen; or else a list of what can be. */
import { BranchName } from '../shell/BranchName.js';
import { INSPECTOR_ID } from '../shell/Chosen.js';
import { type Selection, selection, selectionText } from '../state/address.js';
import { type Branch, shown } from '../state/branches.js';
import { chosenBranch, inBranch } from '../state/select.js';
import { address, go } from '../state/store.js';
import { words } from '../strings/index.js';
import { FailureView } from './FailureView.js';
import { IstiodView } from './IstiodView.js';
import { MeshView } from './MeshView.js';
import { MessageView } from './MessageView.js';
import { ProxyView } from './ProxyView.js';

export function Inspector() {
  const t = words().inspector;
  const isPair = shown.value.length > 1;
  const chosen = chosenBranch.value;
  const selected = chosen && address.value.selected;
  const isListed = selected === undefined || selected.kind === 'proxy' || selected.kind === 'istiod';
  if (shown.value.length === 0) return null;
  return (
    <section class="inspector" id={INSPECTOR_ID} tabIndex={-1} aria-label={t.title}>
      <h2>{t.title}</h2>
      <label class="chooser">
        <span>{t.choose}</span>
        <select
          value={selected === undefined ? '' : isListed ? selectionText(selected) : 'other'}
          onChange={(event) => go({ selected: selection(event.currentTarget.value) })}
        >
          <option value="">{t.nothing}</option>
          {!isListed && chosen && <option value="other">{titleOf(selected, chosen)}</option>}
          {shown.value.map((branch) => (
            <Choices key={branch.name} branch={branch} isPair={isPair} />
          ))}
        </select>
      </label>
      {chosen === undefined && <p class="soft">{t.intro}</p>}
      {(chosen === undefined ? shown.value : [chosen]).map((branch) => (
        <div key={branch.name} data-branch={branch.name}>
          {isPair && <BranchName branch={branch} />}
          <Selected branch={branch} selected={selected} />
        </div>
      ))}
    </section>
  );
}

/** What has no place in the list. */
function titleOf({ kind, ...which }: Selection, branch: Branch): string {
  const { message, failure } = words().inspector;
  if (kind === 'message') return message.title;
  const requests = branch.picture.value?.requests;
  const index = 'index' in which ? which.index : -1;
  const bucket = requests?.outcomes[requests.outcome[index]];
  return bucket !== undefined && bucket.code < 400 ? failure.served : failure.title;
}

/** Of two branches each has its own list. */
function Choices({ branch, isPair }: { readonly branch: Branch; readonly isPair: boolean }) {
  const { queues = [], proxies = [] } = branch.picture.value ?? {};
  const value = (what: Selection) => selectionText(inBranch(what, branch.name));
  const options = (
    <>
      {queues.map((_, i) => (
        <option key={i} value={value({ kind: 'istiod', index: i + 1 })}>
          istiod {i + 1}
        </option>
      ))}
      {proxies.map(({ id }) => (
        <option key={id} value={value({ kind: 'proxy', id })}>
          {id}
        </option>
      ))}
    </>
  );
  return isPair ? <optgroup label={branch.name}>{options}</optgroup> : options;
}

function Selected({ branch, selected }: { readonly branch: Branch; readonly selected: Selection | undefined }) {
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
        <MessageView branch={branch} picture={picture} message={message} />
      );
    }
    case 'failure':
      return selected.index < picture.requests.atNs.length ? (
        <FailureView branch={branch} picture={picture} index={selected.index} />
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
