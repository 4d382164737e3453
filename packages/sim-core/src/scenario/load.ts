/**
 * A scenario file and what the command line sets over it, checked and resolved to a Scenario. All errors are reported
 * together.
 */
import { fail, ok, type Result, type UserError } from '../errors.js';
import { type Fields, isFields, ObjectSource } from '../manifest/object-source.js';
import { SourceText } from '../manifest/source-text.js';
import type { SourceFile } from '../manifest/types.js';
import { readYaml, type YamlDocument } from '../manifest/yaml-documents.js';
import { valuePaths } from './field-path.js';
import { errorsOfIssue, type Locate } from './issues.js';
import { merged, overridden, sizeIn, withoutBlanks } from './layers.js';
import { type Override, type ResolvedOverride, resolveOverride } from './overrides.js';
import {
  istioVersion,
  meshSizeName,
  newScenarioSchema,
  presetName,
  type ScenarioFile,
  type StrategySchemas,
} from './schema.js';
import type { Scenario } from './types.js';

const CALIBRATION_SCHEMA = 'xdsim.calibration/v1';

export interface ScenarioInput {
  readonly scenario: Scenario;
  /** As written: relative to the scenario file, or to where the command ran when given by flags. */
  readonly beforePath: string;
  readonly afterPath: string;
}

/** The calibration that a scenario names, as written; undefined: none, or the file cannot be read as a scenario. */
export function calibrationOf(file: SourceFile): string | undefined {
  const value = readYaml(new SourceText(file)).documents[0]?.value;
  return isFields(value) && typeof value.calibration === 'string' ? value.calibration : undefined;
}

/** @param calibration the file that the scenario names */
export function readScenario(
  file: SourceFile,
  overrides: readonly Override[],
  strategies: StrategySchemas,
  calibration?: SourceFile,
): Result<ScenarioInput> {
  const text = new SourceText(file);
  const yaml = readYaml(text);
  if (yaml.errors.length > 0) return fail(...yaml.errors);
  const document = yaml.documents[0] ?? { value: {}, offsetOf: () => undefined };
  const second = yaml.documents[1];
  if (second !== undefined) return fail(severalDocuments(text, second));
  const value = document.value ?? {};
  const source = new ObjectSource(text, isFields(value) ? value : {}, document.offsetOf);
  if (!isFields(value)) {
    const hint = 'Write fields, such as `before: before`; `xdsim init` writes a whole file.';
    return fail(source.problem('XDS-SCENARIO-VALUE', [], 'a scenario is a group of fields', hint));
  }
  const beneath = calibration === undefined ? undefined : readCalibration(calibration, strategies);
  if (beneath?.ok === false) return beneath;
  const written = merged(beneath?.value.values ?? {}, withoutBlanks(value));
  const input = resolve(written, overrides, strategies, (...problem) => source.problem(...problem));
  return input.ok ? ok(toInput(input.value, { file: file.path, name: folderOf(file.path) })) : input;
}

/** Values of a calibration, and the metric that each comes from where the file says so, by path. */
export interface CalibratedValues {
  readonly values: Fields;
  readonly sources: ReadonlyMap<string, string>;
}

/** Checked as fields of a scenario, so that what is wrong with them shows in their own file. */
export function readCalibration(file: SourceFile, strategies: StrategySchemas): Result<CalibratedValues> {
  const text = new SourceText(file);
  const { documents, errors } = readYaml(text);
  if (errors.length > 0) return fail(...errors);
  const value = documents[0]?.value;
  const source = new ObjectSource(text, isFields(value) ? value : {}, documents[0]?.offsetOf ?? (() => 0));
  if (!isFields(value) || value.schema !== CALIBRATION_SCHEMA || !isFields(value.values)) {
    const hint = '`xdsim calibrate --metrics FILE --out calibration.yaml` writes one.';
    return fail(source.problem('XDS-CALIBRATION-FORMAT', [], `${file.path} is no ${CALIBRATION_SCHEMA}`, hint));
  }
  const values = withoutBlanks(value.values);
  const checked = resolve({ before: '.', after: '.', ...values }, [], strategies, (code, path, message, hint) =>
    source.problem(code, ['values', ...path], message, hint),
  );
  return checked.ok ? ok({ values, sources: sourcesOf(value.taken) }) : checked;
}

