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
export { newRootKey } from './kernel/random.js';
export { nearestWord } from './manifest/nearest-word.js';
export { parseManifests } from './manifest/parse-manifests.js';
export type { SourceFile } from './manifest/types.js';
export { STRATEGIES } from './rollout/registry.js';
export { parseScenario, scenarioJsonSchema, scenarioTemplate } from './rollout/scenario-reader.js';
export type { Override } from './scenario/overrides.js';
export { PRESETS } from './scenario/presets.js';
export type { Scenario } from './scenario/types.js';
export { commandFor, newReport } from './study/report.js';
export { type Report, reportSchema } from './study/report-schema.js';
export { newStudy, runStudyTrial, type Study, type StudyFlags, type StudyInput } from './study/study.js';
export type { TrialResult } from './study/trial.js';
export { type CellComparison, compareCell } from './validation/compare-cell.js';
export { readLab } from './validation/lab-folder.js';
export { simulateCell } from './validation/simulate-cell.js';
export { reasonsAgainst, VALIDATION_SEED, VALIDATION_TRIALS } from './validation/validate.js';
export { newValidationReport, type ValidationReport, validationReportSchema } from './validation/validation-report.js';
