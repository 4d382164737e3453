/** How many proxies do what at a moment. */
import { proxyStateAt } from './lookup.js';
import type { ProxyState, RolloutPicture } from './picture.js';

/** What a proxy is shown as; failing goes before all else. */
export type Look = 'failing' | 'done' | 'changing' | 'old';

export interface MomentCounts {
  readonly failing: number;
  readonly done: number;
  readonly changing: number;
  readonly old: number;
}

export function lookOf({ failing, routes, clusters, warming }: ProxyState): Look {
  if (failing > 0) return 'failing';
  const phases = [routes, clusters].filter((phase) => phase !== 'same');
  if (warming.length === 0 && phases.every((phase) => phase === 'new')) return phases.length === 0 ? 'old' : 'done';
  return warming.length === 0 && phases.every((phase) => phase === 'old') ? 'old' : 'changing';
}

export function momentCounts(picture: RolloutPicture, ns: number): MomentCounts {
  const counts = { failing: 0, done: 0, changing: 0, old: 0 };
  for (const p of picture.proxies.keys()) counts[lookOf(proxyStateAt(picture, p, ns))] += 1;
  return counts;
}
