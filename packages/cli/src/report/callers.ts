/** What those who call see of the failures: after their own retries, and over chains of hops. */
import type { Report } from '@xdsim/sim-core';
import { formatEstimate } from './numbers.js';

export interface CallerRow {
  readonly strategy: string;
  /** `requests`, or a chain by its name. */
  readonly of: string;
  readonly failing: string;
  readonly afterRetries: string;
}

/** In ranking order; none where callers do not retry and no chain is named, since the main table says it all. */
export function callerRows({ ranking, strategies }: Report, retries: number): CallerRow[] {
  const order = ranking.flatMap(({ names }) => names);
  const sorted = strategies.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  return sorted.flatMap(({ name: strategy, errors, chains }) => {
    const requests = { of: 'requests', failing: errors.perRollout, afterRetries: errors.caller.perRollout };
    const ofChains = chains.map(({ name, perRollout, caller }) => ({
      of: `chain ${name}`,
      failing: perRollout,
      afterRetries: caller.perRollout,
    }));
    return [...(retries > 0 ? [requests] : []), ...ofChains].map(({ of, failing, afterRetries }, at) => ({
      strategy: at === 0 ? strategy : '',
      of,
      failing: formatEstimate(failing),
      afterRetries: formatEstimate(afterRetries),
    }));
  });
}

export function retriesInWords(retries: number): string {
  return `after ${retries} own ${retries === 1 ? 'retry' : 'retries'}`;
}

/** What fails with or without the rollout, once for all strategies. */
export function noiseInWords({ strategies }: Report): string[] {
  const [{ noise }] = strategies.toSorted((a, b) => b.noise.perRollout.mean - a.noise.perRollout.mean);
  if (noise.perRollout.noneSeen) return [];
  const flags = Object.keys(noise.byFlag).join(', ');
  return [
    `${formatEstimate(noise.perRollout)} requests (${flags}) fail with or without the rollout; they are not counted.`,
  ];
}
