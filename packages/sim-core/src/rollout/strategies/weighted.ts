import { z } from 'zod';
import type { ChangeSet } from '../../manifest/types.js';
import { field, milliseconds } from '../../scenario/fields.js';
import type { PlannedWrite } from '../plan.js';
import { newStagedPlan, type Step } from '../staged-plan.js';
import { defineStrategy } from '../strategy.js';
import { gapField } from '../strategy-fields.js';
import { virtualServiceAt } from '../weighted-routes.js';
import { applyWrite, updatedVirtualServices, virtualServiceWrites } from '../writes.js';

const name = 'weighted';

const percents = z
  .array(z.int().min(1).max(100))
  .min(1)
  .refine((steps) => steps.every((step, i) => i === 0 || step > steps[i - 1]), {
    message: 'percents do not ascend',
    params: { hint: 'Write them as [10, 50, 100].' },
  })
  .refine((steps) => steps.at(-1) === 100, {
    message: 'the last percent is not 100',
    params: { hint: 'End with 100: the rollout ends in the state of after.' },
  });

/** A canary: the routes move in shares, and each share stays long enough to be looked at. */
export default defineStrategy({
  name,
  label: 'Expand, move the weights in steps with a dwell after each, contract',
  parameters: z.strictObject({
    gapMs: gapField(),
    percents: field(
      percents,
      [10, 50, 100],
      'Shares of the traffic that go by `after`, one step each.',
      'generic; no tool has exactly these',
    ),
    dwellMs: field(
      milliseconds,
      30_000,
      'Wait after each share, the last one too.',
      'assumption, between 10 s (Argo Rollouts, getting started) and 1 m (Flagger tutorial)',
    ),
  }),
  plan: (input) => {
    const { gapMs, percents: shares, dwellMs } = input.parameters;
    const writes = shares.map((percent) => writesAt(input.changes, percent));
    const moved = shares.map((percent, i) => ({ label: `${percent}%`, writes: writes[i] }));
    const switches = moved
      .filter((step) => step.writes.length > 0)
      .map((step, i): Step => ({ ...step, waitMs: i === 0 ? gapMs : dwellMs }));
    return newStagedPlan(input, { strategy: name, gapMs, switches, contractAfterMs: dwellMs });
  },
});

/** What cannot be weighted moves with the last step. */
function writesAt(changes: ChangeSet, percent: number): PlannedWrite[] {
  if (percent === 100) return virtualServiceWrites(changes);
  return updatedVirtualServices(changes).flatMap(({ before, after }) => {
    const mixed = virtualServiceAt(before, after, percent);
    return mixed === before ? [] : [applyWrite(mixed, `${percent}%`)];
  });
}
