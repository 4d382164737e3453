/** Moments at which a pod takes requests with it. */
import type { TraceDictionary } from '../trace/events.js';
import type { RolloutWindow } from '../trace/run-report.js';
import type { CutRequests } from '../traffic/in-flight/in-flight.js';
import { failureOf, wordsOf } from './windows.js';

const NS_PER_MS = 1e6;

/** Fewer than one in so many rollouts are no part of the story. */
const ROLLOUTS = 100;

/** A window of no length for each moment, in order of time. */
export function cutWindows(cut: readonly CutRequests[], names: TraceDictionary): RolloutWindow[] {
  const byMoment = new Map<number, CutRequests[]>();
  for (const requests of cut) {
    const known = byMoment.get(requests.atNs);
    if (known === undefined) byMoment.set(requests.atNs, [requests]);
    else known.push(requests);
  }
  return [...byMoment]
    .sort(([a], [b]) => a - b)
    .flatMap(([atNs, all]) => {
      const expected = all.reduce((sum, requests) => sum + requests.expected, 0);
      if (expected * ROLLOUTS < 1) return [];
      const most = all.reduce((top, requests) => (requests.expected > top.expected ? requests : top));
      const failure = failureOf(most.bucket);
      const atMs = atNs / NS_PER_MS;
      return [
        {
          state: 'failing' as const,
          ...{ fromMs: atMs, toMs: atMs, openAtHorizon: false, why: wordsOf(failure) },
          proxies: new Set(all.map(({ proxy }) => proxy)).size,
          firstProxy: names.proxies[most.proxy].id,
          firstFailure: failure,
          mainFailure: failure,
        },
      ];
    });
}
