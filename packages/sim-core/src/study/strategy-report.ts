/** One strategy's part of the report, from its trials. */
import { type Bucket, isError, isFailure } from '../traffic/outcomes.js';
import { connectionReport } from './connection-report.js';
import { estimateDistribution, estimateGrouped, estimateMean } from './estimates.js';
import type { StrategyReport } from './report-schema.js';
import { breakdown, chains, failureCounts, noise, type Volume } from './request-counts.js';
import type { TrialResult } from './trial.js';

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
    errors: failureCounts(
      trials,
      volume,
      isError,
      (code) => code >= 500,
      (trial) => [trial.errors, trial.peakErrors],
    ),
    failures: failureCounts(
      trials,
      volume,
      isFailure,
      () => true,
      (trial) => [trial.failures, trial.peakFailures],
    ),
    noise: noise(trials, volume),
    chains: chains(trials),
    traffic: {
      bySubset: breakdown(trials, (bucket) => bucket.destination !== '', subsetName),
      peakRequestsPerSecondPerEndpoint: over(({ connections }) => connections.peakRequestsPerSecondPerEndpoint),
      sessionsMovedShare: estimateMean(
        trials.map(({ connections }) => connections.sessionsMovedShare),
        1,
        1,
      ),
    },
    connections: connectionReport(trials),
    latency: { addedP99Ms: over(({ connections }) => connections.addedP99Ms) },
    worst: { trial: worst.trial, errors: worst.errors, command: identity.commandFor(worst.trial) },
  } as StrategyReport;
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
