/** Pods that stop late in a drawn rollout. */
import fc from 'fast-check';
import type { PlannedWrite, RolloutPlan } from '../../packages/sim-core/src/rollout/plan.js';
import { groupAt } from '../mesh/objects.js';

/** Some pods are told to go when all that was sent before the first write has been answered. */
export const stopSpec = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.record({ preStopMs: fc.constantFrom(0, 0, 90), pods: fc.constantFrom(1, 2, 4) }) },
);
const STOP_AT_MS = 700;

export function withStop(
  rollout: RolloutPlan,
  stop: { readonly preStopMs: number; readonly pods: number } | undefined,
): RolloutPlan {
  const removed = stop === undefined ? [] : rollout.initial.endpoints.slice(0, stop.pods);
  if (stop === undefined || removed.length === 0) return rollout;
  const object = {
    ...{ type: 'Rollout' as const, removed, added: [], kept: 1 },
    ...{ maxSurge: 1, maxUnavailable: 0, recreates: false, minReadyMs: 0 },
    timing: {
      preStopMs: stop.preStopMs,
      gracePeriodMs: 60_000,
      exitsWhenIdle: false,
      minimumDrainMs: 5_000,
      drainMs: 40,
    },
  };
  const write: PlannedWrite = {
    action: 'apply',
    kind: 'Deployment',
    key: 'Deployment/shop/pods',
    object,
    revision: '',
  };
  return { ...rollout, groups: [...rollout.groups, groupAt(STOP_AT_MS, write)] };
}
