/** One proxy: what it acts on, what warms, what fails. */
import { useComputed } from '@preact/signals';
import { flagOrCode } from '../rollout/figures.js';
import { drainingAt } from '../rollout/long-lived.js';
import { stateIdAt } from '../rollout/lookup.js';
import { lookAtMoment } from '../rollout/moment-counts.js';
import type { RolloutPicture } from '../rollout/picture.js';
import { sampledFailure } from '../rollout/sampled-failures.js';
import type { Branch } from '../state/branches.js';
import { select, selectedIn } from '../state/select.js';
import { now } from '../state/store.js';
import { words } from '../strings/index.js';
import { placed } from './boxes.js';
import type { Box } from './layout.js';
import { PhaseChip } from './PhaseChip.js';

const SMALL_PX = 50;
/** Room for a sentence. */
const ROOMY_PX = 280;

interface Props {
  readonly branch: Branch['name'];
  readonly picture: RolloutPicture;
  readonly proxy: number;
  readonly box: Box;
}

export function ProxyCard({ branch, picture, proxy, box }: Props) {
  const t = words().stage;
  const id = useComputed(() => stateIdAt(picture, proxy, now.value));
  const isOffline = useComputed(() =>
    picture.offline.some((span) => span.proxy === proxy && span.fromNs <= now.value && now.value < span.toNs),
  );
  const state = picture.states.states[id.value];
  const { id: name, kind } = picture.proxies[proxy];
  const isSmall = box.height < SMALL_PX;
  const selected = selectedIn(branch);
  const isSelected = selected?.kind === 'proxy' && selected.id === name;
  const look = useComputed(() => lookAtMoment(picture, proxy, now.value));
  // Two signals, since an object would be another one in every frame.
  const sampledShare = useComputed(() => sampledFailure(picture, proxy, now.value).share);
  const sampledBucket = useComputed(() => sampledFailure(picture, proxy, now.value).bucket);
  const failing = Math.min(1, state.failing + sampledShare.value);
  const bucket = state.bucket ?? sampledBucket.value;
  const sign = bucket === undefined ? '' : flagOrCode(bucket);
  const share = `${Number((100 * failing).toPrecision(3))} %`;
  const failure = failing > 0 ? t.failing(share, sign) : '';
  const warming = state.warming.length > 0 ? t.warming(state.warming.length) : '';
  return (
    <button
      type="button"
      class={`card look-${look} ${kind}${isSmall ? ' small' : ''}${isSelected ? ' selected' : ''}`}
      style={placed(box)}
      aria-pressed={isSelected}
      data-proxy={name}
      onClick={() => select(isSelected ? undefined : { kind: 'proxy', id: name }, branch)}
    >
      {failing > 0 && <span class="card-fail" style={{ width: `${Math.max(4, 100 * failing)}%` }} />}
      <span class="card-head">
        <b>{name}</b>
        <PhaseChip name={t.routes} phase={state.routes} />
        <PhaseChip name={t.clusters} phase={state.clusters} />
      </span>
      <span class="card-state">
        <Connections picture={picture} proxy={proxy} isShort={isSmall || box.width < ROOMY_PX} />
        {isOffline.value && <i>{t.offline}</i>}
        {state.warming.length > 0 && <i class="warming">{isSmall ? <Short sign="◌" words={warming} /> : warming}</i>}
        {failing > 0 && <em>{isSmall ? <Short sign={sign} words={failure} /> : failure}</em>}
      </span>
    </button>
  );
}

/** Its long-lived connections, as whole numbers: what is expected. */
function Connections({ picture, proxy, isShort }: Omit<Props, 'box' | 'branch'> & { readonly isShort: boolean }) {
  const t = words().stage;
  const { longLived } = picture;
  const open = longLived.open[proxy];
  const draining = useComputed(() => String(Math.round(drainingAt(longLived, proxy, now.value))));
  if (open === 0) return null;
  const full = t.open(String(Math.round(open)), draining.value);
  const sign = draining.value === '0' ? `⇄${Math.round(open)}` : `⇄${draining.value}↓`;
  return <i class="connections">{isShort ? <Short sign={sign} words={full} /> : full}</i>;
}

/** A sign where there is no room; a screen reader says it in full. */
function Short({ sign, words: full }: { readonly sign: string; readonly words: string }) {
  return (
    <>
      <span aria-hidden="true">{sign}</span>
      <span class="hidden">{full}</span>
    </>
  );
}
