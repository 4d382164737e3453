/** Causes of failures in words that need no other page. */
import type { Bucket } from '../traffic/outcomes.js';

const WORDS: Readonly<Record<Bucket['cause'], string>> = {
  served: 'served',
  'cds-late': 'the routes name a cluster that CDS has not brought yet',
  'eds-late': 'the cluster is warming: its endpoints (EDS) have not come yet',
  'rds-late': 'the cluster is removed, and the new routes (RDS) have not come yet',
  'subset-undefined': 'no DestinationRule of the rollout defines the subset',
  'no-ready-endpoints': 'the cluster has no ready endpoint',
  'endpoint-refuses': 'the endpoint refuses connections',
  'no-route': 'no route matches the request',
  'answered-by-route': 'the route itself answers with this code',
};

export function causeInWords(cause: Bucket['cause']): string {
  return WORDS[cause];
}

/** `503 NC`, or the code alone where Envoy sets no flag. */
export function answerOf(code: number, flag: string): string {
  return flag === '-' ? `${code}` : `${code} ${flag}`;
}
