/** Causes of failures in words that need no other page. */
import type { Bucket, Refusal } from '@xdsim/sim-core';

const WORDS: Readonly<Record<Bucket['cause'], string>> = {
  served: 'served',
  'cds-late': 'the routes name a cluster that CDS has not brought yet',
  'eds-late': 'the cluster is warming: its endpoints (EDS) have not come yet',
  'rds-late': 'the cluster is removed, and the new routes (RDS) have not come yet',
  'subset-undefined': 'no DestinationRule of the rollout defines the subset',
  'no-ready-endpoints': 'the cluster has no ready endpoint',
  'endpoint-refuses': 'the endpoint refuses connections',
  'server-expects-tls': 'the client sends plaintext, and the server takes TLS only',
  'server-expects-plaintext': 'the client starts TLS, and the server takes another kind of connection',
  'slow-answer': 'the answer takes longer than a timeout of the route',
  'background-reset': 'the connection is cut, as happens to some requests at any time',
  'endpoint-errors': 'the endpoint answers with an error of its own',
  'pool-overflow': 'a limit of the connection pool refuses the request',
  'all-ejected': 'outlier detection has ejected every endpoint',
  'no-route': 'no route matches the request',
  'answered-by-route': 'the route itself answers with this code',
};

const REFUSALS: Readonly<Record<Refusal['cause'], string>> = {
  'cds-late': 'the listener names a cluster that CDS has not brought yet',
  'eds-late': WORDS['eds-late'],
  'lds-late': 'the cluster is removed, and the new listeners (LDS) have not come yet',
  'subset-undefined': WORDS['subset-undefined'],
  'no-ready-endpoints': WORDS['no-ready-endpoints'],
  'endpoint-refuses': WORDS['endpoint-refuses'],
  'server-expects-tls': WORDS['server-expects-tls'],
  'server-expects-plaintext': WORDS['server-expects-plaintext'],
  'no-filter-chain': 'no filter chain of the listener takes it',
  'no-listener': 'nothing listens on the port any more',
};

export function refusalInWords(cause: Refusal['cause']): string {
  return REFUSALS[cause];
}

export function causeInWords(cause: Bucket['cause']): string {
  return WORDS[cause];
}

/** `503 NC`, or the code alone where Envoy sets no flag. */
export function answerOf(code: number, flag: string): string {
  return flag === '-' ? `${code}` : `${code} ${flag}`;
}
