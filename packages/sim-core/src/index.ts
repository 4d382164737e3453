/** The public surface, sorted by file; all else is private. */
export { type Calibration, calibrate } from './calibration/calibrate.js';
export { type CalibrationFile, calibrationSchema, newCalibrationFile } from './calibration/calibration-file.js';
export { GAUGES, metricsOf, type Sample, type Scrape } from './calibration/scrape.js';
export { fail, ok, type Result, type SourcePosition, type UserError, unreachable, type Warning } from './errors.js';
export { CAUSE_TEXTS, REFUSAL_TEXTS } from './explain/causes.js';
export { explain, explanations } from './explain/explain.js';
export { EXPLAINED_KINDS, type ExplainedKind, type Explanation } from './explain/explanation.js';
export { Draws, type RootKey } from './kernel/random.js';
export { nearestWord } from './manifest/nearest-word.js';
export { parseManifests } from './manifest/parse-manifests.js';
export { podName } from './manifest/pod-name.js';
export type { DestinationRule, HttpMatch, SourceFile, VirtualService } from './manifest/types.js';
export { ruleFor } from './mesh/cluster-table.js';
export { newDictionary } from './mesh/dictionary.js';
export type { PushContents } from './mesh/istiod/push-content.js';
export { type MeshState, Presence } from './mesh/mesh-state.js';
export type { MeshModel } from './mesh/model.js';
export { newMeshRun } from './mesh/run.js';
export { StateAt } from './mesh/state-at.js';
export { STRATEGIES } from './rollout/registry.js';
export {
  parseCalibration,
  parseScenario,
  scenarioFromFlags,
  scenarioJsonSchema,
  scenarioParameters,
  scenarioTemplate,
  scenarioWith,
} from './rollout/scenario-reader.js';
export { BEHAVIOURS, ISTIO_VERSIONS, type IstioVersion } from './scenario/istio-versions.js';
export { calibrationOf } from './scenario/load.js';
export { MESH_SIZES } from './scenario/mesh-sizes.js';
export type { Override } from './scenario/overrides.js';
export { PRESETS } from './scenario/presets.js';
export type { MeshSizeName, Scenario } from './scenario/types.js';
export { answerOf, refusalInWords } from './story/causes.js';
export { newInspectReport } from './story/inspect.js';
export { addressOf } from './story/inspect-proxy.js';
export {
  clustersTable,
  clustersWithoutEndpoints,
  endpointsTable,
  type IstioctlTable,
  routesInWords,
  routesTable,
} from './story/istioctl.js';
export { eventsOf, type Focus, focusOf, newRollout, type Rollout, traceHeaderOf } from './story/rollout.js';
export { failureOf } from './story/windows.js';
export { NOT_MODELLED } from './study/not-modelled.js';
export { type PackedStudy, packStudy, unpackStudy } from './study/packed-study.js';
export { commandFor, newReport } from './study/report.js';
export { type Report, reportSchema } from './study/report-schema.js';
export { type LoggedRequest, sampleRequests } from './study/sampled-requests.js';
export {
  newStudy,
  type Study,
  type StudyFlags,
  type StudyInput,
  type StudyStrategy,
} from './study/study.js';
export { runStudyTrial } from './study/study-trial.js';
export type { PreparedStrategy, TrialResult } from './study/trial.js';
export {
  type ComparedVersion,
  compareVersions,
  type VersionsComparison,
  versionsComparisonSchema,
} from './study/versions-comparison.js';
export { decode, istiodName } from './trace/decode.js';
export { type TraceDictionary, TraceKind, type TraceSink, XDS_TYPE_NAMES, XdsType } from './trace/events.js';
export { FanOut } from './trace/fan-out.js';
export { type InspectReport, inspectReportSchema } from './trace/inspect-report.js';
export { encodeNdjson, traceLineSchema } from './trace/ndjson.js';
export { Recording } from './trace/recording.js';
export { type RolloutWindow, type RunReport, runReportSchema, type TimelineEntry } from './trace/run-report.js';
export type { TraceEvent, TraceHeader } from './trace/trace-event.js';
export { Convergence, type ConvergenceTotals } from './traffic/convergence.js';
export { Exposure, type ExposureTotals } from './traffic/exposure.js';
export type { FateListener } from './traffic/long-lived/fates.js';
export { LongLived } from './traffic/long-lived/long-lived.js';
export type { Refusal } from './traffic/long-lived/openings.js';
export type { LongLivedTotals } from './traffic/long-lived/totals.js';
export { type Bucket, isFailure, type Outcome, type Outcomes } from './traffic/outcomes.js';
export { takesHttp } from './traffic/request-classes.js';
export { bodyOf, endingOf, grpcStatusOf } from './traffic/response-flags.js';
export { withExtra } from './traffic/sampled/extra-failures.js';
export type { Cell } from './validation/cell.js';
export type { CellComparison } from './validation/compare-cell.js';
export {
  cellLosses,
  costOf,
  type Factors,
  FITTED_COSTS,
  isFittable,
  type Losses,
} from './validation/fit.js';
export { type Fit, type FitProgress, searchFactors } from './validation/fit-search.js';
export { readLab } from './validation/lab-folder.js';
export { reasonsAgainst, VALIDATION_SEED, VALIDATION_TRIALS, validateCell } from './validation/validate.js';
export { newValidationReport, type ValidationReport, validationReportSchema } from './validation/validation-report.js';
