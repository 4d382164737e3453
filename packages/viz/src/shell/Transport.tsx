/** Play, step, jump, scrub. */
import { useComputed, useSignal } from '@preact/signals';
import { branches } from '../state/branches.js';
import { endNs, jumpToFailure, jumpToWindow, SPEEDS, seek, stepEvent, toggle } from '../state/playback.js';
import { now, playing, skipsQuiet, slowness } from '../state/store.js';
import { grouped } from '../strings/grouped.js';
import { words } from '../strings/index.js';
import { duration } from '../timeline/frame.js';
import { Chosen } from './Chosen.js';
import { eventIndex, eventSentence } from './event-sentence.js';
import { Icon, type IconName } from './Icon.js';
import { Scrubber } from './Scrubber.js';

const NOTICE_MS = 2500;

export function Transport() {
  const t = words().transport;
  const notice = useSignal('');
  const jump = (found: boolean, otherwise: string) => {
    notice.value = found ? '' : otherwise;
    if (!found) setTimeout(() => (notice.value = ''), NOTICE_MS);
  };
  return (
    <section class="transport" aria-label={t.label}>
      <Scrubber />
      <div class="controls">
        <div class="group">
          <Button icon="start" label={t.start} onClick={() => seek(0)} />
          <Button icon="previousWindow" label={t.previousWindow} onClick={() => jump(jumpToWindow(-1), t.noWindow)} />
          <Button icon="stepBack" label={t.stepBack} onClick={() => stepEvent(-1)} />
          <Button
            icon={playing.value ? 'pause' : 'play'}
            label={playing.value ? t.pause : t.play}
            onClick={toggle}
            isMain
          />
          <Button icon="stepForward" label={t.stepForward} onClick={() => stepEvent(1)} />
          <Button icon="nextWindow" label={t.nextWindow} onClick={() => jump(jumpToWindow(1), t.noWindow)} />
          <Button icon="failure" label={t.nextFailure} onClick={() => jump(jumpToFailure(1), t.noFailure)} />
        </div>
        <Clock />
        <label class="speed">
          <span class="hidden">{t.speed}</span>
          <select
            value={slowness.value}
            onChange={(event) => {
              slowness.value = Number(event.currentTarget.value);
            }}
          >
            {SPEEDS.map((speed) => (
              <option key={speed} value={speed}>
                {speed === 1 ? t.realTime : t.slower(speed)}
              </option>
            ))}
          </select>
        </label>
        <label class="check quiet">
          <input
            type="checkbox"
            checked={skipsQuiet.value}
            onChange={(event) => {
              skipsQuiet.value = event.currentTarget.checked;
            }}
          />
          {t.skipQuiet}
        </label>
      </div>
      <div class="said">
        <p class="moment" id="moment">
          {notice.value !== '' ? notice.value : playing.value ? ' ' : eventSentence.value}
        </p>
        <Chosen />
      </div>
    </section>
  );
}

function Button(props: { icon: IconName; label: string; onClick: () => void; isMain?: boolean }) {
  const { icon, label, onClick, isMain = false } = props;
  return (
    <button type="button" class={isMain ? 'icon main' : 'icon'} aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

/** Only the text node follows the time. */
function Clock() {
  const t = words().transport;
  const time = useComputed(() => `${grouped((now.value / 1e6).toFixed(endNs.value > 1e10 ? 1 : 2))} ms`);
  const event = useComputed(() => {
    const of = branches[0].picture.value?.eventNs.length ?? 0;
    return t.event(eventIndex.value + 1, of);
  });
  return (
    <p class="clock">
      <output>{time}</output> <span class="soft">/ {duration(endNs.value)}</span>
      <small class="soft">{event}</small>
    </p>
  );
}
