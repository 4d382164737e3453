/** From files to a comparison that can be run: everything that may be wrong with the input shows here, before trial 0. */
import { fail, ok, type Result, type UserError, type Warning } from '../errors.js';
import { newRootKey, type RootKey } from '../kernel/random.js';
import { changesBetween } from '../manifest/change-set.js';
import { parseManifests } from '../manifest/parse-manifests.js';
import type { ChangeSet, ManifestSet, SourceFile } from '../manifest/types.js';
import { planHorizonMs } from '../rollout/plan-horizon.js';
import { offeredStrategies, plansOf, STRATEGIES } from '../rollout/registry.js';
import { parseScenario, scenarioFromFlags } from '../rollout/scenario-reader.js';
import type { Override } from '../scenario/overrides.js';
import type { Scenario } from '../scenario/types.js';
import { hashOf } from './input-hash.js';
import { unknownTrafficNames } from './traffic-names.js';
import { type PreparedStrategy, prepareStrategy } from './trial.js';

/** What the command line has read. Plain data, so that worker threads can build the same study from it. */
export interface StudyInput {
  /** undefined: the folders were given by flags. */
  readonly scenarioFile?: SourceFile;
  /** That the scenario names. */
  readonly calibrationFile?: SourceFile;
  /** How the user named the scenario or the folders, for commands that repeat a trial. */
  readonly source: string;
  readonly before: readonly SourceFile[];
  readonly after: readonly SourceFile[];
  readonly overrides: readonly Override[];
  readonly flags: StudyFlags;
}

export interface StudyFlags {
  readonly trials?: number;
  readonly seed?: string;
  /** Only these strategies; undefined: all of the scenario. */
  readonly strategies?: readonly string[];
}

export interface StudyStrategy {
  readonly name: string;
  readonly label: string;
  readonly prepared: PreparedStrategy;
}

export interface Study {
  readonly scenario: Scenario;
  readonly source: string;
  readonly overrides: readonly Override[];
  readonly before: ManifestSet;
  readonly after: ManifestSet;
  readonly changes: ChangeSet;
  /** In the order of the registry. */
  readonly strategies: readonly StudyStrategy[];
  readonly root: RootKey;
  /** Fixed by the scenario, whatever strategies and trials are asked for. */
  readonly horizonMs: number;
  readonly warnings: readonly Warning[];
  readonly inputs: { readonly hash: string; readonly files: readonly string[] };
}

export function newStudy(input: StudyInput): Result<Study> {
  const parsed =
    input.scenarioFile === undefined
      ? scenarioFromFlags({ before: 'before', after: 'after' }, input.overrides)
      : parseScenario(input.scenarioFile, input.overrides, input.calibrationFile);
  const before = parseManifests(input.before);
  const after = parseManifests(input.after);
  const unknown = unknownStrategies(input.flags.strategies ?? []);
  const errors = [parsed, before, after].flatMap((result) => (result.ok ? [] : result.errors)).concat(unknown);
  if (!parsed.ok || !before.ok || !after.ok || errors.length > 0) return fail(...errors);
  const scenario = withFlags(parsed.value.scenario, input.flags);
  const changes = changesBetween(before.value, after.value);
  if (changes.changes.length === 0) return fail(nothingChanges(input.source, changes));
  const pointless = notOffered(input.flags.strategies ?? [], changes);
  if (pointless.length > 0) return fail(...pointless);
  const plans = plansOf(scenario, before.value, after.value, changes);
  const wanted = input.flags.strategies;
  const strategies = plans
    .filter(({ strategy }) => wanted === undefined || wanted.includes(strategy))
    .map((plan) => ({
      name: plan.strategy,
      label: STRATEGIES.find(({ name }) => name === plan.strategy)?.label ?? '',
      prepared: prepareStrategy(scenario, plan),
    }));
  const named = [input.scenarioFile, input.calibrationFile].filter((file) => file !== undefined);
  const files = [...named, ...input.before, ...input.after];
  const planWarnings = strategies.flatMap(({ prepared }) => [
    ...(prepared.model.plan.warnings ?? []),
    ...unknownTrafficNames(scenario.traffic, prepared.outcomes, prepared.longLived.flows),
  ]);
  return ok({
    scenario,
    source: input.source,
    overrides: input.overrides,
    before: before.value,
    after: after.value,
    changes,
    strategies,
    root: newRootKey(scenario.seed),
    horizonMs: horizonOf(parsed.value.scenario, before.value, after.value, changes),
    warnings: distinct([...before.value.warnings, ...after.value.warnings, ...changes.warnings, ...planWarnings]),
    inputs: { hash: hashOf(files, input.overrides), files: files.map(({ path }) => path) },
  });
}

/** From the file's own strategies: a flag that adds or drops one changes no other's share. */
function horizonOf(scenario: Scenario, before: ManifestSet, after: ManifestSet, changes: ChangeSet): number {
  return planHorizonMs(plansOf(scenario, before, after, changes), scenario.mesh.drainTimeS, scenario.horizonMs);
}

function withFlags(scenario: Scenario, flags: StudyFlags): Scenario {
  const strategies = { ...scenario.strategies };
  // A strategy that the command line names is compared even where the file does not list it.
  for (const name of flags.strategies ?? []) strategies[name] ??= {};
  return {
    ...scenario,
    strategies,
    trials: flags.trials ?? scenario.trials,
    seed: flags.seed ?? scenario.seed,
  };
}

function unknownStrategies(names: readonly string[]): UserError[] {
  const known = STRATEGIES.map(({ name }) => name);
  return names
    .filter((name) => !known.includes(name))
    .map((name) => ({
      code: 'XDS-STRATEGY-UNKNOWN',
      message: `there is no strategy "${name}"`,
      hint: `Strategies are ${known.join(', ')}; \`xdsim strategies\` explains them.`,
    }));
}

function notOffered(names: readonly string[], changes: ChangeSet): UserError[] {
  const offered = offeredStrategies(changes).map(({ name }) => name);
  return names
    .filter((name) => !offered.includes(name))
    .map((name) => ({
      code: 'XDS-STRATEGY-NOT-OFFERED',
      message: `${name} is about policies that this change does not touch`,
      hint: `For this change there are ${offered.join(', ')}.`,
    }));
}

function nothingChanges(source: string, { warnings }: ChangeSet): UserError {
  const others = warnings.find(({ code }) => code === 'XDS-UNMODELLED-CHANGE');
  return {
    code: 'XDS-CHANGE-NONE',
    message:
      others === undefined
        ? `before and after of ${source} hold the same objects: there is nothing to roll out`
        : `before and after of ${source} differ in nothing that is simulated; ${others.message}`,
    ...(others?.position && { position: others.position }),
    hint: 'Put what is applied now into before/ and what shall be applied into after/.',
  };
}

function distinct(warnings: readonly Warning[]): Warning[] {
  const seen = new Map(warnings.map((warning) => [`${warning.code}|${warning.message}`, warning]));
  return [...seen.values()];
}
