/** Values over those of the case: sliders for what is asked most, a field for all the rest. */
import { useSignal } from '@preact/signals';
import type { Override } from '@xdsim/sim-core';
import { branches } from '../state/branches.js';
import { address, go } from '../state/store.js';
import { words } from '../strings/index.js';

interface Slider {
  readonly path: string;
  /** The steps of the slider: what is worth trying, not every number. */
  readonly values: readonly (number | string)[];
}

const SLIDERS: readonly Slider[] = [
  { path: 'mesh.sidecars', values: [0, 1, 5, 10, 20, 50, 100, 200, 500, 1000, 2000] },
  { path: 'mesh.gateways', values: [0, 1, 2, 3, 5, 10, 20, 40] },
  { path: 'mesh.services', values: [10, 20, 50, 100, 200, 500, 1000, 2000, 5000] },
  { path: 'mesh.istiodCores', values: [1, 2, 4, 8, 16] },
  { path: 'mesh.istiodReplicas', values: [1, 2, 3] },
  { path: 'mesh.istio', values: ['1.22', '1.24', '1.26', '1.28', '1.30', '1.32'] },
  { path: 'traffic.requestsPerSecond', values: [1, 10, 50, 100, 250, 1000, 5000, 20_000] },
  { path: 'debounce.afterMs', values: [0, 10, 50, 100, 200, 500, 1000] },
  { path: 'churn.endpointEventsPerSecond', values: [0, 1, 2, 5, 10, 20, 50] },
  { path: 'readiness.newVersionMs', values: [0, 500, 1000, 2000, 5000, 10_000, 20_000] },
  { path: 'traffic.callers.retries', values: [0, 1, 2, 3, 5] },
  { path: 'latencies.xdsOneWayMs', values: [0.1, 0.5, 1, 5, 20, 50, 100] },
];
/** On a phone the mesh comes before the twelve sliders. */
const isWide = matchMedia('(min-width: 62rem)').matches;
const GAPS_MS = [0, 20, 50, 90, 110, 150, 200, 300, 500, 1000, 2000, 5000];
const WITH_GAP = ['dr-first', 'vs-first', 'readiness-gated'];

interface Props {
  readonly sets: readonly Override[];
  readonly onChange: (sets: readonly Override[]) => void;
  readonly strategy: string;
}

export function WhatIf({ sets, onChange, strategy }: Props) {
  const t = words().whatIf;
  const put = (path: string, value: string | undefined) => {
    const others = sets.filter((set) => set.path !== path);
    onChange(value === undefined ? others : [...others, { path, value }]);
  };
  const gap: readonly Slider[] = WITH_GAP.includes(strategy)
    ? [{ path: `strategies.${strategy}.gapMs`, values: GAPS_MS }]
    : [];
  const sliders = [...gap, ...SLIDERS];
  const others = sets.filter(({ path }) => !sliders.some((slider) => slider.path === path));
  return (
    <details class="what-if" open={isWide}>
      <summary>
        <h2>{t.title}</h2>
      </summary>
      <p class="soft">
        {t.intro}
        {address.value.other !== undefined && ` ${t.both}`}
      </p>
      {sliders.map((slider) => (
        <SliderField key={slider.path} slider={slider} set={sets.find(({ path }) => path === slider.path)} put={put} />
      ))}
      {others.map(({ path, value }) => (
        <p key={path} class="set">
          <code>
            {path}={value}
          </code>{' '}
          <button type="button" aria-label={t.remove(path)} onClick={() => put(path, undefined)}>
            ×
          </button>
        </p>
      ))}
      <AnyValue put={put} />
      <Forks sets={sets} />
    </details>
  );
}

function SliderField(props: {
  slider: Slider;
  set: Override | undefined;
  put: (path: string, value: string | undefined) => void;
}) {
  const { slider, set, put } = props;
  const t = words().whatIf;
  const { path, values } = slider;
  const facts = branches[0].facts.value;
  const present = set?.value ?? presentValue(path, facts);
  const said = present ?? t.asInCase;
  const at = values.findIndex((value) => String(value) === present);
  const nearest = at >= 0 ? at : nearestOf(values, present);
  const label = path.endsWith('.gapMs') ? t.sliders.gapMs : t.sliders[path];
  return (
    <label class={set === undefined ? 'slider' : 'slider is-set'}>
      <span>
        {label} <output>{said}</output>
      </span>
      <input
        type="range"
        data-path={path}
        min={0}
        max={values.length - 1}
        step={1}
        value={nearest}
        aria-valuetext={said}
        onChange={(event) => put(path, String(values[Number(event.currentTarget.value)]))}
      />
      {set !== undefined && (
        <button type="button" aria-label={t.remove(path)} title={t.reset} onClick={() => put(path, undefined)}>
          ×
        </button>
      )}
    </label>
  );
}

/** What the case has, where the engine has told. */
function presentValue(path: string, facts: (typeof branches)[0]['facts']['value']): string | undefined {
  if (facts === undefined) return undefined;
  const { mesh } = facts;
  const known: Readonly<Record<string, string | number>> = {
    'mesh.sidecars': mesh.sidecars,
    'mesh.gateways': mesh.gateways,
    'mesh.services': mesh.services,
    'mesh.istiodCores': mesh.istiodCores,
    'mesh.istiodReplicas': mesh.istiodReplicas,
    'mesh.istio': mesh.istio,
    'traffic.requestsPerSecond': facts.requestsPerSecond,
    'debounce.afterMs': facts.debounceMs,
  };
  const value = known[path] ?? facts.values[path];
  return value === undefined ? undefined : String(value);
}

function nearestOf(values: readonly (number | string)[], present: string | undefined): number {
  const wanted = Number(present);
  if (present === undefined || Number.isNaN(wanted)) return Math.floor(values.length / 2);
  const distances = values.map((value) => Math.abs(Number(value) - wanted));
  return distances.indexOf(Math.min(...distances));
}

function AnyValue({ put }: { readonly put: (path: string, value: string) => void }) {
  const t = words().whatIf;
  const text = useSignal('');
  const set = (event: Event) => {
    event.preventDefault();
    const at = text.value.indexOf('=');
    if (at < 1) return;
    put(text.value.slice(0, at).trim(), text.value.slice(at + 1).trim());
    text.value = '';
  };
  return (
    <form class="any" onSubmit={set}>
      <label>
        <span>{t.more}</span>
        <input
          value={text}
          placeholder={t.morePlaceholder}
          maxLength={300}
          spellcheck={false}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
      </label>
      <button type="submit">{t.add}</button>
    </form>
  );
}

/** The settings of now as a second branch, beside the case as it is. */
function Forks({ sets }: { readonly sets: readonly Override[] }) {
  const t = words().whatIf;
  const { other, strategy } = address.value;
  return (
    <p class="forks">
      {other === undefined ? (
        <button
          type="button"
          disabled={sets.length === 0}
          title={t.forkMeaning}
          onClick={() => go({ sets: [], other: { strategy, sets } })}
        >
          {t.fork}
        </button>
      ) : (
        <button type="button" onClick={() => go({ other: undefined })}>
          {t.unfork}
        </button>
      )}
    </p>
  );
}
