/** The normal distribution function, and Student's t for confidence intervals over few trials. */
import { exp, log, log1p } from './exp-log.js';
import { gammaQ, stirlingError } from './incomplete-gamma.js';
import { normalQuantile } from './normal-quantile.js';

export { normalQuantile } from './normal-quantile.js';

const SQRT_2PI = 2.5066282746310007;

export function normalCdf(x: number): number {
  const tail = 0.5 * gammaQ(0.5, 0.5 * x * x);
  return x > 0 ? 1 - tail : tail;
}

/** The p-quantile of Student's t with df > 0 degrees of freedom. */
export function tQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : NaN;
  if (p === 0.5) return 0;
  if (p < 0.5) return -tQuantile(1 - p, df);
  const z = normalQuantile(p);
  if (df > 1e7) return z + (z * (z * z + 1)) / (4 * df); // Cornish and Fisher; the next term is below 1e-14

  // As for gammaQuantile: log|T| has a log-concave density, so Newton on the logarithm of the tail (or,
  // near the median, of the central mass) converges from any start.
  const isTail = p > 0.75;
  const target = log(isTail ? 2 * (1 - p) : 2 * p - 1);
  let w = log(z);
  for (let i = 0; i < 200; i++) {
    const t = exp(w);
    const density = 2 * t * tDensity(t, df); // of w
    const mass = tMass(t, df, density, isTail);
    const step = ((log(mass) - target) * mass) / (isTail ? -density : density);
    w -= Math.min(2, Math.max(-2, step));
    if (Math.abs(step) < 1e-14) break;
  }
  return exp(w);
}

function tDensity(t: number, df: number): number {
  const a = df / 2;
  // log of Gamma(a + 1/2) / (Gamma(a) sqrt(a)), by Stirling on both so that large a does not cancel
  const ratio = a * log1p(0.5 / a) - 0.5 + stirlingError(a + 0.5) - stirlingError(a);
  return exp(ratio - (a + 0.5) * log1p((t * t) / df)) / SQRT_2PI;
}

/**
 * P(|T| > t), or P(|T| <= t), as an incomplete beta. Its prefactor is the density of log|T|, which the
 * caller has at hand. Of the two continued fractions the one that converges is taken.
 */
function tMass(t: number, df: number, density: number, isTail: boolean): number {
  const x = df / (df + t * t);
  const a = df / 2;
  const isTailFraction = x < (a + 1) / (a + 2.5);
  const mass = isTailFraction
    ? (density / df) * betaFraction(a, 0.5, x)
    : density * betaFraction(0.5, a, (t * t) / (df + t * t));
  return isTail === isTailFraction ? mass : 1 - mass;
}

/** The continued fraction of the incomplete beta function, by Lentz's method (DLMF 8.17.22). */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; ; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    h *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    h *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) return h;
  }
}
