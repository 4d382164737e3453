/**
 * The time until a comparison is precise enough to decide by, from reading the files on, in a fresh process: as a user
 * waits for it, compilation included.
 */
import { runStudyTrial } from '@xdsim/sim-core';
import { estimateMean } from '../../packages/sim-core/src/study/estimates.js';
import { newBlueGreen } from './blue-green.js';

export interface PrecisionTask {
  readonly kind: 'precision';
  readonly proxies: number;
  /** Fewer trials say too little of their own spread. */
  readonly minTrials: number;
}

export interface PrecisionMeasurement {
  readonly seconds: number;
  /** Of all threads, the engine's compilers and collectors too. */
  readonly cpuSeconds: number;
  /** Over all strategies. */
  readonly trials: number;
  /** Largest half-width of a 95 % interval, as a share of what is allowed. */
  readonly worstOfAllowed: number;
}

/** Half-width allowed: a share of the strategy's own mean, or of the largest, where errors are next to none. */
const SHARE_OF_OWN = 0.05;
const SHARE_OF_LARGEST = 1e-3;

const MAX_TRIALS = 10_000;

export function measurePrecision({ proxies, minTrials }: PrecisionTask): PrecisionMeasurement {
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  const study = newBlueGreen(proxies);
  const errors = new Map<string, number[]>(study.strategies.map(({ name }) => [name, []]));
  let imprecise = [...errors.keys()];
  for (let trial = 0; imprecise.length > 0; trial++) {
    if (trial === MAX_TRIALS) throw new Error(`not precise after ${trial} trials: ${imprecise}`);
    for (const name of imprecise) {
      const values = errors.get(name) as number[];
      values.push(runStudyTrial(study, name, values.length).errors);
    }
    if (trial + 1 >= minTrials) imprecise = [...errors.keys()].filter((name) => shareOfAllowed(errors, name) > 1);
  }
  const { user, system } = process.cpuUsage(startCpu);
  return {
    seconds: (performance.now() - startMs) / 1e3,
    cpuSeconds: (user + system) / 1e6,
    trials: [...errors.values()].reduce((sum, values) => sum + values.length, 0),
    worstOfAllowed: Math.max(...[...errors.keys()].map((name) => shareOfAllowed(errors, name))),
  };
}

/** Half-width of a strategy's interval, as the report computes it, over what is allowed; at most 1 when precise. */
function shareOfAllowed(errors: ReadonlyMap<string, readonly number[]>, name: string): number {
  const estimates = new Map([...errors].map(([strategy, values]) => [strategy, estimateMean(values)]));
  const largest = Math.max(...[...estimates.values()].map(({ mean }) => mean));
  const { mean, ci95 } = estimates.get(name) as ReturnType<typeof estimateMean>;
  const half = Math.max(ci95[1] - mean, mean - ci95[0]);
  return half === 0 ? 0 : half / Math.max(SHARE_OF_OWN * mean, SHARE_OF_LARGEST * largest);
}