function sourcesOf(taken: unknown): ReadonlyMap<string, string> {
  const entries = Array.isArray(taken) ? taken.filter(isFields) : [];
  return new Map(entries.map(({ field, from }) => [String(field), String(from)]));
}

/** `--before` and `--after` without a scenario file. */
export function readScenarioFlags(
  paths: { readonly before: string; readonly after: string },
  overrides: readonly Override[],
  strategies: StrategySchemas,
): Result<ScenarioInput> {
  const input = resolve({ ...paths }, overrides, strategies, (code, _, message, hint) => ({ code, message, hint }));
  return input.ok ? ok(toInput(input.value, { name: 'change' })) : input;
}

interface Resolved {
  readonly file: ScenarioFile;
  readonly userSet: ReadonlySet<string>;
}

function resolve(
  written: Fields,
  overrides: readonly Override[],
  strategies: StrategySchemas,
  locate: Locate,
): Result<Resolved> {
  const anySchema = newScenarioSchema(strategies);
  const found = overrides.map((override) => resolveOverride(override, anySchema));
  const errors: UserError[] = found.filter((override) => 'code' in override);
  const resolved: ResolvedOverride[] = found.filter((override) => 'text' in override);
  const data = overridden(withAllStrategies(written, resolved, strategies), resolved);
  const [preset, size] = [presetName.safeParse(data.preset), meshSizeName.safeParse(sizeIn(data))];
  const schema = newScenarioSchema(strategies, preset.data, size.data);
  const checked = schema.safeParse(data);
  if (!checked.success) {
    const place = locateIn(resolved, locate);
    errors.push(...checked.error.issues.flatMap((issue) => errorsOfIssue(issue, schema, data, place)));
  }
  if (errors.length > 0 || !checked.success) return fail(...errors.sort(byPlace));
  return ok({ file: checked.data, userSet: new Set(valuePaths(anySchema, overridden(written, resolved))) });
}

/** Setting a parameter of one strategy does not leave out the others. */
function withAllStrategies(
  written: Fields,
  overrides: readonly ResolvedOverride[],
  strategies: StrategySchemas,
): Fields {
  const setsParameter = overrides.some(({ path }) => path[0] === 'strategies' && path.length > 1);
  if (written.strategies !== undefined || !setsParameter) return written;
  return { ...written, strategies: Object.fromEntries(Object.keys(strategies).map((name) => [name, {}])) };
}

/** A problem below an override's path is a problem of that override. */
function locateIn(overrides: readonly ResolvedOverride[], locate: Locate): Locate {
  return (code, path, message, hint) => {
    const isAbove = (override: ResolvedOverride) => override.path.every((step, at) => path[at] === step);
    const override = overrides.findLast(isAbove);
    if (override === undefined) return locate(code, path, message, hint);
    const position = override.text.positionAt(override.valueOffset);
    return { code, message, position, excerpt: override.text.excerpt(1), hint };
  };
}

function toInput({ file, userSet }: Resolved, from: { name: string; file?: string }): ScenarioInput {
  const { schema: _, name, before, after, readiness, preset: __, calibration: ___, seed, mesh, ...rest } = file;
  const scenario: Scenario = {
    ...rest,
    name: name ?? from.name,
    file: from.file,
    seed: String(seed),
    mesh: { ...mesh, istio: istioVersion(mesh.istio) },
    readinessMs: readiness.newVersionMs,
    strategies: file.strategies as Scenario['strategies'],
    userSet,
  };
  return { scenario, beforePath: before, afterPath: after };
}

/** `scenarios/blue-green/scenario.yaml` is named blue-green; a file in no folder has the file's name. */
function folderOf(path: string): string {
  const steps = path.split(/[\\/]/).filter((step) => step !== '' && step !== '.');
  return steps.at(-2) ?? steps[0]?.replace(/\.ya?ml$/, '') ?? 'scenario';
}

function severalDocuments(text: SourceText, second: YamlDocument): UserError {
  const position = text.positionAt(second.offsetOf([]) ?? 0);
  const excerpt = text.excerpt(position.line);
  const hint = 'Keep one document; manifests belong into `before` and `after`.';
  return { code: 'XDS-SCENARIO-DOCUMENTS', message: 'a scenario is one YAML document', position, excerpt, hint };
}

function byPlace(left: UserError, right: UserError): number {
  const lines = (left.position?.line ?? 0) - (right.position?.line ?? 0);
  return lines === 0 ? (left.position?.column ?? 0) - (right.position?.column ?? 0) : lines;
}
