/**
 * A study as plain data, and back: what comes with a page has been read and checked when the page was built, and needs
 * neither the reader nor the schemas any more.
 */
import { newRootKey } from '../kernel/random.js';
import type { RolloutPlan } from '../rollout/plan.js';
import type { Scenario } from '../scenario/types.js';
import type { Study } from './study.js';
import { prepareStrategy } from './trial.js';

export interface PackedStudy {
  readonly study: Omit<Study, 'strategies' | 'root' | 'scenario'>;
  readonly scenario: Omit<Scenario, 'userSet'> & { readonly userSet: readonly string[] };
  readonly strategies: readonly { readonly name: string; readonly label: string; readonly plan: RolloutPlan }[];
}

/** Fit for JSON, but for the functions that know where in its file an object stands: those are for errors, and go. */
export function packStudy({ strategies, root: _, scenario, ...study }: Study): PackedStudy {
  return {
    study,
    scenario: { ...scenario, userSet: [...scenario.userSet] },
    strategies: strategies.map(({ name, label, prepared }) => ({ name, label, plan: prepared.model.plan })),
  };
}

export function unpackStudy({ study, scenario: packed, strategies }: PackedStudy): Study {
  const scenario: Scenario = { ...packed, userSet: new Set(packed.userSet) };
  return {
    ...study,
    scenario,
    strategies: strategies.map(({ name, label, plan }) => ({ name, label, prepared: prepareStrategy(scenario, plan) })),
    root: newRootKey(scenario.seed),
  };
}
