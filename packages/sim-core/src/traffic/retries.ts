/** When a proxy tries a request again, and where (envoy.md 10; istiod.md 8.3). */
import type { RetryPolicy } from '../manifest/types.js';
import type { IstioBehaviour } from '../scenario/istio-behaviour.js';
import { type EndingName, endingOf, grpcStatusOf, type RetryCondition } from './response-flags.js';

export type Protocol = 'http' | 'grpc';

export interface RetryRules {
  /** Tries after the first. */
  readonly retries: number;
  readonly conditions: ReadonlySet<string>;
  /** What `retriable-status-codes` stands for. */
  readonly statusCodes: readonly number[];
  /** Infinity: none. */
  readonly perTryTimeoutMs: number;
  /** Endpoint of a retry: one not tried before where some more picks find it, any, or the one that the hash names. */
  readonly choice: 'untried' | 'any' | 'same';
}

export type Conditions = Pick<RetryRules, 'conditions' | 'statusCodes'>;

/** Istio's `retry_on` where the route has none of its own; status codes stand apart, since they depend on the version. */
const DEFAULT_CONDITIONS = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled', 'retriable-status-codes'];
const DEFAULT_RETRIES = 2;

/** Extra picks of a retry to avoid endpoints already tried (envoy.md 10.5). */
export const HOST_SELECTION_ATTEMPTS = 5;

/** Base interval of Envoy's back-off, and what it is capped at (envoy.md 10.4). */
const BACK_OFF_MS = 25;
const BACK_OFF_MAX_MS = 250;

/** The back-off before the n-th retry is anything up to this, all of it equally likely. */
export function longestBackOffMs(retry: number): number {
  return Math.min(BACK_OFF_MAX_MS, ((1 << Math.min(retry, 10)) - 1) * BACK_OFF_MS);
}

export function meanBackOffMs(retry: number): number {
  return longestBackOffMs(retry) / 2;
}

/**
 * What Istio makes of a route's `retries`.
 * @param policy undefined: the route says nothing
 * @param isHashed the cluster picks its endpoints by a consistent hash
 */
export function retryRules(policy: RetryPolicy | undefined, istio: IstioBehaviour, isHashed: boolean): RetryRules {
  const { attempts = DEFAULT_RETRIES, retryOn, perTryTimeoutMs, ignorePreviousHosts = !isHashed } = policy ?? {};
  const defaults = istio.retriesStatus503 ? [...DEFAULT_CONDITIONS, '503'] : DEFAULT_CONDITIONS;
  return {
    retries: attempts,
    ...parsed(retryOn ?? defaults),
    // Without retries the route has no retry policy at all, and so no timeout of a try (retry.go).
    perTryTimeoutMs: (attempts > 0 ? perTryTimeoutMs : undefined) ?? Number.POSITIVE_INFINITY,
    choice: ignorePreviousHosts ? 'untried' : isHashed ? 'same' : 'any',
  };
}

/** `retryOn` as a VirtualService has it: conditions and, mixed with them, status codes, separated by commas. */
export function conditionsOf(retryOn: string): Conditions {
  return parsed(retryOn.split(',').map((word) => word.trim()));
}

function parsed(words: readonly string[]): Conditions {
  const isCode = (word: string): boolean => /^[1-5]\d\d$/.test(word);
  const conditions = new Set(words.filter((word) => !isCode(word)));
  const statusCodes = words.filter(isCode).map(Number);
  if (statusCodes.length > 0) conditions.add('retriable-status-codes');
  return { conditions, statusCodes };
}

/** Whether such an end of a try is tried again, as far as there are retries left. */
export function isRetried(ending: EndingName, rules: Conditions, protocol: Protocol = 'http'): boolean {
  const { code, retriedOn } = endingOf(ending);
  return retriedOn.some((condition) => rules.conditions.has(condition) && holds(condition, code, rules, protocol));
}

/** Whether an answer with this code is tried again; for those who see no more of a failure than its code. */
export function isAnswerRetried(code: number, rules: Conditions, protocol: Protocol = 'http'): boolean {
  const conditions: readonly RetryCondition[] = [
    ...(code >= 500 ? (['5xx'] as const) : []),
    ...([502, 503, 504].includes(code) ? (['gateway-error'] as const) : []),
    ...(code === 409 ? (['retriable-4xx'] as const) : []),
    'retriable-status-codes',
    'unavailable',
  ];
  return conditions.some((condition) => rules.conditions.has(condition) && holds(condition, code, rules, protocol));
}

function holds(condition: RetryCondition, code: number, { statusCodes }: Conditions, protocol: Protocol): boolean {
  if (condition === 'retriable-status-codes') return statusCodes.includes(code);
  if (condition === 'unavailable') return protocol === 'grpc' && grpcStatusOf(code) === 14;
  return true;
}
