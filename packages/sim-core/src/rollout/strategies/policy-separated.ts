import { z } from 'zod';
import { field, milliseconds } from '../../scenario/fields.js';
import { policyWrites, touchesPolicy } from '../rule-policy.js';
import { newStagedPlan } from '../staged-plan.js';
import { defineStrategy } from '../strategy.js';
import { gapField } from '../strategy-fields.js';

const name = 'policy-separated';

/** A bad policy shows while the routes still stand, and can be taken back alone. */
export default defineStrategy({
  name,
  label: 'The policy alone, a time to settle, then as dr-first',
  parameters: z.strictObject({
    settleMs: field(milliseconds, 10_000, 'Wait between the policy and the expansion.', 'assumption: time for a look'),
    gapMs: gapField(),
  }),
  isOffered: touchesPolicy,
  plan: (input) => {
    const { gapMs, settleMs } = input.parameters;
    const first = { label: 'policy', waitMs: 0, writes: policyWrites(input.changes) };
    return newStagedPlan(input, { strategy: name, gapMs, first, expandAfterMs: settleMs });
  },
});
