/**
 * What the page and its engine say to each other. Every question is whole: it names the case, what is set over it, the
 * strategy and the trial, so that a worker that was killed can be replaced by a new one that knows nothing.
 */
import type { InspectReport, Override, Report, SourceFile, TraceEvent, UserError, Warning } from '@xdsim/sim-core';
import type { RolloutPicture } from '../rollout/picture.js';

/** Files of a case as the command line would read them from disk. */
export interface CaseFiles {
  readonly scenarioFile?: SourceFile;
  readonly calibrationFile?: SourceFile;
  /** How the case is named on a command line. */
  readonly source: string;
  readonly before: readonly SourceFile[];
  readonly after: readonly SourceFile[];
}

export interface StudyChoice {
  /** Name of a bundled case, or the files of another. */
  readonly source: string | CaseFiles;
  readonly sets: readonly Override[];
  /** undefined: of the scenario. */
  readonly seed?: string;
}

export interface RolloutChoice extends StudyChoice {
  readonly strategy: string;
  readonly trial: number;
}

/** What is known of a case before anything runs. */
export interface StudyFacts {
  readonly name: string;
  readonly source: string;
  readonly seed: string;
  readonly trials: number;
  readonly strategies: readonly { readonly name: string; readonly label: string }[];
  readonly mesh: {
    readonly istio: string;
    readonly sidecars: number;
    readonly gateways: number;
    readonly services: number;
    readonly istiodReplicas: number;
    readonly istiodCores: number;
    readonly workersPerProxy: number;
  };
  readonly requestsPerSecond: number;
  readonly debounceMs: number;
  readonly horizonMs: number;
  /** Path → value in the scenario, of what the page has sliders for beside the above and what is one number. */
  readonly values: Readonly<Record<string, number>>;
  readonly changes: readonly string[];
  readonly warnings: readonly Pick<Warning, 'code' | 'message'>[];
  readonly notModelled: readonly string[];
  readonly files: readonly SourceFile[];
}

/** One number per trial, for the shape of a distribution. */
export interface Samples {
  readonly errors: Float64Array;
  readonly failingMs: Float64Array;
  readonly completeMs: Float64Array;
}

/** Comparison so far; `report` is the command line's `--format json` at this number of trials. */
export interface ComparisonState {
  readonly trials: number;
  readonly of: number;
  readonly report: Report;
  readonly samples: Readonly<Record<string, Samples>>;
}

export type Question =
  | { readonly kind: 'study'; readonly choice: StudyChoice }
  | { readonly kind: 'rollout'; readonly choice: RolloutChoice }
  | { readonly kind: 'event'; readonly choice: RolloutChoice; readonly index: number }
  | { readonly kind: 'inspect'; readonly choice: RolloutChoice; readonly atNs: number; readonly proxy: number }
  | { readonly kind: 'compare'; readonly choice: StudyChoice; readonly trials: number }
  | { readonly kind: 'files'; readonly source: StudyChoice['source'] }
  | { readonly kind: 'scenario'; readonly choice: StudyChoice }
  | { readonly kind: 'parameters'; readonly choice: StudyChoice }
  | { readonly kind: 'template' }
  | { readonly kind: 'stop' };

/** What each kind of question is answered with. */
export interface Answers {
  readonly study: StudyFacts;
  readonly rollout: RolloutPicture;
  readonly event: TraceEvent | undefined;
  readonly inspect: InspectReport;
  readonly compare: ComparisonState;
  readonly files: CaseFiles | undefined;
  /** The scenario file with the values over it written into it. */
  readonly scenario: string;
  /** The same with every value in force, and where it comes from. */
  readonly parameters: string;
  /** A scenario file with every default and its source. */
  readonly template: string;
  readonly stop: undefined;
}

export type Asked = Question & { readonly id: number };

export type Told =
  | { readonly id: number; readonly type: 'answer'; readonly answer: Answers[keyof Answers] }
  | { readonly id: number; readonly type: 'partial'; readonly answer: Answers[keyof Answers] }
  | { readonly id: number; readonly type: 'refused'; readonly errors: readonly UserError[] };
