/** Which proxies are shown one by one: all of a small mesh, a telling few of a large one. */
import { type RolloutPicture, totalNs } from './picture.js';

/** More are not told apart on a screen. */
export const MOST_SHOWN = 30;
const FEW = 5;

/**
 * In the order in which they converge.
 * @param also proxies that are wanted beside the telling few
 */
export function charactersOf(picture: RolloutPicture, few = FEW, also: readonly number[] = []): readonly number[] {
  const { order, proxies } = picture;
  const all = [...order];
  if (all.length <= MOST_SHOWN) return all;
  const at = (share: number): number => all[Math.round(share * (all.length - 1))];
  const gateway = all.find((p) => proxies[p].kind === 'gateway');
  const wanted = [at(0), at(1), longestFailing(picture), gateway, at(0.5), at(0.25), at(0.75), at(0.9), at(0.1)];
  const chosen = new Set(wanted.filter((p) => p !== undefined));
  const shown = new Set([...[...chosen].slice(0, few), ...also]);
  return all.filter((p) => shown.has(p));
}

export function longestFailing({ failing }: RolloutPicture): number | undefined {
  const spans = new Map<number, typeof failing>();
  for (const span of failing) spans.set(span.proxy, [...(spans.get(span.proxy) ?? []), span]);
  const lengths = [...spans].map(([proxy, list]) => ({ proxy, ns: totalNs(list) }));
  return lengths.sort((a, b) => b.ns - a.ns || a.proxy - b.proxy)[0]?.proxy;
}
