/** Failures that only the sampled proxies tell of, in the buckets of the exact integral. */
import type { ExposureTotals } from '../exposure.js';
import { type Bucket, isError, isFailure } from '../outcomes.js';
import { endingOf } from '../response-flags.js';
import type { RequestSource } from './cluster-loads.js';
import type { ClusterRollout } from './cluster-rollout.js';
import type { ClusterSetting } from './setting.js';
import { ENDING_OF, isOfEndpoint, OUTCOMES, Outcome, type Tally } from './tally.js';

export interface ExpectedRequests {
  readonly bucket: Bucket;
  readonly expected: number;
}

const CAUSE_OF: Readonly<Record<number, Bucket['cause']>> = {
  [Outcome.Error]: 'endpoint-errors',
  [Outcome.Unavailable]: 'endpoint-errors',
  [Outcome.Refused]: 'endpoint-refuses',
  [Outcome.HandshakeFailed]: 'server-expects-plaintext',
  [Outcome.Cut]: 'server-expects-tls',
  [Outcome.AllEjected]: 'all-ejected',
  [Outcome.WhileConnecting]: 'pool-overflow',
};

export class ExtraFailures {
  private readonly sums = new Map<string, { readonly bucket: Bucket; expected: number }>();

  constructor(
    private readonly setting: ClusterSetting,
    private readonly sources: readonly RequestSource[],
  ) {}

  /** @param weight how many proxies of this kind the one stands for */
  add({ tally, usual, refused }: ClusterRollout, kind: Bucket['kind'], weight: number): void {
    refused.forEach((count, source) => {
      this.count(source, Outcome.WhileConnecting, kind, false, weight * count);
    });
    const count = (of: Tally, noise: boolean, factor: number): void => {
      of.outcomes.forEach((requests, at) => {
        const outcome = at % OUTCOMES;
        if (isOfEndpoint(outcome)) this.count(Math.floor(at / OUTCOMES), outcome, kind, noise, factor * requests);
      });
    };
    count(tally, false, weight);
    if (usual === undefined) return;
    count(usual, false, -weight);
    count(usual, true, weight);
  }

  /** What the rollout avoids is no negative failure. */
  get buckets(): readonly ExpectedRequests[] {
    return [...this.sums.values()].filter(({ expected }) => expected > 0);
  }

  private count(source: number, outcome: number, kind: Bucket['kind'], noise: boolean, expected: number): void {
    if (expected === 0) return;
    const { host, destination, subset } = this.sources[source];
    const ending = ENDING_OF[outcome];
    const { flag, code } = endingOf(ending);
    const flags = this.setting.attempts(source, ending) > 1 ? (`${flag},URX` as const) : flag;
    const bucket = { flag: flags, code, host, destination, subset, cause: CAUSE_OF[outcome], noise, kind };
    const key = JSON.stringify(bucket);
    const sum = this.sums.get(key) ?? { bucket, expected: 0 };
    sum.expected += expected;
    this.sums.set(key, sum);
  }
}

export interface SampledFailures {
  readonly failures: readonly ExpectedRequests[];
  readonly peakFailures: number;
  readonly failingNs: number;
  /** To the end of the rollout. */
  readonly lasts: boolean;
}

/** Counts of the exact integral together with what only the sample tells, which the integral takes as served. */
export function withExtra(
  totals: ExposureTotals,
  { failures, peakFailures, failingNs, lasts }: SampledFailures,
): ExposureTotals {
  if (failures.length === 0) return totals;
  const extra = (counts: (bucket: Bucket) => boolean): number =>
    failures.reduce((sum, { bucket, expected }) => sum + (counts(bucket) ? expected : 0), 0);
  return {
    ...totals,
    buckets: joined(totals.buckets, failures),
    errors: totals.errors + extra(isError),
    failures: totals.failures + extra(isFailure),
    errsAtEnd: totals.errsAtEnd || lasts,
    failingNs: Math.max(totals.failingNs, failingNs),
    // What is sampled is all 5xx; where both have a peak, it is taken to be the same second.
    peakErrors: totals.peakErrors + peakFailures,
    peakFailures: totals.peakFailures + peakFailures,
  };
}

function joined(buckets: readonly ExpectedRequests[], extra: readonly ExpectedRequests[]): readonly ExpectedRequests[] {
  const keyOf = ({ host, destination, subset, kind }: Bucket): string => `${host} ${destination} ${subset} ${kind}`;
  const lost = new Map<string, number>();
  for (const { bucket, expected } of extra) lost.set(keyOf(bucket), (lost.get(keyOf(bucket)) ?? 0) + expected);
  const all = buckets.map(({ bucket, expected }) => {
    if (bucket.cause !== 'served') return { bucket, expected };
    return { bucket, expected: Math.max(0, expected - (lost.get(keyOf(bucket)) ?? 0)) };
  });
  for (const { bucket, expected } of extra) {
    const key = JSON.stringify(bucket);
    const at = all.findIndex((other) => JSON.stringify(other.bucket) === key);
    if (at < 0) all.push({ bucket, expected });
    else all[at] = { bucket, expected: all[at].expected + expected };
  }
  return all;
}
