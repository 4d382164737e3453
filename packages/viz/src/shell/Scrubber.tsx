/** The whole rollout as a slider: windows shaded, pushes ticked, and what the timeline shows framed. */
import { useComputed } from '@preact/signals';
import { windowSpans } from '../rollout/picture.js';
import { branches, shown } from '../state/branches.js';
import { endNs, seek } from '../state/playback.js';
import { isAnswerHidden, now } from '../state/store.js';
import { words } from '../strings/index.js';
import { duration } from '../timeline/frame.js';
import { timelineRange, wholeTime } from '../timeline/range.js';

const STEPS = 10_000;

export function Scrubber() {
  const t = words().transport;
  const value = useComputed(() => Math.round((now.value / endNs.value) * STEPS));
  const text = useComputed(() => duration(now.value));
  return (
    <div class="scrubber">
      <Shades />
      <input
        type="range"
        min={0}
        max={STEPS}
        value={value}
        aria-label={t.scrubber}
        aria-valuetext={text}
        onInput={(event) => seek((Number(event.currentTarget.value) / STEPS) * endNs.peek())}
      />
    </div>
  );
}

function Shades() {
  const whole = endNs.value;
  const range = timelineRange.value;
  const percent = (ns: number) => (100 * Math.min(ns, whole)) / whole;
  const isZoomed = range !== wholeTime.value;
  const told = isAnswerHidden.value ? [] : shown.value;
  const rows = told.length;
  return (
    <svg class="shades" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      {told.map(({ name, picture }, row) =>
        (['inconsistent', 'failing'] as const).flatMap((state) =>
          windowSpans(picture.value as NonNullable<typeof picture.value>, state).map(({ fromNs, toNs }) => (
            <rect
              key={`${name}${state}${fromNs}`}
              class={`shade-${state}`}
              x={percent(fromNs)}
              width={Math.max(0.2, percent(toNs) - percent(fromNs))}
              y={(10 / rows) * row + (state === 'failing' ? 0 : 6 / rows)}
              height={state === 'failing' ? 6 / rows : 4 / rows}
            />
          )),
        ),
      )}
      {branches[0].picture.value?.pushes.map(({ push, startedNs }) => (
        <rect key={push} class="shade-push" x={percent(startedNs)} width={0.15} y={0} height={10} />
      ))}
      {isZoomed && (
        <rect
          class="shade-range"
          x={percent(range.fromNs)}
          width={Math.max(0.3, percent(range.toNs) - percent(range.fromNs))}
          y={0}
          height={10}
        />
      )}
    </svg>
  );
}
