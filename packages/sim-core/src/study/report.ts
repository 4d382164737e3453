/** The report of a comparison, contract `xdsim.report/v1`. */
import { NOT_MODELLED } from './not-modelled.js';
import { rank, type RankedGroup } from './ranking.js';
import type { Report, StrategyReport } from './report-schema.js';
import { sensitivities } from './sensitivity.js';
import type { Study } from './study.js';
import { newStrategyReport } from './strategy-report.js';
import type { TrialResult } from './trial.js';

/**
 * @param results per strategy its finished trials, in trial order; strategies without any are left out
 */
export function newReport(
  study: Study,
  results: ReadonlyMap<string, readonly TrialResult[]>,
  tool: { readonly name: string; readonly version: string },
): Report {
  const { scenario, horizonMs } = study;
  const { requestsPerSecond } = scenario.traffic;
  // In the order of the registry, so that the order on the command line changes no byte.
  const finished = study.strategies.filter(({ name }) => (results.get(name)?.length ?? 0) > 0);
  const strategies = finished.map(({ name, label }) =>
    newStrategyReport(
      { name, label, commandFor: (trial) => commandFor(study, name, trial) },
      results.get(name) as readonly TrialResult[],
      { requestsPerSecond, horizonMs },
    ),
  );
  const ranking = rank(new Map(finished.map(({ name }) => [name, results.get(name) as readonly TrialResult[]])));
  return {
    schema: 'xdsim.report/v1',
    tool: { name: tool.name, version: tool.version },
    inputs: { hash: study.inputs.hash, files: [...study.inputs.files] },
    scenario: {
      name: scenario.name,
      file: scenario.file ?? null,
      seed: scenario.seed,
      trials: Math.max(0, ...[...results.values()].map((trials) => trials.length)),
      istio: scenario.mesh.istio,
      proxies: { sidecar: scenario.mesh.sidecars, gateway: scenario.mesh.gateways },
      requestsPerSecond,
      horizonMs,
    },
    change: {
      objects: study.changes.changes.map(({ kind, namespace, name, action, position, details }) => ({
        kind,
        namespace,
        name,
        action,
        file: position.file,
        line: position.line,
        details: [...details],
      })),
    },
    strategies,
    ranking: ranking.map(({ group, names }) => ({ group, names: [...names] })),
    recommended: recommend(strategies, ranking),
    sensitivity: sensitivities(scenario, strategies).map(({ parameter, why }) => ({ parameter, why })),
    notModelled: [...NOT_MODELLED],
    warnings: study.warnings.map(({ code, message, position }) => ({
      code,
      message,
      file: position?.file ?? null,
      line: position?.line ?? null,
    })),
  };
}

/** The command that tells one trial's story. */
export function commandFor(study: Study, strategy: string, trial: number): string {
  const overrides = study.overrides.map(({ path, value }) => ` --set ${quoted(`${path}=${value}`)}`).join('');
  return `xdsim run ${study.source} --strategy ${strategy} --trial ${trial} --seed ${quoted(study.scenario.seed)}${overrides}`;
}

function quoted(word: string): string {
  return /^[\w.,:=/@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The first of the best group that does the whole change; a rollout that stops half way is no choice. */
function recommend(strategies: readonly StrategyReport[], ranking: readonly RankedGroup[]): Report['recommended'] {
  const order = ranking.flatMap(({ names }) => names);
  const byName = new Map(strategies.map((strategy) => [strategy.name, strategy]));
  const settles = (name: string): boolean => (byName.get(name)?.unsettledShare.mean ?? 1) < 0.5;
  const chosen = order.find(settles) ?? order[0];
  if (chosen === undefined) return { strategy: '', why: 'no trial was finished' };
  return { strategy: chosen, why: reason(byName.get(chosen) as StrategyReport, strategies, ranking, settles(chosen)) };
}

function reason(
  chosen: StrategyReport,
  strategies: readonly StrategyReport[],
  ranking: readonly RankedGroup[],
  settles: boolean,
): string {
  if (!settles) return 'no strategy completes the change within the horizon; look at its warnings first';
  const { perRollout } = chosen.errors;
  const expected = perRollout.noneSeen
    ? `no 5xx in any of ${chosen.failures.perRollout.noneSeen ? 'its' : 'the'} trials`
    : `${perRollout.mean.toPrecision(3)} expected 5xx per rollout`;
  const worst = strategies.reduce((a, b) => (b.errors.perRollout.mean > a.errors.perRollout.mean ? b : a));
  const against = worst === chosen ? '' : ` against ${worst.errors.perRollout.mean.toPrecision(3)} with ${worst.name}`;
  const peers = ranking.find(({ names }) => names.includes(chosen.name))?.names.filter((name) => name !== chosen.name);
  const tie = peers === undefined || peers.length === 0 ? '' : `; as good within the confidence and slower: ${peers.join(', ')}`;
  return `${expected}${against}, complete in ${seconds(chosen.completeMs.p95)} (p95)${tie}`;
}

function seconds(ms: number | null): string {
  return ms === null ? 'an unknown time' : `${(ms / 1000).toPrecision(3)} s`;
}
