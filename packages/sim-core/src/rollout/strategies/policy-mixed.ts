import { z } from 'zod';
import { ruleSteps } from '../expanded-rule.js';
import { startOf } from '../initial-state.js';
import { touchesPolicy, withPolicyOf } from '../rule-policy.js';
import { newPlan } from '../staged-plan.js';
import { defineStrategy } from '../strategy.js';
import { gapField } from '../strategy-fields.js';
import { applyWrite, deletions, lastStep, supportWrites, virtualServiceWrites } from '../writes.js';

const name = 'policy-mixed';

/** The order of subsets and routes is safe, and what a policy does falls together with the switch. */
export default defineStrategy({
  name,
  label: 'Expand with the old policy, switch policy and routes in one apply, contract',
  parameters: z.strictObject({ gapMs: gapField() }),
  isOffered: touchesPolicy,
  plan: (input) => {
    const { changes, parameters } = input;
    const { gapMs } = parameters;
    const start = startOf(input);
    const { expand, contract, warnings } = ruleSteps(changes);
    const oldRule = (key: string) => {
      const before = changes.changes.find((change) => change.key === key)?.before;
      return before?.type === 'DestinationRule' ? before : undefined;
    };
    const withOldPolicy = expand.flatMap(({ key, object }) =>
      object.type === 'DestinationRule' ? [applyWrite(withPolicyOf(object, oldRule(key)), 'expanded')] : [],
    );
    const support = supportWrites(changes).filter(({ kind }) => kind !== 'DestinationRule');
    const isPolicy = ({ kind }: { readonly kind: string }): boolean => kind === 'PeerAuthentication';
    const steps = [
      {
        label: 'expand',
        waitMs: 0,
        writes: [...start.workloads.growing, ...support.filter((write) => !isPolicy(write)), ...withOldPolicy],
      },
      {
        label: 'switch',
        waitMs: gapMs,
        order: 'random' as const,
        writes: [...support.filter(isPolicy), ...expand, ...virtualServiceWrites(changes)],
      },
      {
        label: 'contract',
        waitMs: gapMs,
        writes: lastStep([...contract, ...start.workloads.shrinking], deletions(changes, start.deletedEndpoints)),
      },
    ];
    return newPlan(name, start, steps, warnings);
  },
});
