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
