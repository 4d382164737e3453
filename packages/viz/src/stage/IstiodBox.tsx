/** istiod: the ring of its debounce, the push queue, the slots. */
import { useComputed } from '@preact/signals';
import { countUntil, queueAt } from '../rollout/lookup.js';
import type { RolloutPicture } from '../rollout/picture.js';
import type { Branch } from '../state/branches.js';
import { select, selectedIn } from '../state/select.js';
import { now } from '../state/store.js';
import { words } from '../strings/index.js';
import { duration } from '../timeline/frame.js';
import { placed } from './boxes.js';
import type { Box } from './layout.js';

const R = 24;
const LENGTH = 2 * Math.PI * R;

export interface IstiodMoment {
  readonly state: 'away' | 'quiet' | 'counting' | 'preparing' | 'sending';
  /** Of the quiet that is needed. */
  readonly share: number;
  readonly events: number;
  readonly leftNs: number;
  readonly waiting: number;
  readonly inService: number;
  readonly push: number | undefined;
}

export function istiodAt(picture: RolloutPicture, index: number, ns: number): IstiodMoment {
  const pushes = picture.pushes.filter(({ istiod }) => istiod === index);
  const { waiting, inService } = queueAt(picture.queues[index], ns);
  const preparing = pushes.find(({ startedNs, queuedNs }) => startedNs <= ns && ns < queuedNs);
  const last = pushes.findLast(({ startedNs }) => startedNs <= ns);
  const sinceNs = last?.startedNs ?? Number.NEGATIVE_INFINITY;
  const churn = picture.churn[index];
  const delivered = picture.deliveries.filter(({ istiod, atNs }) => istiod === index && atNs <= ns && atNs > sinceNs);
  const churnEnd = countUntil(churn, ns);
  const churned = churnEnd - countUntil(churn, sinceNs);
  const events = delivered.length + churned;
  const lastEventNs = Math.max(delivered.at(-1)?.atNs ?? 0, churned > 0 ? churn[churnEnd - 1] : 0);
  const share = events === 0 ? 0 : Math.min(1, (ns - lastEventNs) / Math.max(1, picture.debounce.afterNs));
  const leftNs = Math.max(0, lastEventNs + picture.debounce.afterNs - ns);
  const isAway = picture.down.some(({ istiod, fromNs, toNs }) => istiod === index && fromNs <= ns && ns < toNs);
  const state = isAway
    ? 'away'
    : preparing !== undefined
      ? 'preparing'
      : events > 0
        ? 'counting'
        : waiting + inService > 0
          ? 'sending'
          : 'quiet';
  return { state, share, events, leftNs, waiting, inService, push: last?.push };
}

export function IstiodBox({
  branch,
  picture,
  index,
  box,
}: {
  readonly branch: Branch['name'];
  readonly picture: RolloutPicture;
  readonly index: number;
  readonly box: Box;
}) {
  const t = words().stage;
  const moment = useComputed(() => istiodAt(picture, index, now.value));
  const text = useComputed(() => {
    const { state, events, leftNs } = moment.value;
    if (state === 'counting') return t.counting(events, duration(Math.ceil(leftNs / 1e6) * 1e6));
    if (state === 'sending') return '';
    return state === 'away' ? t.away : state === 'preparing' ? t.preparing : t.quiet;
  });
  const dash = useComputed(() => `${LENGTH * moment.value.share} ${LENGTH}`);
  const events = useComputed(() => (moment.value.events > 0 ? String(moment.value.events) : ''));
  const queue = useComputed(() => t.sending(moment.value.waiting, moment.value.inService));
  const used = useComputed(() => `${(100 * Math.min(moment.value.inService, picture.pushSlots)) / picture.pushSlots}%`);
  const queued = useComputed(() => `${(100 * moment.value.waiting) / picture.proxies.length}%`);
  const selected = selectedIn(branch);
  const isSelected = selected?.kind === 'istiod' && selected.index === index + 1;
  const isAway = useComputed(() => moment.value.state === 'away');
  const name = picture.istiods === 1 ? t.istiod : t.istiodNumber(index + 1);
  return (
    <button
      type="button"
      class={`box istiod${isSelected ? ' selected' : ''}${isAway.value ? ' away' : ''}`}
      style={placed(box)}
      aria-pressed={isSelected}
      onClick={() => select(isSelected ? undefined : { kind: 'istiod', index: index + 1 }, branch)}
    >
      <h3>{name}</h3>
      <svg viewBox="-30 -30 60 60" width="56" height="56" aria-hidden="true">
        <circle r={R} class="ring-ground" />
        <circle r={R} class="ring" stroke-dasharray={dash} transform="rotate(-90)" />
        <text class="ring-count" text-anchor="middle" y="5">
          {events}
        </text>
      </svg>
      <span class="istiod-state">{text}</span>
      <span class="meter">
        <i class="queued" style={{ width: queued.value }} />
      </span>
      <span class="meter">
        <i class="used" style={{ width: used.value }} />
      </span>
      <small>{queue}</small>
    </button>
  );
}
