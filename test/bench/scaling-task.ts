/** What one size of mesh costs: run in a process of its own, so that peak memory is that size's alone. */
import { newMeshRun, runStudyTrial, type Study } from '@xdsim/sim-core';
import { newBlueGreen } from './blue-green.js';
import { peakMemoryMiB } from './peak-memory.js';
import { median } from './statistics.js';

export interface ScalingTask {
  readonly kind: 'scaling';
  readonly proxies: number;
  /** Time to spend until everything is compiled, and again to measure; at least one trial of each strategy. */
  readonly budgetMs: number;
}

/** Means over the strategies, each trial counting the same. */
export interface ScalingMeasurement {
  readonly msPerTrial: number;
  readonly eventsPerTrial: number;
  readonly peakMiB: number;
}

/** Trials whose events are counted: their number varies by a percent or so. */
const COUNTED_TRIALS = 3;

export function measureScaling({ proxies, budgetMs }: ScalingTask): ScalingMeasurement {
  const study = newBlueGreen(proxies);
  repeat(study, budgetMs);
  const roundMs = repeat(study, budgetMs);
  const peakMiB = peakMemoryMiB();
  return {
    msPerTrial: median(roundMs) / study.strategies.length,
    eventsPerTrial: countEvents(study) / study.strategies.length,
    peakMiB,
  };
}

/** Runs rounds of one trial of each strategy for a while; what each round took. */
function repeat(study: Study, budgetMs: number): number[] {
  const roundMs: number[] = [];
  const startMs = performance.now();
  for (let trial = 0; trial === 0 || performance.now() - startMs < budgetMs; trial++) {
    const roundStartMs = performance.now();
    for (const { name } of study.strategies) runStudyTrial(study, name, trial);
    roundMs.push(performance.now() - roundStartMs);
  }
  return roundMs;
}

/** Events that the kernel takes in one trial of each strategy. */
function countEvents(study: Study): number {
  const horizonNs = study.horizonMs * 1e6;
  let events = 0;
  for (const { prepared } of study.strategies) {
    for (let trial = 0; trial < COUNTED_TRIALS; trial++) {
      events += newMeshRun(prepared.model, { root: study.root, trial, horizonNs }).run({ emit: () => {} });
    }
  }
  return events / COUNTED_TRIALS;
}
