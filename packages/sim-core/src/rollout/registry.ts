/** All strategies, in the order of lists and reports. Adding one: a file in strategies/ and a line here. */
import type { ChangeSet, ManifestSet } from '../manifest/types.js';
import type { StrategySchemas } from '../scenario/schema.js';
import type { Scenario } from '../scenario/types.js';
import type { RolloutPlan } from './plan.js';
import drFirst from './strategies/dr-first.js';
import permissiveBridge from './strategies/permissive-bridge.js';
import policyMixed from './strategies/policy-mixed.js';
import policySeparated from './strategies/policy-separated.js';
import readinessGated from './strategies/readiness-gated.js';
import simultaneous from './strategies/simultaneous.js';
import vsFirst from './strategies/vs-first.js';
import weighted from './strategies/weighted.js';
import type { Strategy } from './strategy.js';

export const STRATEGIES: readonly Strategy[] = [
  simultaneous,
  vsFirst,
  drFirst,
  weighted,
  readinessGated,
  policyMixed,
  policySeparated,
  permissiveBridge,
];

/** Those that mean something for such a change. */
export function offeredStrategies(changes: ChangeSet): readonly Strategy[] {
  return STRATEGIES.filter(({ isOffered }) => isOffered?.(changes) ?? true);
}

export const STRATEGY_SCHEMAS: StrategySchemas = Object.fromEntries(
  STRATEGIES.map(({ name, label, parameters }) => [name, parameters.describe(`${label}.`)]),
);

/** A plan for each strategy that the scenario names and that is offered, whatever order it names them in. */
export function plansOf(
  scenario: Scenario,
  before: ManifestSet,
  after: ManifestSet,
  changes: ChangeSet,
): RolloutPlan[] {
  return offeredStrategies(changes)
    .filter(({ name }) => Object.hasOwn(scenario.strategies, name))
    .map((strategy) =>
      strategy.plan({ before, after, changes, scenario, parameters: scenario.strategies[strategy.name] }),
    );
}
