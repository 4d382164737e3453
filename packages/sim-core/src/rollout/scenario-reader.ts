/** The scenario file as the tool reads it: the scenario room's format with the parameters of our strategies. */
import type { Result } from '../errors.js';
import type { SourceFile } from '../manifest/types.js';
import { newScenarioJsonSchema } from '../scenario/json-schema.js';
import {
  type CalibratedValues,
  readCalibration,
  readScenario,
  readScenarioFlags,
  type ScenarioInput,
} from '../scenario/load.js';
import type { Override } from '../scenario/overrides.js';
import { newScenarioParameters } from '../scenario/parameters.js';
import { newScenarioTemplate, type TemplateValues } from '../scenario/template.js';
import { writtenOverrides } from '../scenario/written-overrides.js';
import { STRATEGY_SCHEMAS } from './registry.js';

/** @param calibration the file that the scenario names, see calibrationOf */
export function parseScenario(
  file: SourceFile,
  overrides: readonly Override[] = [],
  calibration?: SourceFile,
): Result<ScenarioInput> {
  return readScenario(file, overrides, STRATEGY_SCHEMAS, calibration);
}

/** `--before DIR --after DIR` in place of a scenario file. */
export function scenarioFromFlags(
  paths: { readonly before: string; readonly after: string },
  overrides: readonly Override[] = [],
): Result<ScenarioInput> {
  return readScenarioFlags(paths, overrides, STRATEGY_SCHEMAS);
}

/** What `calibrate` has written, checked as fields of a scenario. */
export function parseCalibration(file: SourceFile): Result<CalibratedValues> {
  return readCalibration(file, STRATEGY_SCHEMAS);
}

/** The scenario file with what was set over it written into it. */
export function scenarioWith(file: SourceFile, overrides: readonly Override[]): string {
  return writtenOverrides(file, overrides, STRATEGY_SCHEMAS);
}

/** A commented scenario file with every default spelled out. */
export function scenarioTemplate(values: TemplateValues): string {
  return newScenarioTemplate(values, STRATEGY_SCHEMAS);
}

/** The scenario file with every value in force spelled out, and where it comes from. */
export function scenarioParameters(file: SourceFile, overrides: readonly Override[], calibration?: SourceFile): string {
  return newScenarioParameters(file, overrides, STRATEGY_SCHEMAS, calibration);
}

export function scenarioJsonSchema(): Readonly<Record<string, unknown>> {
  return newScenarioJsonSchema(STRATEGY_SCHEMAS);
}
