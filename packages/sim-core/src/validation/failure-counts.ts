/**
 * How many requests of one trial fail, by flag, when they arrive evenly spaced as in the lab: the expected number, and
 * the variance that is left once the trajectory is fixed. An even stream hits a window of n spacings n times give or
 * take one, so that its noise is far below a Poisson stream's.
 */
import type { Outcome } from '../traffic/outcomes.js';
import type { CellFields } from './cell-shape.js';
import { failureKey } from './measured-rows.js';

export interface FlagCount {
  readonly expected: number;
  readonly variance: number;
}

/** Probability by flag that a request which meets an outcome fails. */
export function failureProbabilities({ rates }: Outcome): ReadonlyMap<string, number> {
  const total = rates.reduce((sum, { perSecond }) => sum + perSecond, 0);
  const probabilities = new Map<string, number>();
  for (const { bucket, perSecond } of rates) {
    const flag = failureKey(bucket.code, bucket.flag);
    if (flag !== undefined) probabilities.set(flag, (probabilities.get(flag) ?? 0) + perSecond / total);
  }
  return probabilities;
}

/** Sums of one flag. */
class FlagSums {
  expected = 0;
  /** Of requests whose whole spacing met one probability. */
  variance = 0;
  /** Spacings that an event divides: the request falls on either side of it. */
  readonly divided = new Map<number, number>();

  addDivided(spacing: number, probability: number): void {
    if (probability > 0) this.divided.set(spacing, (this.divided.get(spacing) ?? 0) + probability);
  }

  finish(): FlagCount {
    let { variance } = this;
    // Rounding may carry the parts of a spacing past its whole.
    for (const probability of this.divided.values()) variance += probability * Math.max(0, 1 - probability);
    return { expected: this.expected, variance };
  }
}

export class FailureCounts {
  private readonly perNs: number;
  private readonly fromNs: number;
  private readonly toNs: number;
  private readonly byFlag = new Map<string, FlagSums>();

  constructor(
    { perSecondPerProxy, fromMs, toMs }: NonNullable<CellFields['requests']>,
    /** Each worker of a proxy has its share of the connections. */
    workersPerProxy: number,
    private readonly horizonNs: number,
  ) {
    this.perNs = perSecondPerProxy / workersPerProxy / 1e9;
    this.fromNs = fromMs * 1e6;
    this.toNs = toMs * 1e6;
  }

  /**
   * A stretch in which one worker did not change. The first also covers the time before t = 0.
   * @param worker number of the worker among those of all proxies
   */
  add(worker: number, probabilities: ReadonlyMap<string, number>, fromNs: number, toNs: number): void {
    const from = fromNs === 0 ? this.fromNs : Math.max(this.fromNs, fromNs);
    const to = toNs >= this.horizonNs ? this.toNs : Math.min(this.toNs, toNs);
    if (to <= from) return;
    for (const [flag, probability] of probabilities) {
      let sums = this.byFlag.get(flag);
      if (sums === undefined) {
        sums = new FlagSums();
        this.byFlag.set(flag, sums);
      }
      this.addStretch(sums, worker, probability, (from - this.fromNs) * this.perNs, (to - this.fromNs) * this.perNs);
    }
  }

  finish(): ReadonlyMap<string, FlagCount> {
    return new Map([...this.byFlag].map(([flag, sums]) => [flag, sums.finish()]));
  }

  /** `from` and `to` in spacings of requests. */
  private addStretch(sums: FlagSums, worker: number, probability: number, from: number, to: number): void {
    const first = Math.floor(from);
    const last = Math.floor(to);
    const spacingOf = (index: number): number => worker * 0x100000000 + index;
    sums.expected += probability * (to - from);
    if (first === last) {
      sums.addDivided(spacingOf(first), probability * (to - from));
      return;
    }
    sums.addDivided(spacingOf(first), probability * (first + 1 - from));
    sums.addDivided(spacingOf(last), probability * (to - last));
    sums.variance += (last - first - 1) * probability * (1 - probability);
  }
}
