/** Quantiles and distances of measured and simulated samples. */
export interface Quantiles {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

/** `undefined` without values. As in the lab's own table: the value at rank ⌊p·n⌋, counted from 0. */
export function quantilesOf(values: readonly number[]): Quantiles | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const at = (p: number): number => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9) };
}

/** Largest distance between two empirical distribution functions (Kolmogorov and Smirnov). */
export function ksDistance(left: readonly number[], right: readonly number[]): number {
  const a = Float64Array.from(left).sort();
  const b = Float64Array.from(right).sort();
  let i = 0;
  let j = 0;
  let distance = 0;
  while (i < a.length && j < b.length) {
    const at = Math.min(a[i], b[j]);
    while (i < a.length && a[i] === at) i++;
    while (j < b.length && b[j] === at) j++;
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length));
  }
  return distance;
}
