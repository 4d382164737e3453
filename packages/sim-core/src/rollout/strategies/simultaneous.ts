import { z } from 'zod';
import { startOf } from '../initial-state.js';
import { newPlan } from '../staged-plan.js';
import { defineStrategy } from '../strategy.js';
import { deletions, supportWrites, virtualServiceWrites } from '../writes.js';

const name = 'simultaneous';

/** One apply of a folder: one write after another, in an order that nobody has chosen. */
export default defineStrategy({
  name,
  label: 'One apply of everything, writes in random order',
  parameters: z.strictObject({}),
  plan: (input) => {
    const { changes } = input;
    const start = startOf(input);
    const writes = [
      ...start.workloads.growing,
      ...start.workloads.shrinking,
      ...supportWrites(changes),
      ...virtualServiceWrites(changes),
      ...deletions(changes, start.deletedEndpoints),
    ];
    return newPlan(name, start, [{ label: 'apply', waitMs: 0, order: 'random', writes }]);
  },
});
