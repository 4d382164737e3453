/**
 * What a trafficPolicy means for one cluster (istiod.md 8.1, envoy.md 8, 9): which level of the rule decides a field, which
 * part of it is in the cluster and which in the listener, and the numbers that Envoy works with, defaults filled in.
 */
import type { TrafficPolicyFields } from './destination-rule-shape.js';
import { durationMs } from './duration.js';
import type { DestinationRule, Subset } from './types.js';

type PortFields = Omit<TrafficPolicyFields, 'portLevelSettings' | 'tunnel' | 'proxyProtocol' | 'retryBudget'>;

/** The fields that one cluster gets: no level is left to decide. */
export type EffectivePolicy = Omit<TrafficPolicyFields, 'portLevelSettings'>;

/** Fields that a port's settings replace as a whole: what they leave out has its default, nothing is inherited. */
const OF_PORT = ['connectionPool', 'loadBalancer', 'outlierDetection', 'tls'] as const;

/** A subset's field replaces the rule's field of that name; a port's settings replace both (istiod.md 8.1). */
export function effectivePolicy(
  rule: DestinationRule | undefined,
  subset: Subset | undefined,
  port: number,
): EffectivePolicy {
  const ofRule = atPort(rule?.trafficPolicy, {}, port);
  return subset?.trafficPolicy === undefined ? ofRule : atPort(subset.trafficPolicy, ofRule, port);
}

function atPort(written: TrafficPolicyFields | undefined, inherited: EffectivePolicy, port: number): EffectivePolicy {
  const { portLevelSettings = [], ...own } = written ?? {};
  const merged: EffectivePolicy = { ...inherited, ...own };
  const settings = portLevelSettings.find((setting) => setting.port?.number === port);
  if (settings === undefined) return merged;
  const ofPort: PortFields = Object.fromEntries(OF_PORT.map((name) => [name, settings[name]]));
  return { ...merged, ...ofPort };
}

/** What is in the cluster: a change of it makes Envoy build the cluster anew. */
export function clusterPart(policy: EffectivePolicy): EffectivePolicy {
  const { tunnel: _, connectionPool, ...rest } = policy;
  if (connectionPool?.tcp === undefined) return { ...rest, ...(connectionPool && { connectionPool }) };
  const { idleTimeout: __, maxConnectionDuration: ___, ...tcp } = connectionPool.tcp;
  return { ...rest, connectionPool: { ...connectionPool, tcp } };
}

/** What is in the TCP proxy of a listener's filter chain: a change of it drains the chain (networkfilter.go). */
export function listenerPart({ tunnel, connectionPool }: EffectivePolicy) {
  const { idleTimeout, maxConnectionDuration } = connectionPool?.tcp ?? {};
  return { tunnel, idleTimeout, maxConnectionDuration };
}

export type LoadBalancing = 'LEAST_REQUEST' | 'ROUND_ROBIN' | 'RANDOM' | 'PASSTHROUGH' | 'RING_HASH' | 'MAGLEV';

/** `AUTO`: mutual TLS with every endpoint that has a sidecar (auto mTLS), plaintext with the others. */
export type TlsMode = 'AUTO' | 'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL';

export interface OutlierDetection {
  /** Consecutive 5xx answers that eject; 0: they never do. */
  readonly consecutive5xx: number;
  /** Consecutive 502, 503 and 504; 0: they never do. */
  readonly consecutiveGateway: number;
  /** Failures of the proxy's own to connect are counted apart, and eject after so many. */
  readonly splitsLocalOrigin: boolean;
  readonly consecutiveLocalOrigin: number;
  readonly intervalMs: number;
  readonly baseEjectionMs: number;
  readonly maxEjectionPercent: number;
  /** Share of healthy endpoints below which health is ignored, in percent; 0: never. */
  readonly minHealthPercent: number;
}

