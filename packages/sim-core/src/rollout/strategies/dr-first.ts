import { z } from 'zod';
import { newStagedPlan } from '../staged-plan.js';
import { defineStrategy } from '../strategy.js';
import { gapField } from '../strategy-fields.js';

const name = 'dr-first';

/** Istio's own advice (Traffic Management Best Practices, "Avoid 503 errors while reconfiguring service routes"). */
export default defineStrategy({
  name,
  label: 'Expand DestinationRules, a gap, switch VirtualServices, a gap, contract DestinationRules',
  parameters: z.strictObject({ gapMs: gapField() }),
  plan: (input) => newStagedPlan(input, { strategy: name, gapMs: input.parameters.gapMs }),
});
