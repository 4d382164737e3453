/** Cases from disk or from YAML in a test, planned, and plans as lists that can be read. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Result, UserError } from '../../packages/sim-core/src/errors.js';
import { changesBetween } from '../../packages/sim-core/src/manifest/change-set.js';
import { parseManifests } from '../../packages/sim-core/src/manifest/parse-manifests.js';
import type { ManifestSet, SourceFile } from '../../packages/sim-core/src/manifest/types.js';
import type { PlannedWrite, RolloutPlan, WriteGroup } from '../../packages/sim-core/src/rollout/plan.js';
import { plansOf } from '../../packages/sim-core/src/rollout/registry.js';
import { parseScenario, scenarioFromFlags } from '../../packages/sim-core/src/rollout/scenario-reader.js';
import type { ScenarioInput } from '../../packages/sim-core/src/scenario/load.js';
import type { Override } from '../../packages/sim-core/src/scenario/overrides.js';

const SCENARIOS = fileURLToPath(new URL('../../scenarios', import.meta.url));

function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.errors.map(errorLine).join('\n'));
  return result.value;
}

export function errorLine({ code, message, position }: Pick<UserError, 'code' | 'message' | 'position'>): string {
  const place = position === undefined ? '' : `${position.file}:${position.line}:${position.column} `;
  return `${place}${code} ${message}`;
}

export const CASES = readdirSync(SCENARIOS).sort();

export interface Case {
  readonly input: ScenarioInput;
  readonly before: ManifestSet;
  readonly after: ManifestSet;
  readonly plans: ReadonlyMap<string, RolloutPlan>;
}

export function readCase(name: string): Case {
  const path = join(SCENARIOS, name, 'scenario.yaml');
  const file: SourceFile = { path: `scenarios/${name}/scenario.yaml`, text: readFileSync(path, 'utf8') };
  const input = unwrap(parseScenario(file));
  const before = manifests(folder(join(SCENARIOS, name, input.beforePath)));
  const after = manifests(folder(join(SCENARIOS, name, input.afterPath)));
  return planned(input, before, after);
}

export function caseOf(before: string, after: string, overrides: readonly Override[] = []): Case {
  return planned(
    inputFrom(overrides),
    manifests([{ path: 'before.yaml', text: before }]),
    manifests([{ path: 'after.yaml', text: after }]),
  );
}

const inputs = new Map<string, ScenarioInput>();

/** Kept, since property tests ask for the same ones many times. */
function inputFrom(overrides: readonly Override[]): ScenarioInput {
  const key = JSON.stringify(overrides);
  const input = inputs.get(key) ?? unwrap(scenarioFromFlags({ before: 'before', after: 'after' }, overrides));
  inputs.set(key, input);
  return input;
}

function planned(input: ScenarioInput, before: ManifestSet, after: ManifestSet): Case {
  const plans = plansOf(input.scenario, before, after, changesBetween(before, after));
  return { input, before, after, plans: new Map(plans.map((plan) => [plan.strategy, plan])) };
}

function manifests(files: readonly SourceFile[]): ManifestSet {
  return unwrap(parseManifests(files));
}

function folder(path: string): SourceFile[] {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
  return names.sort().map((name) => ({ path: name, text: readFileSync(join(path, name), 'utf8') }));
}

/** One line a group and one a write. */
export function planLines(plan: RolloutPlan | undefined): string[] {
  return (plan?.groups ?? []).flatMap((group) => [
    groupLine(group),
    ...group.writes.map((write) => `  ${writeLine(write)}`),
  ]);
}

function groupLine({ start, label, order, gate }: WriteGroup): string {
  const at = 'atMs' in start ? `at ${JSON.stringify(start.atMs)}` : `+${start.afterPreviousMs} ms`;
  const subsets = gate?.subsets.map(({ host, labels }) => `${host} ${JSON.stringify(labels)}`).join(', ');
  const wait = gate === undefined ? '' : `, when ready: ${subsets} (every ${gate.pollMs} ms, ${gate.timeoutMs} ms)`;
  return `${at} ${label}${order === 'random' ? ' in random order' : ''}${wait}`;
}

function writeLine({ action, key, revision, object }: PlannedWrite): string {
  const verb = action === 'delete' ? 'delete' : `apply ${revision}`;
  switch (object.type) {
    case 'DestinationRule':
      return `${verb} ${key} [${object.subsets.map(({ name }) => name).join(' ')}]`;
    case 'VirtualService': {
      const routes = object.http.map(({ destinations }) =>
        destinations.map(({ subset, host, weight }) => `${subset ?? host}:${weight}`).join(' '),
      );
      return `${verb} ${key} [${routes.join(' | ')}]`;
    }
    default:
      return `${verb} ${key}`;
  }
}