/** Limits are per cluster and Envoy, shared by its workers; Infinity: none. */
export interface ClusterPolicy {
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
  readonly http1MaxPendingRequests: number;
  readonly http2MaxRequests: number;
  /** Requests after which a connection is closed; Infinity: never. */
  readonly maxRequestsPerConnection: number;
  readonly maxRetries: number;
  /** Of a connection without requests; Infinity: it stays. */
  readonly idleTimeoutMs: number;
  /** Upstream connections speak HTTP/2 and carry so many streams at once; 1: HTTP/1.1. */
  readonly maxConcurrentStreams: number;
  readonly loadBalancing: LoadBalancing;
  /** What a consistent hash is made of; undefined: nothing is hashed. */
  readonly hashKey?: 'header' | 'cookie' | 'source-ip' | 'query-parameter';
  /** Name of the header, cookie or parameter; '' for an address. */
  readonly hashName: string;
  /** Least places on the ring, over all endpoints; or slots of Maglev's table. */
  readonly hashTableSize: number;
  /** How long a new endpoint gets less than its share (slow start); 0: no time. */
  readonly warmupMs: number;
  readonly warmupMinimumPercent: number;
  readonly warmupAggression: number;
  readonly tls: TlsMode;
  readonly outlierDetection?: OutlierDetection;
  /** How endpoints are sorted by where they run; undefined: not at all. */
  readonly localities?: LocalityBalancing;
  /** Retries at once, as a share of requests at once; undefined: maxRetries decides. */
  readonly retryBudget?: { readonly share: number; readonly minConcurrency: number };
}

/** Mesh-wide `connectTimeout` of Istio (istiod.md 8.3). */
const CONNECT_TIMEOUT_MS = 10_000;
/** Envoy closes an upstream connection that has been idle for an hour. */
const IDLE_TIMEOUT_MS = 3_600_000;
/** Streams on an HTTP/2 connection: Envoy's default is the protocol's limit, 2^31 − 1. */
const STREAMS_MAX = 2_147_483_647;

/** What a DestinationRule says of where endpoints run; both empty: the nearest ones get all. */
export interface LocalityBalancing {
  /** Region of the proxy → region that takes over. */
  readonly failover: readonly { readonly from: string; readonly to: string }[];
  /** Localities of proxies → those that they send to; a `*` stands for the rest. */
  readonly distribute: readonly { readonly from: string; readonly to: readonly string[] }[];
}

/** Envoy's numbers for a cluster, by its effective policy. Durations that are missing have Envoy's defaults. */
export function clusterPolicy(policy: EffectivePolicy): ClusterPolicy {
  const { tcp = {}, http = {} } = policy.connectionPool ?? {};
  const { retryBudget } = policy;
  return {
    // Istio leaves a limit out when it is 0 (istiod.md 8.3).
    maxConnections: limit(tcp.maxConnections),
    connectTimeoutMs: ms(tcp.connectTimeout, CONNECT_TIMEOUT_MS),
    http1MaxPendingRequests: limit(http.http1MaxPendingRequests),
    http2MaxRequests: limit(http.http2MaxRequests),
    maxRequestsPerConnection: limit(http.maxRequestsPerConnection),
    maxRetries: limit(http.maxRetries),
    // 0 switches it off.
    idleTimeoutMs: ms(http.idleTimeout, IDLE_TIMEOUT_MS) || Number.POSITIVE_INFINITY,
    maxConcurrentStreams: http.h2UpgradePolicy === 'UPGRADE' ? (http.maxConcurrentStreams ?? STREAMS_MAX) : 1,
    ...balancing(policy.loadBalancer),
    tls: policy.tls?.mode ?? (policy.tls === undefined ? 'AUTO' : 'DISABLE'),
    ...(policy.outlierDetection && { outlierDetection: outliers(policy.outlierDetection) }),
    ...localityBalancing(policy),
    ...(retryBudget && {
      retryBudget: { share: (retryBudget.percent ?? 20) / 100, minConcurrency: retryBudget.minRetryConcurrency ?? 3 },
    }),
  };
}

