/** How long a rollout is watched: the same for all strategies of a scenario, so that their shares compare. */
import { newSampler } from '../kernel/distribution.js';
import type { RolloutPlan, WriteGroup } from './plan.js';

/** Time for the last write to settle: the longest debounce (10 s) and slow proxies, many times over. */
const SETTLE_MS = 120_000;

/** After listeners have drained: those that are cut are back, and the next peak would show. */
const AFTER_DRAIN_MS = 75_000;

/** Distributions without an end are cut here. */
const LATEST_QUANTILE = 0.999;

/**
 * The latest that any plan does something, + 120 s, or more where listeners drain for longer than 45 s. Gates count at their timeout. The API's own latency is not counted:
 * the writes of a rollout take milliseconds of these 120 s.
 */
export function planHorizonMs(plans: readonly RolloutPlan[], drainTimeS: number, horizonMs?: number): number {
  const settleMs = Math.max(SETTLE_MS, drainTimeS * 1000 + AFTER_DRAIN_MS);
  return horizonMs ?? Math.ceil(Math.max(0, ...plans.map(latestMs)) + settleMs);
}

function latestMs(plan: RolloutPlan): number {
  let writtenMs = 0;
  let latest = 0;
  for (const group of plan.groups) {
    writtenMs = startMs(group, writtenMs) + (group.gate?.timeoutMs ?? 0);
    latest = Math.max(latest, writtenMs);
  }
  const readyMs = plan.readiness.map(({ atMs }) => newSampler(atMs).quantile(LATEST_QUANTILE));
  return Math.max(latest, ...readyMs);
}

function startMs({ start }: WriteGroup, previousMs: number): number {
  if ('afterPreviousMs' in start) return previousMs + start.afterPreviousMs;
  return newSampler(start.atMs).quantile(LATEST_QUANTILE);
}
