/** Keys, and what this page is. */
import { useEffect, useRef } from 'preact/hooks';
import { words } from '../strings/index.js';
import { helpOpen, keysEnabled } from './help.js';

export function HelpDialog() {
  const t = words();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (helpOpen.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [helpOpen.value]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="help-title"
      onClose={() => {
        helpOpen.value = false;
      }}
    >
      <h2 id="help-title">{t.keys.title}</h2>
      <dl class="keys">
        {t.keys.list.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={keysEnabled.value}
          onChange={(event) => {
            keysEnabled.value = event.currentTarget.checked;
          }}
        />
        {t.keys.enabled}
      </label>
      <p>{t.keys.about}</p>
      <button
        type="button"
        onClick={() => {
          helpOpen.value = false;
        }}
      >
        {t.close}
      </button>
    </dialog>
  );
}
