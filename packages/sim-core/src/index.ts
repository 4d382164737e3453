/** The public surface, sorted by file; all else is private. */
export {
  fail,
  ok,
  type Result,
  type SourcePosition,
  type UserError,
  unreachable,
  type Warning,
} from './errors.js';
export { nearestWord } from './manifest/nearest-word.js';
export { parseManifests } from './manifest/parse-manifests.js';
export type { SourceFile } from './manifest/types.js';
export { newDictionary } from './mesh/dictionary.js';
export { newMeshRun } from './mesh/run.js';
export { STRATEGIES } from './rollout/registry.js';
export { parseScenario, scenarioJsonSchema, scenarioTemplate } from './rollout/scenario-reader.js';
export type { Override } from './scenario/overrides.js';
export type { Scenario } from './scenario/types.js';
export { commandFor, newReport } from './study/report.js';
export { type Report, reportSchema } from './study/report-schema.js';
export { newStudy, runStudyTrial, type Study, type StudyFlags, type StudyInput } from './study/study.js';
export type { PreparedStrategy, TrialResult } from './study/trial.js';
export { type TraceDictionary, TraceKind, type TraceSink, XDS_TYPE_NAMES } from './trace/events.js';
export { FanOut } from './trace/fan-out.js';
export { Convergence } from './traffic/convergence.js';
export { Exposure } from './traffic/exposure.js';
export type { CellComparison } from './validation/compare-cell.js';
export { readLab } from './validation/lab-folder.js';
export { reasonsAgainst, VALIDATION_SEED, VALIDATION_TRIALS, validateCell } from './validation/validate.js';
export { newValidationReport, type ValidationReport, validationReportSchema } from './validation/validation-report.js';
