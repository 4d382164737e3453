/** A way of applying a change: data and a small planner. Adding one is a file in strategies/ and a line in registry.ts. */
import type { z } from 'zod';
import type { ChangeSet, ManifestSet } from '../manifest/types.js';
import type { Scenario } from '../scenario/types.js';
import type { RolloutPlan } from './plan.js';

export interface PlanInput<P = Readonly<Record<string, unknown>>> {
  readonly before: ManifestSet;
  readonly after: ManifestSet;
  readonly changes: ChangeSet;
  readonly scenario: Scenario;
  readonly parameters: P;
}

export interface Strategy {
  readonly name: string;
  /** One line for lists and reports. */
  readonly label: string;
  /** Every parameter with its default. */
  readonly parameters: z.ZodObject;
  /** Whether it differs from the others for such a change; left out: always. */
  isOffered?(changes: ChangeSet): boolean;
  plan(input: PlanInput): RolloutPlan;
}

interface StrategyDefinition<T extends z.ZodObject> {
  readonly name: string;
  readonly label: string;
  readonly parameters: T;
  isOffered?(changes: ChangeSet): boolean;
  plan(input: PlanInput<z.output<T>>): RolloutPlan;
}

/** The planner sees its parameters typed and with defaults filled in. */
export function defineStrategy<T extends z.ZodObject>(definition: StrategyDefinition<T>): Strategy {
  return {
    ...definition,
    plan: (input) => definition.plan({ ...input, parameters: definition.parameters.parse(input.parameters) }),
  };
}
