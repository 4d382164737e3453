/**
 * The gamma function, its incomplete forms, and the Poisson tails and gamma quantiles built on them.
 * The power x^a e^-x / Gamma(a+1) is taken by Loader's saddle point ("Fast and accurate computation of
 * binomial probabilities", 2000): the obvious a*log(x) - x - logGamma(a) loses nine digits at a = 1e6.
 */
import { exp, log, log1p } from './exp-log.js';
import { normalQuantile } from './normal-quantile.js';

const LOG_SQRT_2PI = 0.9189385332046728;
const TWO_PI = 6.283185307179586;
const SERIES_FROM = 10; // from here on Stirling's series is exact to a double
const EPSILON = Number.EPSILON / 2;
/** Below this log x, P(a,x) = x^a / Gamma(a+1) to a double. */
export const POWER_LAW_BELOW = -700;

/** logGamma(a) less Stirling's formula: 1/(12a) - 1/(360a^3) + ... */
export function stirlingError(a: number): number {
  if (a < SERIES_FROM) return logGamma(a) - ((a - 0.5) * log(a) - a + LOG_SQRT_2PI);
  const w = 1 / (a * a);
  const inner = 1 / 1188 - w * (691 / 360360 - w * (1 / 156));
  return (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w * inner)))) / a;
}

/** log Gamma(x), x > 0. */
export function logGamma(x: number): number {
  if (!(x > 0)) return x === 0 ? Infinity : NaN;
  let shift = 1;
  while (x < SERIES_FROM) {
    shift *= x;
    x += 1;
  }
  return (x - 0.5) * log(x) - x + LOG_SQRT_2PI + stirlingError(x) - log(shift);
}

/** a * log(a/x) + x - a, without cancellation where a is near x. */
function deviance(a: number, x: number): number {
  const difference = a - x;
  if (Math.abs(difference) > 0.5 * (a + x)) return a * log(a / x) - difference;
  const v = difference / (a + x);
  let sum = difference * v;
  let power = 2 * a * v;
  for (let j = 3; ; j += 2) {
    power *= v * v;
    const next = sum + power / j;
    if (next === sum) return next;
    sum = next;
  }
}

/** x^a e^-x / Gamma(a+1): for whole a, the Poisson probability of a at mean x. */
export function poissonDensity(a: number, x: number): number {
  if (a === 0) return exp(-x);
  return exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(TWO_PI * a);
}

/** P(a,x) by its power series; all terms are positive. Best for x < a + 1. */
function lowerSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = a + 1; term > sum * EPSILON; n++) {
    term *= x / n;
    sum += term;
  }
  return poissonDensity(a, x) * sum;
}

/** Q(a,x) by Lentz's evaluation of Legendre's continued fraction. Best for x >= a + 1. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let d = 1 / b;
  let c = Infinity;
  let h = d;
  for (let i = 1; ; i++) {
    const an = i * (a - i);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    const factor = c * d;
    h *= factor;
    if (Math.abs(factor - 1) < 4 * EPSILON) return poissonDensity(a, x) * a * h;
  }
}

/** Regularised lower incomplete gamma P(a,x). */
function gammaP(a: number, x: number): number {
  if (x <= 0) return 0;
  if (x === Infinity) return 1;
  return x < a + 1 ? lowerSeries(a, x) : 1 - upperFraction(a, x);
}

/** Regularised upper incomplete gamma Q(a,x) = 1 - P(a,x). */
export function gammaQ(a: number, x: number): number {
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}

/** P(X <= k) for X ~ Poisson(lambda). */
export function poissonCdf(k: number, lambda: number): number {
  if (k < 0) return 0;
  return gammaQ(Math.floor(k) + 1, lambda);
}

/** P(X >= k) for X ~ Poisson(lambda), small tails included. */
export function poissonUpperTail(k: number, lambda: number): number {
  const first = Math.ceil(k);
  if (first <= 0) return 1;
  return gammaP(first, lambda);
}

/** The p-quantile of a gamma distribution of the given shape and unit scale. */
export function gammaQuantile(p: number, shape: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? 0 : p === 1 ? Infinity : NaN;
  return exp(p > 0.5 ? logGammaQuantile(1 - p, true, shape) : logGammaQuantile(p, false, shape));
}

/**
 * log x where P(shape, x), or with `isUpper` Q(shape, x), is `tail`, 0 < tail <= 1/2.
 *
 * Solved in w = log x by Halley steps on the logarithm of the tail. The density of w is proportional to
 * exp(a*w - e^w), which is log-concave; so both tails are log-concave in w and the iteration converges
 * from any start.
 */
export function logGammaQuantile(tail: number, isUpper: boolean, shape: number): number {
  const target = log(tail);
  let w = startOfGammaQuantile(tail, isUpper, shape);
  if (w < POWER_LAW_BELOW) return w;
  for (let i = 0; i < 60; i++) {
    const x = exp(w);
    const reached = isUpper ? gammaQ(shape, x) : gammaP(shape, x);
    const density = shape * poissonDensity(shape, x); // of w
    const slope = (isUpper ? -density : density) / reached;
    const newton = (log(reached) - target) / slope;
    const curvature = shape - x - slope; // second derivative over first
    const halley = newton / Math.max(0.5, 1 - 0.5 * newton * curvature);
    const step = Math.min(2, Math.max(-2, halley));
    w -= step;
    // Third order: what remains after this step is below rounding.
    if (Math.abs(step) < 1e-8 * Math.max(1e-3, 1 / Math.sqrt(shape))) break;
  }
  return w;
}

function startOfGammaQuantile(tail: number, isUpper: boolean, shape: number): number {
  // Wilson and Hilferty (1931): the cube root of a gamma variate is close to normal.
  const z = isUpper ? -normalQuantile(tail) : normalQuantile(tail);
  const root = 1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape));
  if (shape > 1 && root > 0.2) return log(shape) + 3 * log(root);
  // Near zero P(a,x) -> x^a / Gamma(a+1), a bound from the left.
  return (isUpper ? log1p(-tail) : log(tail)) / shape + logGamma(shape + 1) / shape;
}
