import type { RetryPolicy } from '../../manifest/types.js';
import { connectAttempts } from '../outcomes.js';
import type { Failure } from './setting.js';

/** Attempts that a request has in all, where this befell the last one (envoy.md 10.2). */
export function attemptsAfter(retries: RetryPolicy | undefined, failure: Failure, code: number): number {
  if (failure === 'connect-failure') return connectAttempts(retries);
  const conditions = retries?.retryOn;
  // Istio's default set has neither resets nor codes.
  if (retries === undefined || conditions === undefined) return 1;
  const isRetried =
    failure === 'reset'
      ? conditions.some((condition) => condition === 'reset' || condition === '5xx' || condition === 'gateway-error')
      : conditions.some((condition) => retriesCode(condition, code));
  return isRetried ? 1 + retries.attempts : 1;
}

function retriesCode(condition: string, code: number): boolean {
  if (condition === 'gateway-error') return code >= 502 && code <= 504;
  return condition === '5xx' || condition === String(code);
}
