/** What the main thread and its workers say to each other. */
import type { CellComparison, Factors, Losses, Result, SourceFile, StudyInput, TrialResult } from '@xdsim/sim-core';

/** Some trials of one strategy: `from` included, `to` not. */
export interface TrialTask {
  readonly strategy: string;
  readonly from: number;
  readonly to: number;
}

/** One measured cell, by its place in the lab's folder. */
export interface CellTask {
  readonly index: number;
}

/** One measured cell under other unit costs. */
export interface LossTask {
  readonly index: number;
  readonly factors: Factors;
}

export interface CellsInput {
  readonly files: readonly SourceFile[];
  readonly trials: number;
  readonly seed: string;
}

/** The kinds of work: what a worker is started with, what it is asked, what it answers. */
export interface Jobs {
  readonly trials: { readonly input: StudyInput; readonly task: TrialTask; readonly answer: readonly TrialResult[] };
  readonly cells: { readonly input: CellsInput; readonly task: CellTask; readonly answer: Result<CellComparison> };
  readonly losses: { readonly input: CellsInput; readonly task: LossTask; readonly answer: Result<Losses> };
}

export type JobKind = keyof Jobs;

/** Each worker compiles the input for itself: what it makes of it does not travel between threads. */
export interface WorkerData<K extends JobKind = JobKind> {
  readonly kind: K;
  readonly input: Jobs[K]['input'];
}

export type WorkerMessage<K extends JobKind = JobKind> =
  | { readonly type: 'answer'; readonly task: number; readonly answer: Jobs[K]['answer'] }
  | { readonly type: 'defect'; readonly message: string; readonly stack: string };

export interface WorkerRequest<K extends JobKind = JobKind> {
  /** Place in the list of tasks, by which the answers are put in order. */
  readonly task: number;
  readonly content: Jobs[K]['task'];
}
