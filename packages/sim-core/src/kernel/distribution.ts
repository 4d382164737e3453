/** Distributions as the user writes them, and their inverse CDFs: one uniform makes one variate. */
import { exp, log, normalCdf, normalQuantile } from './elementary.js';
import { newGammaTable } from './gamma-table.js';

export type Distribution =
  | number
  | { constant: number }
  | { uniform: [number, number] }
  | { lognormal: { median: number; p95?: number; sigma?: number; max?: number } }
  | { gamma: { mean: number; shape: number } }
  | { quantiles: [p: number, value: number][] };

export interface Sampler {
  /** The value at probability u, 0 < u < 1; never decreases in u. */
  quantile(u: number): number;
  readonly mean: number;
  readonly isConstant: boolean;
  /** Where P(X > x) is not smooth in x, ascending. */
  readonly knots: readonly number[];
}

const NORMAL_P95 = 1.6448536269514722;

/** The numbers are checked where the user's file is read; what fails here is a defect of ours. */
export function newSampler(d: Distribution): Sampler {
  if (typeof d === 'number') return new ConstantSampler(d);
  if ('constant' in d) return new ConstantSampler(d.constant);
  if ('uniform' in d) return newUniform(d.uniform);
  if ('lognormal' in d) return newLognormal(d.lognormal);
  if ('gamma' in d) return newGamma(d.gamma);
  return newEmpirical(d.quantiles);
}

/** Probabilities between whose quantiles a tail is close to a polynomial. */
const RESOLVED = [0.001, 0.01, 0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95, 0.985, 0.996, 0.999, 0.9998, 0.99995, 0.99999];
/** All but one in a million are below its quantile. */
const NEARLY_ALL = 1 - 1e-6;

/**
 * Values between which P(X > x) is smooth enough to be integrated panel by panel (antiderivative.ts), ascending. Nothing is
 * taken to be beyond the last: one in a million at most.
 */
export function tailEdges(sampler: Sampler): readonly number[] {
  const reach = sampler.quantile(NEARLY_ALL);
  const edges = [...sampler.knots, ...(sampler.isConstant ? [] : RESOLVED.map((p) => sampler.quantile(p))), reach];
  return [...new Set(edges)].filter((edge) => edge > 0 && edge <= reach).sort((a, b) => a - b);
}

/** P(X > value), as the quantiles have it: to the last bits of u. */
export function probabilityAbove(sampler: Sampler, value: number): number {
  if (sampler.isConstant) return sampler.mean > value ? 1 : 0;
  let [below, above] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const u = (below + above) / 2;
    if (u <= 0 || u >= 1) break;
    if (sampler.quantile(u) <= value) below = u;
    else above = u;
  }
  return 1 - below;
}

export function describeDistribution(d: Distribution): string {
  if (typeof d === 'number') return `constant ${d}`;
  if ('constant' in d) return `constant ${d.constant}`;
  if ('uniform' in d) return `uniform(${d.uniform[0]}, ${d.uniform[1]})`;
  if ('gamma' in d) return `gamma(mean ${d.gamma.mean}, shape ${d.gamma.shape})`;
  if ('quantiles' in d) {
    // Twelve digits: 0.07 * 100 should read 7, not 7.000000000000001.
    return `quantiles(${d.quantiles.map(([p, value]) => `p${Number((p * 100).toPrecision(12))} ${value}`).join(', ')})`;
  }
  const { median, p95, sigma, max } = d.lognormal;
  const spread = p95 !== undefined ? `p95 ${p95}` : `sigma ${sigma}`;
  return `lognormal(median ${median}, ${spread}${max === undefined ? '' : `, max ${max}`})`;
}

function must(isTrue: boolean, what: string): void {
  if (!isTrue) throw new RangeError(`distribution: ${what}`);
}

class ConstantSampler implements Sampler {
  readonly isConstant = true;
  readonly knots: readonly number[];
  constructor(readonly mean: number) {
    this.knots = [mean];
    must(Number.isFinite(mean), 'a constant is finite');
  }
  quantile(): number {
    return this.mean;
  }
}

class UniformSampler implements Sampler {
  readonly isConstant = false;
  readonly mean: number;
  readonly knots: readonly number[];
  constructor(
    private readonly low: number,
    private readonly high: number,
  ) {
    this.mean = (low + high) / 2;
    this.knots = [low, high];
  }
  quantile(u: number): number {
    return this.low + u * (this.high - this.low);
  }
}

