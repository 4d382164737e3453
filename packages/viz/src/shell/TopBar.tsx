/** Title, rooms, language, link, help. */
import { useSignal } from '@preact/signals';
import { LANGUAGES, ROOMS, type Room } from '../state/address.js';
import { address, go, goToLesson, language, ofLesson } from '../state/store.js';
import { words } from '../strings/index.js';
import { helpOpen } from './help.js';
import { savePage } from './save-page.js';

const NATIVE = { en: 'English', ko: '한국어' } as const;
const SHARED_MS = 2000;

export function TopBar() {
  const t = words();
  return (
    <header class="topbar">
      <button type="button" class="skip" onClick={toStage}>
        {t.skip}
      </button>
      <p class="brand">
        <strong>{t.title}</strong> <span>{t.tagline}</span>
      </p>
      <nav aria-label={t.title}>
        {ROOMS.map((room) => (
          <button
            type="button"
            key={room}
            aria-current={address.value.room === room ? 'page' : undefined}
            onClick={() => enter(room)}
          >
            {t.rooms[room]}
          </button>
        ))}
      </nav>
      <div class="tools">
        <ShareButton />
        <SaveButton />
        <fieldset class="languages">
          <legend class="hidden">{t.languageLabel}</legend>
          {LANGUAGES.map((name) => (
            <button
              type="button"
              key={name}
              lang={name}
              aria-pressed={language.value === name}
              onClick={() => go({ language: name })}
            >
              {NATIVE[name]}
            </button>
          ))}
        </fieldset>
        <button
          type="button"
          class="round"
          aria-label={t.help}
          title={t.help}
          onClick={() => {
            helpOpen.value = true;
          }}
        >
          ?
        </button>
      </div>
    </header>
  );
}

/** A lesson goes on in the other rooms as what it has shown. */
function enter(room: Room): void {
  if (room === address.peek().room) return;
  if (room === 'lesson') goToLesson(address.peek().lesson);
  else go({ room, ...ofLesson() });
}

/** The fragment of the URL is the view and not a place on the page: no link. */
function toStage(): void {
  document.getElementById('stage')?.focus();
}

function SaveButton() {
  const t = words();
  const failed = useSignal(false);
  const save = async () => {
    failed.value = !(await savePage());
  };
  return (
    <button type="button" title={t.save.title} onClick={() => void save()}>
      <span aria-live="polite">{failed.value ? t.save.failed : t.save.name}</span>
    </button>
  );
}

function ShareButton() {
  const t = words();
  const shared = useSignal(false);
  const share = async () => {
    await navigator.clipboard?.writeText(location.href).catch(() => undefined);
    shared.value = true;
    setTimeout(() => {
      shared.value = false;
    }, SHARED_MS);
  };
  return (
    <button type="button" onClick={share}>
      <span aria-live="polite">{shared.value ? t.shared : t.share}</span>
    </button>
  );
}
