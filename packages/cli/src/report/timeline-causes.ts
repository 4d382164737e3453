/** Failures in words that need no other page. */
import { type Bucket, CAUSE_TEXTS } from '@xdsim/sim-core';

export function causeInWords(cause: Bucket['cause']): string {
  return CAUSE_TEXTS[cause].words;
}

/** `503 NC`, or the code alone where Envoy sets no flag. */
export function answerOf(code: number, flag: string): string {
  return flag === '-' ? `${code}` : `${code} ${flag}`;
}
