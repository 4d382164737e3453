/**
 * Where the mean of a lab's counts will lie if the simulation is right: its trials are drawn from the simulated ones, and
 * each count varies around what its trial expects.
 */
import { log, normalQuantile, poissonCdf } from '../kernel/elementary.js';
import { Draws, type RootKey } from '../kernel/random.js';
import type { FlagCount } from './failure-counts.js';

const REPLICATES = 2000;
/** Both tails of a 99 % interval. */
const TAIL = 0.005;

const Purpose = { Trial: 0, Count: 1 } as const;

/**
 * 99 % interval of the sum over `size` trials.
 * @param trials expected number and variance of each simulated trial
 */
export function predictSum(
  trials: readonly FlagCount[],
  size: number,
  root: RootKey,
): readonly [low: number, high: number] {
  const sums = new Float64Array(REPLICATES);
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    const draws = new Draws(root, replicate);
    let expected = 0;
    let variance = 0;
    for (let i = 0; i < size; i++) {
      const trial = trials[Math.floor(draws.uniform(i, Purpose.Trial, 0) * trials.length)];
      expected += trial.expected;
      variance += trial.variance;
    }
    sums[replicate] = translatedPoisson(expected, variance, draws.uniform(0, Purpose.Count, 0));
  }
  sums.sort();
  return [sums[Math.floor(TAIL * REPLICATES)], sums[Math.ceil((1 - TAIL) * REPLICATES) - 1]];
}

/**
 * A count that is a sum of independent yes and no, with a given mean and a variance below it: a whole number that is
 * certain, plus a Poisson number (Röllin, "Translated Poisson approximation", 2007).
 */
function translatedPoisson(mean: number, variance: number, u: number): number {
  const certain = Math.floor(mean - variance);
  return certain + poissonQuantile(u, mean - certain);
}

function poissonQuantile(u: number, mean: number): number {
  let k = Math.max(0, Math.floor(mean + normalQuantile(u) * Math.sqrt(mean)));
  while (poissonCdf(k, mean) < u) k++;
  while (k > 0 && poissonCdf(k - 1, mean) >= u) k--;
  return k;
}

/** Counts per proxy up to which the lab repeats itself within FACTOR_FEW only, and from which within FACTOR_MANY. */
const FEW = 3;
const MANY = 50;
const FACTOR_FEW = 1.9;
const FACTOR_MANY = 1.1;

/**
 * The lab's own repeatability (its README): blocks of trials differ by up to a factor 1.9 where failures per proxy are
 * few and by about 10 % where they are many; between the two this falls with the logarithm of the count.
 */
export function repeatabilityFactor(perProxy: number): number {
  if (perProxy <= FEW) return FACTOR_FEW;
  if (perProxy >= MANY) return FACTOR_MANY;
  return FACTOR_FEW + ((FACTOR_MANY - FACTOR_FEW) * log(perProxy / FEW)) / log(MANY / FEW);
}
