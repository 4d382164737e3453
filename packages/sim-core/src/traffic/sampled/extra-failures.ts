/** Failures that only the sampled proxies tell of, in the buckets of the exact integral, and when they are. */
import type { ExposureTotals } from '../exposure.js';
import { type Bucket, isError, isFailure } from '../outcomes.js';
import type { ClusterSetting } from '../pools/setting.js';
import { isOfEndpoint, OUTCOMES, Outcome, type Tally } from '../pools/tally.js';
import { lengthNs, merged, type Span, TimeBins, type TimedFailures } from '../time-bins.js';
import type { RequestSource } from './cluster-loads.js';
import type { ClusterRollout } from './cluster-rollout.js';
import type { ProxyFailures } from './failing-shares.js';
import { bucketOf } from './sampled-bucket.js';

export interface ExpectedRequests {
  readonly bucket: Bucket;
  readonly expected: number;
}

const NS_PER_SECOND = 1e9;

interface Sum {
  readonly bucket: Bucket;
  /** Of the rollout, less what there would have been without it; and that. */
  expected: number;
  usual: number;
  /** All of them, as they were seen over time. */
  readonly bins: TimeBins;
}

export class ExtraFailures {
  private readonly sums = new Map<string, Sum>();

  constructor(
    private readonly setting: ClusterSetting,
    private readonly sources: readonly RequestSource[],
  ) {}

  /** @param weight how many proxies of this kind the one stands for */
  add({ tally, usual, refused, failures }: ClusterRollout, kind: Bucket['kind'], weight: number): void {
    refused.forEach((count, source) => {
      this.sum(source, Outcome.WhileConnecting, kind).expected += weight * count;
    });
    forEachFailure(tally, (source, outcome, count) => {
      this.sum(source, outcome, kind).expected += weight * count;
    });
    if (usual !== undefined) {
      forEachFailure(usual, (source, outcome, count) => {
        this.sum(source, outcome, kind).expected -= weight * count;
        this.sum(source, outcome, kind).usual += weight * count;
      });
    }
    for (const { source, outcome, fromNs, toNs, count } of failures.failures) {
      this.sum(source, outcome, kind).bins.addOver(fromNs, toNs, weight * count);
    }
  }

  /** @param exact what the integral takes as served can fail, and no more than that */
  finish(exact: readonly ExpectedRequests[], horizonNs: number): Omit<SampledFailures, 'proxies'> {
    const shareOf = this.sharesThatFit(exact);
    const sums = [...this.sums.values()].map((sum) => {
      const share = shareOf(sum.bucket);
      // What the rollout avoids is no negative failure.
      return { ...sum, expected: share * Math.max(0, sum.expected), usual: share * sum.usual };
    });
    const all = new TimeBins();
    for (const { bins } of sums) all.addAll(bins);
    const usual = sums.reduce((total, sum) => total + sum.usual, 0);
    const clear = all.above((2 * usual * NS_PER_SECOND) / horizonNs);
    return {
      failures: sums.flatMap(({ bucket, expected, usual: noise }) => [
        ...(expected > 0 ? [{ bucket, expected }] : []),
        ...(noise > 0 ? [{ bucket: { ...bucket, noise: true }, expected: noise }] : []),
      ]),
      timed: sums.flatMap((sum) => (sum.expected > 0 ? [{ bucket: sum.bucket, bins: ofRollout(sum, horizonNs) }] : [])),
      failingSpans: clear.spansUpTo(horizonNs),
      lasts: clear.lastsTo(horizonNs),
    };
  }

  /** Where a few proxies have by chance had more failures than there are requests, all of these fail. */
  private sharesThatFit(exact: readonly ExpectedRequests[]): (bucket: Bucket) => number {
    const served = new Map<string, number>();
    for (const { bucket, expected } of exact) {
      if (bucket.cause !== 'served') continue;
      served.set(destinationOf(bucket), (served.get(destinationOf(bucket)) ?? 0) + expected);
    }
    const lost = new Map<string, number>();
    for (const { bucket, expected, usual } of this.sums.values()) {
      const count = Math.max(0, expected) + usual;
      lost.set(destinationOf(bucket), (lost.get(destinationOf(bucket)) ?? 0) + count);
    }
    return (bucket) => {
      const failing = lost.get(destinationOf(bucket)) ?? 0;
      return failing === 0 ? 1 : Math.min(1, (served.get(destinationOf(bucket)) ?? 0) / failing);
    };
  }

