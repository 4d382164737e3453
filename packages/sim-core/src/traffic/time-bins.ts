/** Counts over time, to a quarter of a second: what the sampled proxies and the exact integral are added up in. */
import type { Bucket } from './outcomes.js';

const NS_PER_SECOND = 1e9;
const PER_SECOND = 4;

export const BIN_NS = NS_PER_SECOND / PER_SECOND;

/** The end of a rollout, by which one sees whether failures last. */
const END_BINS = 2 * PER_SECOND;

export interface Span {
  readonly fromNs: number;
  readonly toNs: number;
}

/** Failures that end in the same way. */
export interface TimedFailures {
  readonly bucket: Bucket;
  readonly bins: TimeBins;
}

export class TimeBins {
  /** Number of the bin → count. */
  private readonly counts = new Map<number, number>();

  add(timeNs: number, count: number): void {
    this.addTo(Math.floor(timeNs / BIN_NS), count);
  }

  /** Spread evenly. */
  addOver(fromNs: number, toNs: number, count: number): void {
    for (let startNs = fromNs; startNs < toNs; ) {
      const endNs = Math.min(toNs, (Math.floor(startNs / BIN_NS) + 1) * BIN_NS);
      this.add(startNs, (count * (endNs - startNs)) / (toNs - fromNs));
      startNs = endNs;
    }
  }

  addAll({ counts }: TimeBins, factor = 1): void {
    for (const [bin, count] of counts) this.addTo(bin, factor * count);
  }

  get total(): number {
    let sum = 0;
    for (const count of this.counts.values()) sum += count;
    return sum;
  }

  at(timeNs: number): number {
    return this.counts.get(Math.floor(timeNs / BIN_NS)) ?? 0;
  }

  /** What goes beyond a rate. */
  above(perSecond: number): TimeBins {
    const above = new TimeBins();
    for (const [bin, count] of this.counts)
      if (count > perSecond / PER_SECOND) above.addTo(bin, count - perSecond / PER_SECOND);
    return above;
  }

  /** Bins that hold anything, in order of time. */
  get spans(): Span[] {
    const bins = [...this.counts].filter(([, count]) => count > 0).map(([bin]) => bin);
    return bins.sort((a, b) => a - b).map((bin) => ({ fromNs: bin * BIN_NS, toNs: (bin + 1) * BIN_NS }));
  }

  /** The same, cut off at a moment. */
  spansUpTo(endNs: number): Span[] {
    return this.spans.map(({ fromNs, toNs }) => ({ fromNs, toNs: Math.min(toNs, endNs) }));
  }

  /** Most of the two seconds to the end hold anything. */
  lastsTo(endNs: number): boolean {
    const endBin = Math.floor(endNs / BIN_NS);
    let held = 0;
    for (let bin = endBin - END_BINS; bin < endBin; bin++) if ((this.counts.get(bin) ?? 0) > 0) held++;
    return held > END_BINS / 2;
  }

  /** Within any second that begins with a bin. */
  get peak(): number {
    let best = 0;
    for (const first of this.counts.keys()) {
      let sum = 0;
      for (let bin = first; bin < first + PER_SECOND; bin++) sum += this.counts.get(bin) ?? 0;
      best = Math.max(best, sum);
    }
    return best;
  }

  private addTo(bin: number, count: number): void {
    this.counts.set(bin, (this.counts.get(bin) ?? 0) + count);
  }
}

/** When at least one of two lists of spans holds, in order of time. */
export function merged(a: readonly Span[], b: readonly Span[]): Span[] {
  const union: Span[] = [];
  for (const span of [...a, ...b].sort((one, other) => one.fromNs - other.fromNs)) {
    const last = union.at(-1);
    if (last === undefined || span.fromNs > last.toNs) union.push(span);
    else if (span.toNs > last.toNs) union[union.length - 1] = { ...last, toNs: span.toNs };
  }
  return union;
}

export function lengthNs(spans: readonly Span[]): number {
  return spans.reduce((sum, { fromNs, toNs }) => sum + toNs - fromNs, 0);
}
