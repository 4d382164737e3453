/** Requests of the trials, counted: what fails, what is left of it after callers' retries, what fails anyway. */
import { exp } from '../kernel/elementary.js';
import type { Bucket } from '../traffic/outcomes.js';
import { type Estimate, estimateMean } from './estimates.js';
import type { FailureCounts, StrategyReport } from './report-schema.js';
import type { TrialResult } from './trial.js';

/** Requests of one rollout: the denominators of the shares. */
export interface Volume {
  readonly requestsPerSecond: number;
  readonly horizonMs: number;
}

export function failureCounts(
  trials: readonly TrialResult[],
  volume: Volume,
  counts: (bucket: Bucket) => boolean,
  countsCode: (code: number) => boolean,
  totals: (trial: TrialResult) => readonly [total: number, peak: number],
): FailureCounts {
  const requests = requestsOf(volume);
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
    caller: afterCallers(trials, requests, countsCode),
  } as FailureCounts;
}

/** Failures that callers see after their own retries. */
function afterCallers(
  trials: readonly TrialResult[],
  requests: number,
  countsCode: (code: number) => boolean,
): FailureCounts['caller'] {
  const ends = trials.map(({ callers }) => callers.filter(({ code }) => countsCode(code)));
  return {
    ...outOf(
      ends.map((failures) => failures.reduce((sum, { expected }) => sum + expected, 0)),
      requests,
    ),
    byFlag: sumsByName(ends.map((failures) => failures.map(({ flag, expected }) => [flag, expected] as const))),
  } as FailureCounts['caller'];
}

/** What would have failed without the rollout too. */
export function noise(trials: readonly TrialResult[], volume: Volume): StrategyReport['noise'] {
  const ends = trials.map(({ buckets }) => buckets.filter(({ bucket }) => bucket.noise));
  return {
    ...outOf(
      ends.map((buckets) => buckets.reduce((sum, { expected }) => sum + expected, 0)),
      requestsOf(volume),
    ),
    byFlag: sumsByName(ends.map((buckets) => buckets.map(({ bucket, expected }) => [bucket.flag, expected] as const))),
  } as StrategyReport['noise'];
}

export function chains(trials: readonly TrialResult[]): StrategyReport['chains'] {
  return trials[0].chains.map(({ name, hops, requests }, at) => {
    const ofTrials = trials.map((trial) => trial.chains[at]);
    return {
      name,
      ...outOf(
        ofTrials.map(({ byHop }) => byHop.reduce((sum, failures) => sum + failures, 0)),
        requests,
      ),
      byHop: hops.map((hop, index) => ({ hop, perRollout: estimateMean(ofTrials.map(({ byHop }) => byHop[index])) })),
      caller: outOf(
        ofTrials.map(({ caller }) => caller),
        requests,
      ),
    };
  }) as StrategyReport['chains'];
}

function requestsOf({ requestsPerSecond, horizonMs }: Volume): number {
  return (requestsPerSecond * horizonMs) / 1000;
}

function per(value: number, whole: number): number {
  return whole === 0 ? 0 : value / whole;
}

function outOf(counts: readonly number[], requests: number): { perRollout: Estimate; share: Estimate } {
  const shares = counts.map((count) => per(count, requests));
  return { perRollout: estimateMean(counts), share: estimateMean(shares, per(1, requests), 1) };
}

/** Expected requests per rollout of the buckets that count, by a name; names sorted. */
export function breakdown(
  trials: readonly TrialResult[],
  counts: (bucket: Bucket) => boolean,
  nameOf: (bucket: Bucket) => string,
): Record<string, Estimate> {
  return sumsByName(
    trials.map(({ buckets }) =>
      buckets.filter(({ bucket }) => counts(bucket)).map(({ bucket, expected }) => [nameOf(bucket), expected] as const),
    ),
  );
}

function sumsByName(
  trials: readonly (readonly (readonly [name: string, count: number])[])[],
): Record<string, Estimate> {
  const perTrial = trials.map((counts) => {
    const sums = new Map<string, number>();
    for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
    return sums;
  });
  const names = [...new Set(perTrial.flatMap((sums) => [...sums.keys()]))].sort();
  return Object.fromEntries(names.map((name) => [name, estimateMean(perTrial.map((sums) => sums.get(name) ?? 0))]));
}
