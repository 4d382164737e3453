/**
 * Tails of a distribution, exactly: what renewal theory asks of lifetimes. In a steady state with openings at a constant
 * rate r, r · excess(x) of what is open at a moment is still open x later, and r · mean is open.
 */
import type { Distribution } from './distribution.js';
import { newSampler } from './distribution.js';
import { gammaUpperTail, log, normalCdf } from './elementary.js';

export interface Lifetime {
  readonly mean: number;
  /** P(L > x). */
  survival(x: number): number;
  /** E[max(L − x, 0)], the integral of survival from x on; 0 at infinity. */
  excess(x: number): number;
}

const NORMAL_P95 = 1.6448536269514722;

/** The same distribution as newSampler's, whose checks hold here too. */
export function newLifetime(d: Distribution): Lifetime {
  const { mean, isConstant } = newSampler(d);
  if (typeof d === 'number' || isConstant || 'constant' in d) return constant(mean);
  if ('uniform' in d) return uniform(d.uniform);
  if ('gamma' in d) return gamma(d.gamma);
  if ('quantiles' in d) return piecewise(d.quantiles, mean);
  const { median, p95, sigma = log((p95 ?? median) / median) / NORMAL_P95, max = Infinity } = d.lognormal;
  return lognormal(median, sigma, max, mean);
}

function constant(mean: number): Lifetime {
  return { mean, survival: (x) => (x < mean ? 1 : 0), excess: (x) => Math.max(0, mean - Math.max(0, x)) };
}

function uniform([low, high]: readonly [number, number]): Lifetime {
  const mean = (low + high) / 2;
  const survival = (x: number): number => Math.min(1, Math.max(0, (high - x) / (high - low)));
  return {
    mean,
    survival,
    excess: (x) => {
      if (x <= low) return mean - Math.max(0, x);
      return x >= high ? 0 : (survival(x) * (high - x)) / 2;
    },
  };
}

function lognormal(median: number, sigma: number, max: number, mean: number): Lifetime {
  const unbounded = newSampler({ lognormal: { median, sigma } }).mean;
  /** Of the distribution without its cap. */
  const tail = (x: number): number => {
    if (x === Infinity) return 0;
    const reach = log(median / x) / sigma;
    return unbounded * normalCdf(reach + sigma) - x * normalCdf(reach);
  };
  const beyondCap = tail(max);
  return {
    mean,
    survival: (x) => (x <= 0 ? 1 : x >= max ? 0 : normalCdf(log(median / x) / sigma)),
    excess: (x) => (x <= 0 ? mean : x >= max ? 0 : Math.max(0, tail(x) - beyondCap)),
  };
}

function gamma({ mean, shape }: { mean: number; shape: number }): Lifetime {
  const scale = mean / shape;
  return {
    mean,
    survival: (x) => gammaUpperTail(shape, x / scale),
    excess: (x) => {
      if (x <= 0) return mean;
      if (x === Infinity) return 0;
      return Math.max(0, mean * gammaUpperTail(shape + 1, x / scale) - x * gammaUpperTail(shape, x / scale));
    },
  };
}

/** Linear between the given quantiles, and what lies before the first and after the last at their values. */
function piecewise(points: readonly (readonly [p: number, value: number])[], mean: number): Lifetime {
  const [firstP, firstValue] = points[0];
  const [lastP, lastValue] = points[points.length - 1];
  const steps = points.slice(1).map(([p, value], i) => ({
    share: p - points[i][0],
    from: points[i][1],
    to: value,
  }));
  const beyond = (x: number, value: number): number => Math.max(0, value - x);
  return {
    mean,
    survival: (x) => {
      const inSteps = steps.reduce((sum, { share, from, to }) => sum + share * shareAbove(x, from, to), 0);
      return inSteps + (firstValue > x ? firstP : 0) + (lastValue > x ? 1 - lastP : 0);
    },
    excess: (written) => {
      const x = Math.max(0, written);
      const inSteps = steps.reduce((sum, { share, from, to }) => {
        const above = shareAbove(x, from, to);
        return sum + share * above * ((Math.max(x, from) + to) / 2 - x);
      }, 0);
      const atEnds = firstP * beyond(x, firstValue) + (1 - lastP) * beyond(x, lastValue);
      return x === Infinity ? 0 : inSteps + atEnds;
    },
  };
}

function shareAbove(x: number, from: number, to: number): number {
  if (x >= to) return 0;
  return x < from ? 1 : (to - x) / (to - from);
}
