import { z } from 'zod';
import { startOf } from '../initial-state.js';
import { newPlan } from '../staged-plan.js';
import { defineStrategy } from '../strategy.js';
import { gapField } from '../strategy-fields.js';
import { deletions, lastStep, supportWrites, virtualServiceWrites } from '../writes.js';

const name = 'vs-first';

/** Right for taking a subset away, wrong for bringing one in. */
export default defineStrategy({
  name,
  label: 'VirtualServices, a gap, then DestinationRules and the rest',
  parameters: z.strictObject({ gapMs: gapField() }),
  plan: (input) => {
    const { changes, parameters } = input;
    const start = startOf(input);
    const { growing, shrinking } = start.workloads;
    const rest = lastStep(
      [...growing, ...supportWrites(changes), ...shrinking],
      deletions(changes, start.deletedEndpoints),
    );
    return newPlan(name, start, [
      { label: 'virtual services', waitMs: 0, writes: virtualServiceWrites(changes) },
      { label: 'destination rules', waitMs: parameters.gapMs, writes: rest },
    ]);
  },
});
