/** Failures of the sample, named as those of the exact integral are. */
import type { Bucket } from '../outcomes.js';
import type { ClusterSetting } from '../pools/setting.js';
import { ENDING_OF, isNotRetried, lastOutcome, Outcome } from '../pools/tally.js';
import { endingOf, flagsOf } from '../response-flags.js';
import type { RequestSource } from './cluster-loads.js';

const CAUSE_OF: Readonly<Record<number, Bucket['cause']>> = {
  [Outcome.Error]: 'endpoint-errors',
  [Outcome.Unavailable]: 'endpoint-errors',
  [Outcome.Refused]: 'endpoint-refuses',
  [Outcome.HandshakeFailed]: 'server-expects-plaintext',
  [Outcome.Cut]: 'server-expects-tls',
  [Outcome.AllEjected]: 'all-ejected',
  [Outcome.WhileConnecting]: 'pool-overflow',
};

/** How a request of a source ends that fails in the sample. */
export function bucketOf(
  setting: ClusterSetting,
  { host, destination, subset }: RequestSource,
  source: number,
  outcome: number,
  kind: Bucket['kind'],
): Bucket {
  const ending = ENDING_OF[outcome];
  const limit = isNotRetried(outcome) ? 'UO' : setting.attempts(source, ending) > 1 ? 'URX' : undefined;
  const cause = CAUSE_OF[lastOutcome(outcome)];
  return {
    flag: flagsOf(ending, limit),
    code: endingOf(ending).code,
    host,
    destination,
    subset,
    cause,
    noise: false,
    kind,
  };
}
