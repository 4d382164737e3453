/** Failures in words that need no other page. */
import { CAUSE_TEXTS, REFUSAL_TEXTS } from '../explain/causes.js';
import type { Refusal } from '../traffic/long-lived/openings.js';
import type { Bucket } from '../traffic/outcomes.js';

const TEXTS: Readonly<Record<Bucket['cause'] | Refusal['cause'], { readonly words: string }>> = {
  ...CAUSE_TEXTS,
  ...REFUSAL_TEXTS,
};

/** Why a TCP connection is closed as it opens: it is listeners and not routes that send it on. */
export function refusalInWords(cause: Refusal['cause']): string {
  return TEXTS[cause].words.replace(/^the routes name/, 'the listener names');
}

export function causeInWords(cause: Bucket['cause']): string {
  return TEXTS[cause].words;
}

/** `503 NC`, or the code alone where Envoy sets no flag. */
export function answerOf(code: number, flag: string): string {
  return flag === '-' ? `${code}` : `${code} ${flag}`;
}