function newUniform([low, high]: [number, number]): Sampler {
  must(low <= high, 'a uniform range is ascending');
  return low === high ? new ConstantSampler(low) : new UniformSampler(low, high);
}

class LognormalSampler implements Sampler {
  readonly isConstant = false;
  readonly mean: number;
  readonly knots: readonly number[];
  constructor(
    private readonly median: number,
    private readonly sigma: number,
    private readonly max: number,
  ) {
    this.knots = max === Infinity ? [] : [max];
    const unbounded = median * exp((sigma * sigma) / 2);
    // `max` caps the values above it, it does not redraw them: the mean is E[min(X, max)].
    const reach = log(max / median) / sigma;
    this.mean = max === Infinity ? unbounded : unbounded * normalCdf(reach - sigma) + max * normalCdf(-reach);
  }
  quantile(u: number): number {
    const value = this.median * exp(this.sigma * normalQuantile(u));
    return Math.min(value, this.max);
  }
}

function newLognormal(d: { median: number; p95?: number; sigma?: number; max?: number }): Sampler {
  const { median, p95, max = Infinity } = d;
  must(median >= 0, 'a median of a lognormal is not negative');
  must((p95 === undefined) !== (d.sigma === undefined), 'a lognormal has either p95 or sigma');
  if (median === 0 || max <= 0) return new ConstantSampler(0);
  const sigma = p95 !== undefined ? log(p95 / median) / NORMAL_P95 : (d.sigma ?? 0);
  must(sigma >= 0, 'p95 of a lognormal is not below its median');
  return sigma === 0 ? new ConstantSampler(Math.min(median, max)) : new LognormalSampler(median, sigma, max);
}

class GammaSampler implements Sampler {
  readonly isConstant = false;
  readonly knots = [];
  private readonly scale: number;
  private readonly table: (u: number) => number;
  constructor(
    readonly mean: number,
    shape: number,
  ) {
    this.scale = mean / shape;
    this.table = newGammaTable(shape);
  }
  quantile(u: number): number {
    return this.scale * this.table(u);
  }
}

function newGamma({ mean, shape }: { mean: number; shape: number }): Sampler {
  must(mean >= 0 && shape > 0, 'a gamma has a mean that is not negative and a positive shape');
  return mean === 0 ? new ConstantSampler(0) : new GammaSampler(mean, shape);
}

/** Linear between the given quantiles; before the first and after the last, their values. */
class EmpiricalSampler implements Sampler {
  readonly isConstant = false;
  readonly mean: number;
  readonly knots: readonly number[];
  constructor(
    private readonly probabilities: Float64Array,
    private readonly values: Float64Array,
  ) {
    this.knots = [...values];
    const last = values.length - 1;
    let mean = probabilities[0] * values[0] + (1 - probabilities[last]) * values[last];
    for (let i = 1; i <= last; i++) {
      mean += ((probabilities[i] - probabilities[i - 1]) * (values[i] + values[i - 1])) / 2;
    }
    this.mean = mean;
  }
  quantile(u: number): number {
    const { probabilities, values } = this;
    let low = 0;
    let high = values.length - 1;
    if (u <= probabilities[0]) return values[0];
    if (u >= probabilities[high]) return values[high];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (probabilities[middle] <= u) low = middle;
      else high = middle;
    }
    const share = (u - probabilities[low]) / (probabilities[high] - probabilities[low]);
    // Rounding must not carry the value past its upper neighbour, or quantile would not be monotone.
    return Math.min(values[high], values[low] + share * (values[high] - values[low]));
  }
}

function newEmpirical(points: [p: number, value: number][]): Sampler {
  must(points.length > 0, 'there is at least one quantile');
  const probabilities = Float64Array.from(points, (point) => point[0]);
  const values = Float64Array.from(points, (point) => point[1]);
  const last = values.length - 1;
  must(probabilities[0] >= 0 && probabilities[last] <= 1, 'probabilities lie in [0,1]');
  for (let i = 1; i <= last; i++) {
    must(probabilities[i] > probabilities[i - 1], 'probabilities ascend');
    must(values[i] >= values[i - 1], 'values do not descend');
  }
  return values[0] === values[last] ? new ConstantSampler(values[0]) : new EmpiricalSampler(probabilities, values);
}