  private sum(source: number, outcome: number, kind: Bucket['kind']): Sum {
    return this.sumOf(bucketOf(this.setting, this.sources[source], source, outcome, kind));
  }

  private sumOf(bucket: Bucket): Sum {
    const key = JSON.stringify(bucket);
    let sum = this.sums.get(key);
    if (sum === undefined) {
      sum = { bucket, expected: 0, usual: 0, bins: new TimeBins() };
      this.sums.set(key, sum);
    }
    return sum;
  }
}

/** What fails in the sample; times and proxies are those of the rollout's doing. */
export interface SampledFailures {
  /** Those of the rollout, and noise; what a sample has of a destination is at most what the integral takes as served. */
  readonly failures: readonly ExpectedRequests[];
  /** Those of the rollout over time; each adds up to what is expected of its bucket. */
  readonly timed: readonly TimedFailures[];
  /** While there are more than twice the usual failures. */
  readonly failingSpans: readonly Span[];
  /** To the end of the rollout. */
  readonly lasts: boolean;
  /** For callers that retry; none where they do not. */
  readonly proxies: readonly ProxyFailures[];
}

/** Counts of the exact integral together with what only the sample tells, which the integral takes as served. */
export function withExtra(
  totals: ExposureTotals,
  { failures, timed, failingSpans, lasts }: SampledFailures,
): ExposureTotals {
  if (failures.length === 0) return totals;
  const extra = (counts: (bucket: Bucket) => boolean): number =>
    failures.reduce((sum, { bucket, expected }) => sum + (counts(bucket) ? expected : 0), 0);
  const together = (exact: TimeBins, counts: (bucket: Bucket) => boolean): TimeBins => {
    const bins = new TimeBins();
    bins.addAll(exact);
    for (const part of timed) if (counts(part.bucket)) bins.addAll(part.bins);
    return bins;
  };
  const [errorBins, failureBins] = [together(totals.errorBins, isError), together(totals.failureBins, isFailure)];
  const spans = merged(totals.failingSpans, failingSpans);
  return {
    buckets: joined(totals.buckets, failures),
    errors: totals.errors + extra(isError),
    failures: totals.failures + extra(isFailure),
    errsAtEnd: totals.errsAtEnd || lasts,
    failingNs: lengthNs(spans),
    failingSpans: spans,
    errorBins,
    failureBins,
    // The exact ones are known to the nanosecond, and the sum to a quarter of a second.
    peakErrors: Math.max(totals.peakErrors, errorBins.peak),
    peakFailures: Math.max(totals.peakFailures, failureBins.peak),
  };
}

function forEachFailure(tally: Tally, tell: (source: number, outcome: number, count: number) => void): void {
  tally.outcomes.forEach((count, at) => {
    const outcome = at % OUTCOMES;
    if (count > 0 && isOfEndpoint(outcome)) tell(Math.floor(at / OUTCOMES), outcome, count);
  });
}

/** When the failures are that the rollout causes: where there are more than usual. */
function ofRollout({ bins, expected, usual }: Sum, horizonNs: number): TimeBins {
  const beyond = bins.above((usual * NS_PER_SECOND) / horizonNs);
  const shape = beyond.total > 0 ? beyond : bins;
  const scaled = new TimeBins();
  if (shape.total > 0) scaled.addAll(shape, expected / shape.total);
  return scaled;
}

function destinationOf({ host, destination, subset, kind }: Bucket): string {
  return `${host} ${destination} ${subset} ${kind}`;
}

function joined(buckets: readonly ExpectedRequests[], extra: readonly ExpectedRequests[]): readonly ExpectedRequests[] {
  const lost = new Map<string, number>();
  for (const { bucket, expected } of extra) {
    lost.set(destinationOf(bucket), (lost.get(destinationOf(bucket)) ?? 0) + expected);
  }
  const all = buckets.map(({ bucket, expected }) => {
    if (bucket.cause !== 'served') return { bucket, expected };
    return { bucket, expected: Math.max(0, expected - (lost.get(destinationOf(bucket)) ?? 0)) };
  });
  for (const { bucket, expected } of extra) {
    const key = JSON.stringify(bucket);
    const at = all.findIndex((other) => JSON.stringify(other.bucket) === key);
    if (at < 0) all.push({ bucket, expected });
    else all[at] = { bucket, expected: all[at].expected + expected };
  }
  return all;
}
