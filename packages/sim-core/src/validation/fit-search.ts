/** The search for the factors: one cost after the other, up and down, with steps that halve. */
import { exp, log } from '../kernel/elementary.js';
import { type Factors, FITTED_COSTS, type FittedCost, type Losses } from './fit.js';

export interface FitProgress {
  readonly round: number;
  readonly cost: FittedCost;
  readonly factors: Factors;
  readonly losses: Losses;
}

export interface Fit {
  readonly factors: Factors;
  readonly start: Losses;
  readonly end: Losses;
}

const FIRST_STEP = 1.5;

/** A step has to gain this share of the loss: less is the luck of the trials. */
const GAIN_MIN = 0.002;

/**
 * @param lossesOf the losses over all cells under these factors
 * @param rounds through all costs; the steps become smaller from round to round
 */
export async function searchFactors(
  lossesOf: (factors: Factors) => Promise<Losses>,
  rounds: number,
  onStep: (progress: FitProgress) => void,
): Promise<Fit> {
  const start = await lossesOf({});
  let factors: Factors = {};
  let losses = start;
  for (let round = 0, logStep = log(FIRST_STEP); round < rounds; round++, logStep /= 2) {
    const step = exp(logStep);
    for (const cost of FITTED_COSTS) {
      for (const factor of [step, 1 / step]) {
        const tried = { ...factors, [cost]: (factors[cost] ?? 1) * factor };
        const found = await lossesOf(tried);
        if (!(found.fitted < losses.fitted * (1 - GAIN_MIN))) continue;
        factors = tried;
        losses = found;
        break;
      }
      onStep({ round, cost, factors, losses });
    }
  }
  return { factors, start, end: losses };
}
