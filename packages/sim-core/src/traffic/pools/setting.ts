/** What a cluster of one proxy is simulated with: all that the manifests, the scenario and the mesh decide. */
import type { Sampler } from '../../kernel/distribution.js';
import type { ClusterPolicy } from '../../manifest/traffic-policy.js';
import type { EndingName } from '../response-flags.js';
import type { Upstream } from '../upstreams.js';
import type { HashTables } from './hash-table.js';

/** How an attempt to connect ends (envoy.md 7.2). */
export const Connect = {
  Plaintext: 0,
  Tls: 1,
  /** The port is closed. */
  Refused: 2,
  /** The server does not speak TLS, or not this kind: the handshake fails. */
  TlsFails: 3,
  /** The server awaits a handshake, hears a request, and closes. */
  Cut: 4,
} as const;

/** Requests that a worker sends to a cluster. */
export interface Load {
  readonly perSecond: number;
  /** What they are made of; shares add up to 1. */
  readonly sources: readonly { readonly source: number; readonly share: number }[];
}

export interface ClusterSetting {
  readonly workers: number;
  readonly upstreams: readonly Upstream[];
  readonly tcpHandshakeMs: Sampler;
  readonly tlsHandshakeMs: Sampler;
  /** Requests at even distances instead of at random. */
  readonly isEvenlySpaced: boolean;
  readonly hashTables: HashTables;
  policyOf(spec: number): ClusterPolicy;
  /** A value of Connect. */
  connect(spec: number, endpoint: number, conditions: number): number;
  /** Attempts that a request of a source has in all, where the last one ended like this. */
  attempts(source: number, ending: EndingName): number;
}

/** Cluster content that is none: the cluster is removed. */
export const NO_SPEC = 0;