function balancing(written: EffectivePolicy['loadBalancer']) {
  const hash = written?.consistentHash;
  const { duration, minimumPercent = 10, aggression = 1 } = written?.warmup ?? {};
  return {
    loadBalancing: algorithm(written),
    ...(hash && { hashKey: hashKey(hash) }),
    hashName: hash?.httpHeaderName ?? hash?.httpCookie?.name ?? hash?.httpQueryParameterName ?? '',
    hashTableSize: hashTableSize(hash),
    warmupMs: ms(duration ?? written?.warmupDurationSecs, 0),
    warmupMinimumPercent: minimumPercent,
    warmupAggression: aggression,
  };
}

/** A rule without the setting has the mesh's, which is on; but only outlier detection asks for nearness (istiod.md 8.1). */
function localityBalancing({ loadBalancer, outlierDetection }: EffectivePolicy): Pick<ClusterPolicy, 'localities'> {
  const { enabled = true, distribute = [], failover = [] } = loadBalancer?.localityLbSetting ?? {};
  if (!enabled || (distribute.length === 0 && outlierDetection === undefined)) return {};
  return {
    localities: {
      failover: failover.map(({ from = '', to = '' }) => ({ from, to })),
      distribute: distribute.map(({ from = '', to = {} }) => ({
        from,
        to: Object.keys(to).filter((locality) => to[locality] > 0),
      })),
    },
  };
}

function algorithm(written: EffectivePolicy['loadBalancer']): LoadBalancing {
  if (written?.consistentHash !== undefined) {
    return written.consistentHash.maglev === undefined ? 'RING_HASH' : 'MAGLEV';
  }
  switch (written?.simple) {
    case 'ROUND_ROBIN':
    case 'RANDOM':
    case 'PASSTHROUGH':
      return written.simple;
    default:
      // LEAST_CONN is the old name of LEAST_REQUEST, which is also Istio's default (istiod.md 8.3).
      return 'LEAST_REQUEST';
  }
}

/** Envoy's defaults; Istio leaves a size out when it is 0. */
function hashTableSize(hash: NonNullable<EffectivePolicy['loadBalancer']>['consistentHash']): number {
  if (hash?.maglev !== undefined) return hash.maglev.tableSize || 65_537;
  return hash?.ringHash?.minimumRingSize || hash?.minimumRingSize || 1024;
}

function hashKey(hash: NonNullable<NonNullable<EffectivePolicy['loadBalancer']>['consistentHash']>) {
  if (hash.httpHeaderName !== undefined) return 'header' as const;
  if (hash.httpCookie !== undefined) return 'cookie' as const;
  return hash.useSourceIp === true ? ('source-ip' as const) : ('query-parameter' as const);
}

/** Envoy's defaults (envoy.md 9.1); Istio enforces both kinds of consecutive errors that the rule names. */
function outliers(written: NonNullable<EffectivePolicy['outlierDetection']>): OutlierDetection {
  return {
    consecutive5xx: written.consecutive5xxErrors ?? written.consecutiveErrors ?? 5,
    consecutiveGateway: written.consecutiveGatewayErrors ?? 0,
    splitsLocalOrigin: written.splitExternalLocalOriginErrors === true,
    consecutiveLocalOrigin: written.consecutiveLocalOriginFailures ?? 5,
    intervalMs: ms(written.interval, 10_000),
    baseEjectionMs: ms(written.baseEjectionTime, 30_000),
    maxEjectionPercent: written.maxEjectionPercent ?? 10,
    minHealthPercent: written.minHealthPercent ?? 0,
  };
}

function limit(written: number | undefined): number {
  return written === undefined || written <= 0 ? Number.POSITIVE_INFINITY : written;
}

function ms(written: string | undefined, otherwise: number): number {
  return written === undefined ? otherwise : (durationMs(written) ?? otherwise);
}
