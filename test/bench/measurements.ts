/** Everything that is measured, as results with their goals. */
import { runKernelRounds } from './kernel/rounds.js';
import { atLeast, atMost, below, newResult } from './result.js';
import type { BenchResult } from './schema.js';
import { growthExponent, median } from './statistics.js';
import { canPin, runPrecision, runScaling } from './tasks.js';

/** How much to measure. */
export interface Effort {
  readonly kernelRounds: number;
  readonly processRounds: number;
  readonly budgetMs: number;
  readonly minTrials: number;
}

export const FULL: Effort = { kernelRounds: 7, processRounds: 3, budgetMs: 1_000, minTrials: 5 };

/** Everything once: shows that it runs, not how fast. */
export const SMOKE: Effort = { kernelRounds: 1, processRounds: 1, budgetMs: 0, minTrials: 2 };

const SIZES = [10, 100, 1_000];
const GOAL_PROXIES = 1_000;

export type Say = (text: string) => void;

/** The event queue alone; the medians are of ratios within a round. */
export function measureKernel({ kernelRounds }: Effort, say: Say): BenchResult[] {
  say(`kernel: hold model, ${kernelRounds} rounds`);
  const kernel = runKernelRounds(kernelRounds);
  const results = [newResult('kernel/events-per-second', kernel.eventsPerSecond, 'events/s')];
  if (kernel.oursOverCpp === null) say('kernel/c++ left out: there is no C++ compiler');
  else results.push(newResult('kernel/c++', kernel.oursOverCpp, '× time of std::priority_queue', atMost(1)));
  if (kernel.simpyOverOurs === null) say('kernel/simpy left out: python3 has no simpy (XDSIM_PYTHON names another)');
  else results.push(newResult('kernel/simpy', kernel.simpyOverOurs, '× as fast as SimPy', atLeast(20)));
  // Were it slower than objects and closures, those would be the clearer kernel.
  results.push(newResult('kernel/closures', kernel.closuresOverOurs, '× as fast as closures in a heap', atLeast(1)));
  return results;
}

/** Sizes take turns, so that a machine that slows down slows all of them. */
export function measureScaling({ processRounds, budgetMs }: Effort, say: Say): BenchResult[] {
  const rounds = Array.from({ length: processRounds }, (_, round) => {
    say(`blue-green: ${SIZES.join(', ')} proxies, round ${round + 1} of ${processRounds}`);
    return SIZES.map((proxies) => runScaling({ kind: 'scaling', proxies, budgetMs }));
  });
  const sizes = SIZES.map((proxies, index) => {
    const measured = rounds.map((sizesOfRound) => sizesOfRound[index]);
    return {
      proxies,
      msPerTrial: median(measured.map(({ msPerTrial }) => msPerTrial)),
      eventsPerSecond: median(measured.map(({ eventsPerTrial, msPerTrial }) => (eventsPerTrial / msPerTrial) * 1e3)),
      peakMiB: median(measured.map(({ peakMiB }) => peakMiB)),
    };
  });
  const exponent = growthExponent(sizes.map(({ proxies, msPerTrial }) => [proxies, msPerTrial]));
  return [
    ...sizes.flatMap(({ proxies, msPerTrial, eventsPerSecond, peakMiB }) => [
      newResult(`blue-green/${proxies}/events-per-second`, eventsPerSecond, 'events/s'),
      newResult(`blue-green/${proxies}/trials-per-second`, 1e3 / msPerTrial, 'trials/s'),
      newResult(`blue-green/${proxies}/peak-memory`, peakMiB, 'MiB'),
    ]),
    newResult('blue-green/growth-exponent', exponent, 'of time per trial in proxies', atMost(1.1)),
  ];
}

/** All strategies of blue-green, to ±5 % of each mean or 0.1 % of the largest. */
export function measurePrecision({ processRounds, minTrials }: Effort, say: Say): BenchResult[] {
  say(`study: ${GOAL_PROXIES} proxies until precise, ${processRounds} rounds`);
  if (!canPin()) say('there is no taskset: the process is not kept on one core');
  const rounds = Array.from({ length: processRounds }, () =>
    runPrecision({ kind: 'precision', proxies: GOAL_PROXIES, minTrials }),
  );
  const name = `study/${GOAL_PROXIES}`;
  return [
    newResult(`${name}/time-to-precise`, median(rounds.map(({ seconds }) => seconds)), 's', below(3)),
    newResult(`${name}/cpu-to-precise`, median(rounds.map(({ cpuSeconds }) => cpuSeconds)), 's'),
    newResult(`${name}/trials`, median(rounds.map(({ trials }) => trials)), 'trials'),
    newResult(
      `${name}/half-width`,
      median(rounds.map((round) => round.worstOfAllowed)),
      'of what is allowed',
      atMost(1),
    ),
  ];
}
