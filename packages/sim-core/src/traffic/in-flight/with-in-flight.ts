/** Counts of the integral over views together with what happens to requests after they were sent. */
import type { ExposureTotals } from '../exposure.js';
import { type Bucket, isError, isFailure } from '../outcomes.js';
import type { ExpectedRequests } from '../sampled/extra-failures.js';
import { PeakPerSecond } from '../sampled/peaks.js';
import { lengthNs, merged, TimeBins } from '../time-bins.js';
import type { InFlightTotals } from './in-flight.js';

/** What a pod takes with it fails at one instant, which adds nothing to the time in which requests would fail. */
export function withInFlight(totals: ExposureTotals, inFlight: InFlightTotals): ExposureTotals {
  const { differences, cut, timed, failingSpans, lasts } = inFlight;
  if (differences.length === 0) return totals;
  const more = (counts: (bucket: Bucket) => boolean): number =>
    differences.reduce((sum, { bucket, expected }) => sum + (counts(bucket) ? expected : 0), 0);
  const instants = new PeakPerSecond();
  for (const { atNs, expected } of cut) instants.add(0, atNs, expected);
  const together = (before: TimeBins, counts: (bucket: Bucket) => boolean): TimeBins => {
    const bins = new TimeBins();
    bins.addAll(before);
    for (const part of timed) if (counts(part.bucket)) bins.addAll(part.bins);
    for (const { atNs, bucket, expected } of cut) if (counts(bucket)) bins.add(atNs, expected);
    return bins;
  };
  const [errorBins, failureBins] = [together(totals.errorBins, isError), together(totals.failureBins, isFailure)];
  const spans = merged(totals.failingSpans, failingSpans);
  return {
    ...totals,
    buckets: joined(totals.buckets, differences),
    errors: Math.max(0, totals.errors + more(isError)),
    failures: Math.max(0, totals.failures + more(isFailure)),
    errorBins,
    failureBins,
    peakErrors: Math.max(totals.peakErrors, instants.peak, errorBins.peak),
    peakFailures: Math.max(totals.peakFailures, instants.peak, failureBins.peak),
    errsAtEnd: totals.errsAtEnd || lasts,
    failingNs: lengthNs(spans),
    failingSpans: spans,
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
