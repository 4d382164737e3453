import { z } from 'zod';
import { field, milliseconds } from '../../scenario/fields.js';
import { newSubsets } from '../new-subsets.js';
import type { ReadinessGate } from '../plan.js';
import { newStagedPlan } from '../staged-plan.js';
import { defineStrategy } from '../strategy.js';
import { gapField } from '../strategy-fields.js';

const name = 'readiness-gated';

/** A script around `kubectl get endpointslices`: it sees what the API server has, not what a proxy has. */
export default defineStrategy({
  name,
  label: 'As dr-first, switching only when every new subset has ready endpoints',
  parameters: z.strictObject({
    gapMs: gapField(),
    pollMs: field(milliseconds.min(1), 1000, 'Time between two looks at the EndpointSlices.', 'a usual script loop'),
    timeoutMs: field(
      milliseconds,
      300_000,
      'After so long the switch is given up, and the rollout ends there.',
      'helm --wait: 5 m',
    ),
  }),
  plan: (input) => {
    const { gapMs, pollMs, timeoutMs } = input.parameters;
    const { subsets, warnings } = newSubsets(input.before, input.after);
    const gate: ReadinessGate = { type: 'endpoints-ready', subsets, pollMs, timeoutMs };
    return newStagedPlan(input, { strategy: name, gapMs, gate: subsets.length === 0 ? undefined : gate, warnings });
  },
});
