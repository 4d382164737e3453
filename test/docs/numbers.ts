/** The presets as docs/model.md writes them. */
import type { Distribution } from '../../packages/sim-core/src/kernel/distribution.js';
import { PRESETS, type PresetName } from '../../packages/sim-core/src/scenario/presets.js';

export interface NumberRow {
  readonly path: string;
  readonly default: string;
  readonly lab: string;
}

export function presetRows(): NumberRow[] {
  const [ours, lab] = [numbersOf('default'), numbersOf('lab')];
  return [...ours].map(([path, text]) => ({ path, default: text, lab: lab.get(path) ?? '' }));
}

function numbersOf(name: PresetName): Map<string, string> {
  const { latencies, costs } = PRESETS[name];
  const groups = { latencies, 'costs.istiod': costs.istiod, 'costs.envoy': costs.envoy };
  const numbers = Object.entries(groups).flatMap(([group, values]) =>
    Object.entries(values).map(([key, value]): [string, string] => [`${group}.${key}`, textOf(value)]),
  );
  return new Map([...numbers, ['costs.spreadSigma', String(costs.spreadSigma)]]);
}

function textOf(value: Distribution): string {
  if (typeof value === 'number') return String(value);
  if ('uniform' in value) return value.uniform.join('–');
  if ('lognormal' in value && 'p95' in value.lognormal) return `${value.lognormal.median}, p95 ${value.lognormal.p95}`;
  if ('quantiles' in value) return [0, 0.5, 1].map((p) => value.quantiles.find(([q]) => q === p)?.[1]).join(' / ');
  throw new Error(`docs/model.md has no way to write ${JSON.stringify(value)}`);
}
