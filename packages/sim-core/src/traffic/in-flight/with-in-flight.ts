/** Counts of the integral over views together with what happens to requests after they were sent. */
import type { ExposureTotals } from '../exposure.js';
import { type Bucket, isError, isFailure } from '../outcomes.js';
import type { ExpectedRequests } from '../pools/extra-failures.js';
import { PeakPerSecond } from '../pools/peaks.js';
import type { InFlightTotals } from './in-flight.js';

/** What a pod takes with it fails at one instant, which adds nothing to the time in which requests would fail. */
export function withInFlight(totals: ExposureTotals, inFlight: InFlightTotals): ExposureTotals {
  const { differences, cut, peakFailures, failingNs, lasts } = inFlight;
  if (differences.length === 0) return totals;
  const more = (counts: (bucket: Bucket) => boolean): number =>
    differences.reduce((sum, { bucket, expected }) => sum + (counts(bucket) ? expected : 0), 0);
  const peak = new PeakPerSecond();
  for (const { atNs, expected } of cut) peak.add(0, atNs, expected);
  return {
    ...totals,
    buckets: joined(totals.buckets, differences),
    errors: Math.max(0, totals.errors + more(isError)),
    failures: Math.max(0, totals.failures + more(isFailure)),
    // Where several have a peak, it is taken to be the same second; all of this is 5xx.
    peakErrors: totals.peakErrors + peak.peak + peakFailures,
    peakFailures: totals.peakFailures + peak.peak + peakFailures,
    errsAtEnd: totals.errsAtEnd || lasts,
    failingNs: Math.max(totals.failingNs, failingNs),
  };
}

function joined(
  buckets: readonly ExpectedRequests[],
  differences: readonly ExpectedRequests[],
): readonly ExpectedRequests[] {
  const sums = new Map<string, { readonly bucket: Bucket; expected: number }>();
  for (const { bucket, expected } of [...buckets, ...differences]) {
    const key = JSON.stringify(bucket);
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { bucket, expected });
    else sum.expected = Math.max(0, sum.expected + expected);
  }
  return [...sums.values()];
}
