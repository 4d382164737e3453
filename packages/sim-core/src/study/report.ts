/** The report of a comparison, contract `xdsim.report/v1`. */
import { NOT_MODELLED } from './not-modelled.js';
import { rank } from './ranking.js';
import { recommend } from './recommendation.js';
import type { Report } from './report-schema.js';
import { sensitivities } from './sensitivity.js';
import { newStrategyReport } from './strategy-report.js';
import type { Study } from './study.js';
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
    recommended: recommend(strategies, ranking, results),
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
