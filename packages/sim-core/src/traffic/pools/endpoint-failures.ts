/** How requests fail at the endpoints themselves: connections that are not made, errors of the application. */
import { pow } from '../../kernel/elementary.js';
import type { OutlierDetection } from '../../manifest/traffic-policy.js';
import { type EndingName, endingOf } from '../response-flags.js';
import { meanBackOffMs } from '../retries.js';
import { limitsRetries, refusedRetryShare } from '../retry-limits.js';
import { mayEject } from './outlier-detector.js';
import { type ClusterSetting, Connect, type Load } from './setting.js';
import { ENDING_OF, notRetried, Outcome } from './tally.js';

export interface EndpointFailure {
  /** A value of Outcome. */
  readonly outcome: number;
  readonly ending: EndingName;
  readonly code: number;
  /** The proxy could not make the connection, or lost it: there is no answer. */
  readonly isLocal: boolean;
  /** Of the requests that reach the endpoint. */
  readonly share: number;
}

const OF_CONNECT: Readonly<Record<number, number>> = {
  [Connect.Refused]: Outcome.Refused,
  [Connect.TlsFails]: Outcome.HandshakeFailed,
  [Connect.Cut]: Outcome.Cut,
};

export function failureOf(
  setting: ClusterSetting,
  spec: number,
  endpoint: number,
  conditions: number,
): EndpointFailure {
  const outcome = OF_CONNECT[setting.connect(spec, endpoint, conditions)];
  if (outcome !== undefined) return { ...failureAs(outcome), isLocal: true, share: 1 };
  const { ending = 'error-upstream', share = 0 } = setting.upstreams[endpoint].errors ?? {};
  return { ...failureAs(outcomeOfError(ending)), isLocal: false, share };
}

export function outcomeOfError(ending: EndingName): number {
  return ending === 'unavailable-upstream' ? Outcome.Unavailable : Outcome.Error;
}

function failureAs(outcome: number) {
  const ending = ENDING_OF[outcome];
  return { outcome, ending, code: endingOf(ending).code };
}

/** In how many sequences as long as the detector asks for, all requests must fail for it to matter. */
const RARE = 1e-5;

/**
 * Whether what happened to earlier requests decides about later ones: some endpoint fails often enough to be ejected, and
 * one endpoint is not too many. Where this is false, requests of a steady load fail independently of each other.
 */
export function remembers(
  setting: ClusterSetting,
  spec: number,
  members: readonly number[],
  conditions: number,
): boolean {
  const { outlierDetection } = setting.policyOf(spec);
  if (outlierDetection === undefined) return false;
  // Of all endpoints of the rollout: an ejection may be from a time when the cluster had more of them.
  if (!mayEject(outlierDetection, 0, setting.upstreams.length)) return false;
  return members.some((endpoint) => {
    const failure = failureOf(setting, spec, endpoint, conditions);
    return failure.share > 0 && pow(failure.share, strikes(outlierDetection, failure)) >= RARE;
  });
}

/** Failures in a row that eject; Infinity: these never do. */
function strikes(rule: OutlierDetection, { code, isLocal }: EndpointFailure): number {
  const some = (count: number): number => (count === 0 ? Number.POSITIVE_INFINITY : count);
  if (isLocal && rule.splitsLocalOrigin) return some(rule.consecutiveLocalOrigin);
  const isGateway = code >= 502 && code <= 504;
  return Math.min(some(rule.consecutive5xx), isGateway ? some(rule.consecutiveGateway) : Number.POSITIVE_INFINITY);
}

/**
 * Shares of a source's requests that fail for good, by how the last attempt did, at endpoints picked evenly. Retries go to
 * endpoints that the request has not been to, as long as there are any.
 * @param refusedRetries share of first retries that are refused
 */
export function steadyFailures(
  setting: ClusterSetting,
  spec: number,
  members: readonly number[],
  conditions: number,
  source: number,
  refusedRetries: number,
): EndpointFailure[] {
  const n = members.length;
  const failures = members.map((endpoint) => failureOf(setting, spec, endpoint, conditions));
  const kinds = new Map<number, EndpointFailure>();
  const add = (failure: EndpointFailure): void => {
    kinds.set(failure.outcome, { ...failure, share: (kinds.get(failure.outcome)?.share ?? 0) + failure.share });
  };
  for (const [last, failure] of failures.entries()) {
    if (failure.share === 0) continue;
    const all = setting.attempts(source, failure.ending);
    const attempts = Math.min(n, all);
    const others = failures.filter((_, at) => at !== last);
    const refused = all > 1 ? refusedRetries : 0;
    add({ ...failure, share: (failure.share / n) * allFail(others, attempts - 1) * (1 - refused) });
    if (refused > 0) add({ ...failure, outcome: notRetried(failure.outcome), share: (failure.share / n) * refused });
  }
  return [...kinds.values()];
}

/**
 * Share of first retries that a limit of retries at once refuses, under a steady load on these endpoints. Retries go to
 * others of them.
 */
export function refusedRetriesAt(
  setting: ClusterSetting,
  spec: number,
  members: readonly number[],
  conditions: number,
  load: Load,
): number {
  const policy = setting.policyOf(spec);
  if (!limitsRetries(policy) || members.length === 0) return 0;
  const failures = members.map((endpoint) => failureOf(setting, spec, endpoint, conditions));
  const tookMs = members.map((endpoint, at) =>
    failures[at].isLocal ? setting.tcpHandshakeMs.mean : setting.upstreams[endpoint].durationMs.mean,
  );
  const tryMs = tookMs.reduce((sum, took) => sum + took, 0) / members.length;
  const atOnce = { held: 0, first: 0, again: 0 };
  for (const { source, share: ofLoad } of load.sources) {
    const perMs = (ofLoad * load.perSecond * setting.workers) / 1000;
    atOnce.first += perMs * tryMs;
    for (const [first, failure] of failures.entries()) {
      const others = failures.filter((_, at) => at !== first);
      const attempts = setting.attempts(source, failure.ending);
      for (let retry = 1; retry < attempts; retry++) {
        const chance = (failure.share / members.length) * allFail(others, Math.min(others.length, retry - 1));
        atOnce.again += perMs * chance * tryMs;
        atOnce.held += perMs * chance * (tryMs + meanBackOffMs(retry));
      }
    }
  }
  return refusedRetryShare(policy, atOnce);
}

/** Probability that so many different ones, picked at random, fail. */
function allFail(failures: readonly EndpointFailure[], count: number): number {
  // Elementary symmetric polynomials, over the number of ways to pick.
  const sums = [1, ...new Array<number>(count).fill(0)];
  for (const { share } of failures) for (let k = count; k > 0; k--) sums[k] += sums[k - 1] * share;
  let probability = sums[count];
  for (let k = 0; k < count; k++) probability *= (k + 1) / (failures.length - k);
  return probability;
}
