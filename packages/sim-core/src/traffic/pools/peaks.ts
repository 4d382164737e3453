/** Peaks within a second. */

const NS_PER_SECOND = 1e9;

/** Weighted moments per key; exact. */
export class PeakPerSecond {
  private readonly momentsOf = new Map<number, { readonly timeNs: number; readonly weight: number }[]>();

  add(key: number, timeNs: number, weight: number): void {
    const moments = this.momentsOf.get(key);
    if (moments === undefined) this.momentsOf.set(key, [{ timeNs, weight }]);
    else moments.push({ timeNs, weight });
  }

  /** The largest sum of weights of one key in any second. */
  get peak(): number {
    let best = 0;
    for (const moments of this.momentsOf.values()) {
      moments.sort((a, b) => a.timeNs - b.timeNs);
      let sum = 0;
      let first = 0;
      for (const { timeNs, weight } of moments) {
        sum += weight;
        while (timeNs - moments[first].timeNs >= NS_PER_SECOND) sum -= moments[first++].weight;
        best = Math.max(best, sum);
      }
    }
    return best;
  }
}

const BINS = 4;
export const BIN_NS = NS_PER_SECOND / BINS;

/** The end of a rollout, by which one sees whether failures last. */
const END_BINS = 2 * BINS;

/** Failures over time, to a quarter of a second. */
export class FailureBins {
  private readonly bins = new Map<number, number>();

  add(timeNs: number, count: number): void {
    const bin = Math.floor(timeNs / BIN_NS);
    this.bins.set(bin, (this.bins.get(bin) ?? 0) + count);
  }

  /** For how long there are more than twice the usual failures, and whether there are in the two seconds to the end. */
  beyond(usualPerSecond: number, endNs: number): { readonly failingNs: number; readonly lasts: boolean } {
    const failing = [...this.bins].filter(([, count]) => count > (2 * usualPerSecond) / BINS).map(([bin]) => bin);
    const endBin = Math.floor(endNs / BIN_NS);
    const atEnd = failing.filter((bin) => bin >= endBin - END_BINS && bin < endBin);
    return { failingNs: failing.length * BIN_NS, lasts: atEnd.length > END_BINS / 2 };
  }

  get peak(): number {
    let best = 0;
    for (const first of this.bins.keys()) {
      let sum = 0;
      for (let bin = first; bin < first + BINS; bin++) sum += this.bins.get(bin) ?? 0;
      best = Math.max(best, sum);
    }
    return best;
  }
}
