/** How requests fail at the endpoints themselves: connections that are not made, errors of the application. */
import { pow } from '../../kernel/elementary.js';
import type { OutlierDetection } from '../../manifest/traffic-policy.js';
import { type ClusterSetting, Connect, type Failure } from './setting.js';
import { Outcome } from './tally.js';

export interface EndpointFailure {
  readonly failure: Failure;
  /** Of the response; 0 where there is none. */
  readonly code: number;
  readonly outcome: number;
  /** Of the requests that reach the endpoint. */
  readonly share: number;
}

export function failureOf(
  setting: ClusterSetting,
  spec: number,
  endpoint: number,
  conditions: number,
): EndpointFailure {
  const made = setting.connect(spec, endpoint, conditions);
  if (made === Connect.Cut) return { failure: 'reset', code: 0, outcome: Outcome.Cut, share: 1 };
  if (made === Connect.Refused || made === Connect.TlsFails) {
    return { failure: 'connect-failure', code: 0, outcome: Outcome.Refused, share: 1 };
  }
  const { errorShare, errorCode } = setting.upstreams[endpoint];
  return { failure: 'response', code: errorCode, outcome: Outcome.EndpointError, share: errorShare };
}

/** In how many sequences as long as the detector asks for, all requests must fail for it to matter. */
const RARE = 1e-5;

/**
 * Whether what happened to earlier requests decides about later ones: some endpoint fails often enough to be ejected.
 * Where this is false, requests of a steady load fail independently of each other.
 */
export function remembers(
  setting: ClusterSetting,
  spec: number,
  members: readonly number[],
  conditions: number,
): boolean {
  const { outlierDetection } = setting.policyOf(spec);
  if (outlierDetection === undefined) return false;
  return members.some((endpoint) => {
    const failure = failureOf(setting, spec, endpoint, conditions);
    return failure.share > 0 && pow(failure.share, strikes(outlierDetection, failure)) >= RARE;
  });
}

/** Failures in a row that eject; Infinity: these never do. */
function strikes(rule: OutlierDetection, { failure, code }: EndpointFailure): number {
  const some = (count: number): number => (count === 0 ? Number.POSITIVE_INFINITY : count);
  const isLocal = failure !== 'response';
  if (isLocal && rule.splitsLocalOrigin) return some(rule.consecutiveLocalOrigin);
  const isGateway = isLocal || (code >= 502 && code <= 504);
  return Math.min(some(rule.consecutive5xx), isGateway ? some(rule.consecutiveGateway) : Number.POSITIVE_INFINITY);
}

/**
 * Shares of a source's requests that fail for good, by how the last attempt did, at endpoints picked evenly. Retries go to
 * endpoints that the request has not been to, as long as there are any.
 */
export function steadyFailures(
  setting: ClusterSetting,
  spec: number,
  members: readonly number[],
  conditions: number,
  source: number,
): EndpointFailure[] {
  const n = members.length;
  const failures = members.map((endpoint) => failureOf(setting, spec, endpoint, conditions));
  const kinds = new Map<string, EndpointFailure>();
  for (const [last, failure] of failures.entries()) {
    if (failure.share === 0) continue;
    const attempts = Math.min(n, setting.attempts(source, failure.failure, failure.code));
    const others = failures.filter((_, at) => at !== last);
    const share = (failure.share / n) * allFail(others, attempts - 1);
    const key = `${failure.outcome} ${failure.code}`;
    kinds.set(key, { ...failure, share: (kinds.get(key)?.share ?? 0) + share });
  }
  return [...kinds.values()];
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
