/** One strategy's part of the report, from its trials. */
import { exp } from '../kernel/elementary.js';
import { type Bucket, isError, isFailure } from '../traffic/outcomes.js';
import { type Estimate, estimateDistribution, estimateGrouped, estimateMean } from './estimates.js';
import type { FailureCounts, StrategyReport } from './report-schema.js';
import type { TrialResult } from './trial.js';

/** Requests of one rollout: the denominators of the shares. */
export interface Volume {
  readonly requestsPerSecond: number;
  readonly horizonMs: number;
}

export interface StrategyIdentity {
  readonly name: string;
  readonly label: string;
  readonly commandFor: (trial: number) => string;
}

export function newStrategyReport(
  identity: StrategyIdentity,
  trials: readonly TrialResult[],
  volume: Volume,
): StrategyReport {
  const worst = trials.reduce((a, b) => (b.errors > a.errors ? b : a));
  const over = (value: (trial: TrialResult) => number) => estimateDistribution(trials.map(value));
  return {
    name: identity.name,
    label: identity.label,
    window: {
      propagationMs: over((trial) => trial.propagationMs),
      skewMs: over((trial) => trial.skewMs),
      inconsistentMs: over((trial) => trial.inconsistentMs),
      failingMs: over((trial) => trial.failingMs),
      addMs: estimateGrouped(trials.map((trial) => trial.addMs)),
      removeMs: estimateGrouped(trials.map((trial) => trial.removeMs)),
      states: states(trials),
    },
    completeMs: estimateDistribution(
      trials.flatMap(({ completeMs }) => (completeMs === undefined ? [] : [completeMs])),
    ),
    unsettledShare: estimateMean(
      trials.map((trial) => trial.unsettledShare),
      1,
      1,
    ),
    errors: failureCounts(trials, volume, isError, (trial) => [trial.errors, trial.peakErrors]),
    failures: failureCounts(trials, volume, isFailure, (trial) => [trial.failures, trial.peakFailures]),
    traffic: { bySubset: breakdown(trials, (bucket) => bucket.destination !== '', subsetName) },
    worst: { trial: worst.trial, errors: worst.errors, command: identity.commandFor(worst.trial) },
  } as StrategyReport;
}

function failureCounts(
  trials: readonly TrialResult[],
  volume: Volume,
  counts: (bucket: Bucket) => boolean,
  totals: (trial: TrialResult) => readonly [total: number, peak: number],
): FailureCounts {
  const requests = (volume.requestsPerSecond * volume.horizonMs) / 1000;
  const per = (value: number, whole: number): number => (whole === 0 ? 0 : value / whole);
  const total = trials.map((trial) => totals(trial)[0]);
  const byCause = breakdown(trials, counts, (bucket) => bucket.cause);
  return {
    share: estimateMean(
      total.map((value) => per(value, requests)),
      per(1, requests),
      1,
    ),
    sharePeakSecond: estimateMean(
      // Rates are sums of shares of the total: a second in which all fails is 1 but for the last bit.
      trials.map((trial) => Math.min(1, per(totals(trial)[1], volume.requestsPerSecond))),
      per(1, volume.requestsPerSecond),
      1,
    ),
    perRollout: estimateMean(total),
    per1000Requests: estimateMean(
      total.map((value) => per(1000 * value, requests)),
      per(1000, requests),
      1000,
    ),
    // P(at least one) given the expected number of a Poisson count.
    anyProbability: estimateMean(
      total.map((value) => 1 - exp(-value)),
      1,
      1,
    ),
    byFlag: breakdown(trials, counts, (bucket) => bucket.flag),
    byCode: breakdown(trials, counts, (bucket) => String(bucket.code)),
    byHost: breakdown(trials, counts, (bucket) => bucket.host),
    byCause: Object.entries(byCause)
      .map(([cause, perRollout]) => ({ cause, perRollout }))
      .sort((a, b) => b.perRollout.mean - a.perRollout.mean),
    byProxyKind: breakdown(trials, counts, (bucket) => bucket.kind),
  } as FailureCounts;
}

/** Expected requests per rollout of the buckets that count, by a name; names sorted. */
function breakdown(
  trials: readonly TrialResult[],
  counts: (bucket: Bucket) => boolean,
  nameOf: (bucket: Bucket) => string,
): Record<string, Estimate> {
  const perTrial = trials.map((trial) => {
    const sums = new Map<string, number>();
    for (const { bucket, expected } of trial.buckets) {
      if (counts(bucket)) sums.set(nameOf(bucket), (sums.get(nameOf(bucket)) ?? 0) + expected);
    }
    return sums;
  });
  const names = [...new Set(perTrial.flatMap((sums) => [...sums.keys()]))].sort();
  return Object.fromEntries(names.map((name) => [name, estimateMean(perTrial.map((sums) => sums.get(name) ?? 0))]));
}

function subsetName(bucket: Bucket): string {
  return bucket.subset === '' ? bucket.destination : `${bucket.destination}/${bucket.subset}`;
}

/** Proxy time per pair; the two mixed pairs are always named, even where no proxy was ever in them. */
function states(trials: readonly TrialResult[]) {
  const pairs = new Map<string, { vs: string; dr: string }>([
    ['new|old', { vs: 'new', dr: 'old' }],
    ['old|new', { vs: 'old', dr: 'new' }],
  ]);
  const perTrial = trials.map((trial) => {
    const sums = new Map<string, number>();
    for (const state of trial.states) {
      const pair = { vs: shortName(state.vs), dr: shortName(state.dr) };
      const key = `${pair.vs}|${pair.dr}`;
      pairs.set(key, pair);
      sums.set(key, (sums.get(key) ?? 0) + state.proxyMs);
    }
    return sums;
  });
  return [...pairs]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, pair]) => ({ ...pair, proxyMs: estimateMean(perTrial.map((sums) => sums.get(key) ?? 0)) }));
}

function shortName(revision: string): string {
  return revision.replaceAll('before', 'old').replaceAll('after', 'new');
}
