/** What the page and its worker say to each other. */
import type { TrialResult, UserError } from '@xdsim/sim-core';
import type { RolloutTimeline } from './rollout-timeline.js';

export interface RunRequest {
  /** Answers carry it, so that a late one for an earlier choice is dropped. */
  readonly id: number;
  readonly strategy: string;
  readonly trial: number;
}

/** What is known before the first run. */
export interface CaseFacts {
  readonly name: string;
  readonly source: string;
  readonly seed: string;
  readonly strategies: readonly { readonly name: string; readonly label: string }[];
  /** What the run rests on, in words. */
  readonly assumptions: readonly string[];
}

export interface RunAnswer {
  readonly id: number;
  readonly timeline: RolloutTimeline;
  readonly result: TrialResult;
}

export type EngineMessage =
  | { readonly type: 'ready'; readonly facts: CaseFacts }
  | { readonly type: 'run'; readonly answer: RunAnswer }
  | { readonly type: 'refused'; readonly errors: readonly UserError[] };
