/** The timelines of the branches below each other, on one axis, with the ways to move along it. */

import { BranchName } from '../shell/BranchName.js';
import { Icon } from '../shell/Icon.js';
import { branches, shown } from '../state/branches.js';
import { words } from '../strings/index.js';
import { isLogTime, lookAt, timelineRange, wholeTime, zoom } from './range.js';
import { savePng, saveSvg } from './save-picture.js';
import { Timeline } from './Timeline.js';
import { moved, pushRanges } from './view-range.js';

const STEP = 0.2;

export function TimelinePanel() {
  const t = words().timeline;
  const isPair = shown.value.length > 1;
  const first = branches[0].picture.value;
  const range = timelineRange.value;
  const whole = wholeTime.value;
  const move = (share: number) => lookAt(moved(range, whole, share));
  return (
    <section class="timeline-panel" aria-label={t.title}>
      <div class="timeline-tools">
        <h2>{t.title}</h2>
        <div class="group">
          <button type="button" aria-pressed={range === whole} onClick={() => lookAt(whole)}>
            {t.whole}
          </button>
          {first !== undefined &&
            pushRanges(first)
              .slice(0, 6)
              .map(({ push, fromNs, toNs }) => (
                <button
                  type="button"
                  key={push}
                  aria-pressed={range.fromNs === fromNs && range.toNs === Math.min(toNs, whole.toNs)}
                  onClick={() => lookAt({ fromNs, toNs })}
                >
                  {t.push(push)}
                </button>
              ))}
        </div>
        <div class="group">
          <button type="button" aria-label={t.zoomIn} title={t.zoomIn} onClick={() => zoom('in')}>
            +
          </button>
          <button type="button" aria-label={t.zoomOut} title={t.zoomOut} onClick={() => zoom('out')}>
            −
          </button>
          <button type="button" aria-label={t.earlier} title={t.earlier} onClick={() => move(-STEP)}>
            <Icon name="left" size={14} />
          </button>
          <button type="button" aria-label={t.later} title={t.later} onClick={() => move(STEP)}>
            <Icon name="right" size={14} />
          </button>
        </div>
        <label class="check">
          <input
            type="checkbox"
            checked={isLogTime.value}
            onChange={(event) => {
              isLogTime.value = event.currentTarget.checked;
            }}
          />
          {t.log}
        </label>
        <div class="group end">
          {first !== undefined && (
            <>
              <button type="button" onClick={() => saveSvg(first, range)}>
                {t.saveSvg}
              </button>
              <button type="button" onClick={() => void savePng(first, range)}>
                {t.savePng}
              </button>
            </>
          )}
        </div>
      </div>
      {shown.value.map((branch) => (
        <div key={branch.name}>
          {isPair && <BranchName branch={branch} />}
          <Timeline picture={branch.picture.value as NonNullable<typeof branch.picture.value>} name={branch.name} />
        </div>
      ))}
      <p class="hint">{t.keys}</p>
    </section>
  );
}
