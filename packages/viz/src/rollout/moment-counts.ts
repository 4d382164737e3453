/** How many proxies do what at a moment. */
import { stateIdAt } from './lookup.js';
import type { ProxyState, RolloutPicture } from './picture.js';
import { isOf, sampledAt } from './sampled-failures.js';

/** What a proxy is shown as; failing goes before all else. */
export type Look = 'failing' | 'done' | 'changing' | 'old';

export interface MomentCounts {
  readonly failing: number;
  readonly done: number;
  readonly changing: number;
  readonly old: number;
}

function lookOf({ failing, routes, clusters, warming }: ProxyState): Look {
  if (failing > 0) return 'failing';
  const phases = [routes, clusters].filter((phase) => phase !== 'same');
  if (warming.length === 0 && phases.every((phase) => phase === 'new')) return phases.length === 0 ? 'old' : 'done';
  return warming.length === 0 && phases.every((phase) => phase === 'old') ? 'old' : 'changing';
}

export function momentCounts(picture: RolloutPicture, ns: number): MomentCounts {
  const counts = { failing: 0, done: 0, changing: 0, old: 0 };
  for (let p = 0; p < picture.proxies.length; p++) counts[lookAtMoment(picture, p, ns)] += 1;
  return counts;
}

/** Failing also by what only a sample tells. */
export function lookAtMoment(picture: RolloutPicture, proxy: number, ns: number): Look {
  const sampled = picture.sampled.length > 0 ? sampledAt(picture, ns) : [];
  if (sampled.some((span) => isOf(span, proxy))) return 'failing';
  return looksOf(picture)[stateIdAt(picture, proxy, ns)];
}

const known = new WeakMap<RolloutPicture, readonly Look[]>();

/** Of every state of a picture, worked out once. */
function looksOf(picture: RolloutPicture): readonly Look[] {
  const looks = known.get(picture) ?? picture.states.states.map(lookOf);
  known.set(picture, looks);
  return looks;
}
