/** Expand, switch, contract: what the make-before-break strategies share. */
import type { Warning } from '../errors.js';
import { effectiveSteps } from './effective-steps.js';
import { ruleSteps } from './expanded-rule.js';
import { startOf } from './initial-state.js';
import type { PlannedWrite, ReadinessGate, RolloutPlan, WriteGroup } from './plan.js';
import type { PlanInput } from './strategy.js';
import { deletions, lastStep, supportWrites, virtualServiceWrites } from './writes.js';

/** A step of a plan; one without writes does not happen, nor does the wait before it. */
export interface Step {
  readonly label: string;
  /** After the last answer of the step before. */
  readonly waitMs: number;
  readonly writes: readonly PlannedWrite[];
  readonly order?: WriteGroup['order'];
  readonly gate?: ReadinessGate;
}

export function newPlan(
  strategy: string,
  { initial, readiness, warnings }: ReturnType<typeof startOf>,
  steps: readonly Step[],
  ownWarnings: readonly Warning[] = [],
): RolloutPlan {
  const groups = effectiveSteps(initial, steps)
    .filter(({ writes }) => writes.length > 0)
    .map(({ label, waitMs, writes, order = 'given', gate }, at): WriteGroup => {
      const start = { afterPreviousMs: at === 0 ? 0 : waitMs };
      return gate === undefined ? { label, start, order, writes } : { label, start, order, writes, gate };
    });
  return { strategy, initial, groups, readiness, warnings: [...warnings, ...ownWarnings] };
}

interface Staging {
  readonly strategy: string;
  /** Between expansion and switch, and between switch and contraction. */
  readonly gapMs: number;
  /** The steps that move the routes; left out: all VirtualServices at once. */
  readonly switches?: readonly Step[];
  /** Before the contraction, when routes have moved; left out: the gap. */
  readonly contractAfterMs?: number;
  readonly gate?: ReadinessGate;
  /** Before all others, with the expansion so long after it. */
  readonly first?: Step;
  readonly expandAfterMs?: number;
  /** PeerAuthentications that come when all clients have switched; left out: they come with the expansion. */
  readonly servers?: readonly PlannedWrite[];
  readonly warnings?: readonly Warning[];
}

export function newStagedPlan(input: PlanInput<unknown>, staging: Staging): RolloutPlan {
  const { changes } = input;
  const start = startOf(input);
  const rules = ruleSteps(changes);
  const { gapMs, gate, first, servers = [], expandAfterMs = 0 } = staging;
  const isDone = ({ kind }: PlannedWrite): boolean => kind === 'PeerAuthentication' && first !== undefined;
  const others = supportWrites(changes).filter((write) => write.kind !== 'DestinationRule' && !isDone(write));
  const all: Step = { label: 'switch', waitMs: gapMs, writes: virtualServiceWrites(changes), gate };
  const switches = (staging.switches ?? [all]).filter(({ writes }) => writes.length > 0);
  const contractAfterMs = switches.length === 0 ? gapMs : (staging.contractAfterMs ?? gapMs);
  const steps: Step[] = [
    ...(first === undefined ? [] : [first]),
    { label: 'expand', waitMs: expandAfterMs, writes: [...start.workloads.growing, ...others, ...rules.expand] },
    ...switches,
    { label: 'servers', waitMs: gapMs, writes: servers },
    {
      label: 'contract',
      waitMs: contractAfterMs,
      writes: lastStep([...rules.contract, ...start.workloads.shrinking], deletions(changes, start.deletedEndpoints)),
    },
  ];
  return newPlan(staging.strategy, start, steps, [...rules.warnings, ...(staging.warnings ?? [])]);
}
