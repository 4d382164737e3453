/** The fields of a DestinationRule: what a change of each swaps, cuts or leaves alone (istiod.md 8.1; envoy.md 2, 5-9, 11). */
import { z } from 'zod';
import { trafficPolicy } from '../manifest/destination-rule-shape.js';
import { unwrapped } from '../scenario/field-path.js';
import type { Explanation } from './explanation.js';

/** Where Istio puts a field, and with that what Envoy does when it changes. */
const EFFECTS = {
  cluster:
    'It is in the cluster. Envoy builds the cluster anew beside the old one, waits for its endpoints, and swaps: new requests get new connections, the idle ones of the old cluster are closed, busy ones end with their last request. No request and no TCP connection is cut. Load balancing, ejections and counts against limits begin anew.',
  pool: "It is in the cluster, and istiod puts it into the inbound cluster of the service's own sidecars as well: both sides swap. Envoy builds the cluster anew, waits for its endpoints, and swaps: new requests get new connections, the idle ones of the old cluster are closed, busy ones end with their last request. No request and no TCP connection is cut.",
  listener:
    'It is in the TCP proxy of a listener, not in the cluster. The changed filter chain drains: HTTP answers ask their clients to close, idle connections stay. After the drain time (45 s) everything left is cut at one moment, long-lived TCP connections above all. HTTP routes are not concerned.',
  routes:
    'It is in the cluster, and the hash policy is in the routes (RDS) besides. The cluster is swapped, which cuts nothing. Another key or another kind of table moves most sessions to other endpoints; the same one is built anew as it was, and moves none.',
  endpoints:
    'It is in the endpoints (EDS), and the cluster stays as it is: nothing is swapped or cut. Endpoints that leave finish their requests; new requests go to those that come.',
  clusters:
    'It adds, renames or removes clusters, one per port. Others stay as they are. What is removed is gone at once: connections that are idle are closed, requests in flight finish, and routes that still name it answer 503 NC.',
} as const;

interface Field {
  readonly meaning: string;
  readonly effect: keyof typeof EFFECTS;
  /** What can go wrong all the same. */
  readonly care?: string;
}

const OVERFLOW =
  'A tight limit answers 503 UO in the burst behind every swap, since all requests wait for new connections then.';
const FORGOTTEN = 'The swap forgets ejections and counts: a bad endpoint gets requests again until it is ejected anew.';
const AUTO_MTLS =
  'Any `tls` here ends auto mTLS for the cluster: all endpoints get this one mode, those without a sidecar too.';

const FIELDS: Readonly<Record<string, Field>> = {
  'connectionPool.tcp.maxConnections': {
    meaning:
      'Connections of a proxy to the cluster, over all its workers; at least one per worker and endpoint is made.',
    effect: 'pool',
    care: 'A smaller limit closes nothing: old connections drain, and requests queue for the new ones.',
  },
  'connectionPool.tcp.connectTimeout': {
    meaning: 'How long a connection may take to be made; 10 s by default, TLS handshake included.',
    effect: 'pool',
    care: 'Too short, handshakes fail under load: UF, which is tried again.',
  },
  'connectionPool.tcp.tcpKeepalive': {
    meaning: 'Keep-alive probes of the operating system on upstream connections.',
    effect: 'pool',
  },
  'connectionPool.tcp.idleTimeout': {
    meaning: 'How long a TCP connection may be idle.',
    effect: 'listener',
  },
  'connectionPool.tcp.maxConnectionDuration': {
    meaning: 'How long a TCP connection may live.',
    effect: 'listener',
  },
  'connectionPool.http.http1MaxPendingRequests': {
    meaning: 'Requests that may wait for a connection.',
    effect: 'pool',
    care: OVERFLOW,
  },
  'connectionPool.http.http2MaxRequests': {
    meaning: 'Requests at once to the cluster, for HTTP/1.1 too.',
    effect: 'pool',
    care: OVERFLOW,
  },
  'connectionPool.http.maxRequestsPerConnection': {
    meaning: 'Requests after which a connection is closed; 1 switches keep-alive off.',
    effect: 'pool',
    care: 'Small numbers make a handshake of nearly every request, with or without a rollout.',
  },
  'connectionPool.http.maxRetries': {
    meaning:
      'Requests to the cluster that may be in a retry at once, per proxy, the back-off included; without a limit in Istio. `retryBudget` takes its place.',
    effect: 'pool',
    care: 'Beyond it a failure stands as it is and UO joins its flag, as in `UF,UO`: the fewer are allowed, the less retries hide. What retries hold in the mean is their rate times back-off and answer.',
  },
  'connectionPool.http.idleTimeout': {
    meaning: 'How long an upstream connection without requests stays open; an hour by default.',
    effect: 'pool',
    care: 'It should be shorter than that of the server, or keep-alive races end as UC.',
  },
  'connectionPool.http.h2UpgradePolicy': {
    meaning: 'Whether HTTP/1.1 requests go upstream as HTTP/2.',
    effect: 'pool',
    care: 'A server that does not speak HTTP/2 in plaintext fails every request.',
  },
  'connectionPool.http.useClientProtocol': {
    meaning: 'Upstream connections speak what the client speaks.',
    effect: 'pool',
  },
  'connectionPool.http.maxConcurrentStreams': { meaning: 'Streams on one HTTP/2 connection.', effect: 'pool' },
  'connectionPool.http.http2KeepAlive': { meaning: 'Pings on HTTP/2 connections.', effect: 'pool' },
  'loadBalancer.simple': {
    meaning: 'How an endpoint is picked; LEAST_REQUEST by default.',
    effect: 'cluster',
    care: 'PASSTHROUGH makes another type of cluster, which sends to the address that the client named.',
  },
  'loadBalancer.consistentHash': {
    meaning: 'Endpoints are picked by a hash of a header, cookie, address or query parameter.',
    effect: 'routes',
    care: 'Retries go to the same endpoint, so that one that refuses is not avoided.',
  },
  'loadBalancer.localityLbSetting': {
    meaning: 'Which regions and zones get the load of a proxy; the mesh has it on.',
    effect: 'cluster',
    care: 'With outlierDetection each proxy sends to the nearest endpoints only (mesh.localities says who runs where), so that load moves.',
  },
  'loadBalancer.zoneAwareLbSetting': {
    meaning: 'Endpoints of the own zone are preferred.',
    effect: 'cluster',
    care: 'Load moves.',
  },
  'loadBalancer.warmupDurationSecs': {
    meaning: 'Slow start: for so long a new endpoint gets less than its share.',
    effect: 'cluster',
    care: 'After a swap all endpoints are new, so that the slow start slows none of them.',
  },
  'loadBalancer.warmup': {
    meaning: 'Slow start: for how long, and from which share on, a new endpoint gets less than the others.',
    effect: 'cluster',
    care: 'After a swap all endpoints are new, so that the slow start slows none of them.',
  },
  outlierDetection: {
    meaning: 'Endpoints with consecutive errors are ejected for a while, each proxy deciding for itself.',
    effect: 'cluster',
    care: 'Every swap, of this field or another, forgets ejections and counts: a bad endpoint gets requests again. It also takes the panic threshold away, so that a cluster with all endpoints ejected answers 503 UH; at least one endpoint can always be ejected.',
  },
  'outlierDetection.consecutive5xxErrors': {
    meaning:
      'Consecutive 5xx answers of an endpoint that eject it; 5 by default. Failed connections and resets count as 503.',
    effect: 'cluster',
    care: FORGOTTEN,
  },
  'outlierDetection.consecutiveGatewayErrors': {
    meaning: 'Consecutive 502, 503 and 504 of an endpoint that eject it; off by default.',
    effect: 'cluster',
    care: FORGOTTEN,
  },
  'outlierDetection.splitExternalLocalOriginErrors': {
    meaning: "Failures of the proxy's own to connect count apart, by `consecutiveLocalOriginFailures`.",
    effect: 'cluster',
    care: FORGOTTEN,
  },
  'outlierDetection.consecutiveLocalOriginFailures': {
    meaning: 'Consecutive failures to connect that eject, where they count apart; 5 by default.',
    effect: 'cluster',
    care: FORGOTTEN,
  },
  'outlierDetection.interval': {
    meaning: 'How often the proxy looks whom to let back; 10 s by default.',
    effect: 'cluster',
    care: FORGOTTEN,
  },
  'outlierDetection.baseEjectionTime': {
    meaning: 'Ejection lasts so long times the number of ejections, up to the next interval; 30 s by default.',
    effect: 'cluster',
    care: FORGOTTEN,
  },
  'outlierDetection.maxEjectionPercent': {
    meaning:
      'Share of the endpoints that may be ejected, 10 by default. Since Envoy 1.28 the first one has to keep it too: 10 % of fewer than ten endpoints are none.',
    effect: 'cluster',
    care: `With 100, a cluster of one endpoint can lose it: 503 UH. ${FORGOTTEN}`,
  },
  'outlierDetection.minHealthPercent': {
    meaning: 'Below this share of healthy endpoints health is ignored (panic); 0 by default, which is never.',
    effect: 'cluster',
    care: FORGOTTEN,
  },
  tls: {
    meaning: 'How the client secures its connections.',
    effect: 'cluster',
    care: `A mode that the server does not take fails every new connection: plaintext to STRICT is UC, TLS to plaintext UF. Requests in flight and long streams keep the old mode. ${AUTO_MTLS}`,
  },
  'tls.mode': {
    meaning: 'DISABLE, SIMPLE, MUTUAL or ISTIO_MUTUAL; without `tls` auto mTLS decides by endpoint.',
    effect: 'cluster',
    care: `A mode that the server does not take fails every new connection: plaintext to STRICT is UC, TLS to plaintext UF. ${AUTO_MTLS}`,
  },
  portLevelSettings: {
    meaning:
      'Policy of one port. It replaces connectionPool, loadBalancer, outlierDetection and tls of the rule as a whole: what it leaves out has its default.',
    effect: 'cluster',
    care: 'A port that is named loses what the rule says for all ports, `tls` included.',
  },
  tunnel: { meaning: 'TCP is tunnelled over HTTP CONNECT.', effect: 'listener' },
  proxyProtocol: {
    meaning: 'Upstream connections begin with a PROXY header.',
    effect: 'cluster',
    care: 'A server that does not expect the header fails every request.',
  },
  retryBudget: {
    meaning:
      'Retries at once, as a share of the requests at once, those that wait included: `percent`, 20 by default, but always `minRetryConcurrency`, 3 by default. It takes the place of maxRetries.',
    effect: 'cluster',
    care: 'Beyond it a failure stands as it is and UO joins its flag. At a few requests a second the share comes to less than one retry, and minRetryConcurrency decides.',
  },
};

/** Fields beside trafficPolicy. */
const RULE_FIELDS: Readonly<Record<string, Field>> = {
  DestinationRule: {
    meaning:
      'The first DestinationRule of a host, even one with subsets alone, puts its name into the default cluster of every port: they are all swapped. So does another name of the rule.',
    effect: 'cluster',
  },
  'subsets.name': {
    meaning: 'One more cluster per port, with the endpoints that the labels select.',
    effect: 'clusters',
    care: 'Routes must not name it before every proxy has it, nor after it is gone.',
  },
  'subsets.labels': {
    meaning: 'Which endpoints the subset has.',
    effect: 'endpoints',
    care: 'Endpoints are exchanged under running traffic; a new name makes the change safe to stage.',
  },
  'subsets.trafficPolicy': {
    meaning: "Policy of one subset: each of its fields replaces the rule's field of that name.",
    effect: 'cluster',
  },
  exportTo: {
    meaning: 'Namespaces whose proxies see the rule; for others it does not exist.',
    effect: 'clusters',
    care: 'Where the rule is not seen, its subsets are not there: routes that name them answer 503 NC.',
  },
};

export function fieldExplanations(): Explanation[] {
  return Object.entries({ ...FIELDS, ...RULE_FIELDS }).map(([word, { meaning, effect, care }]) => ({
    word,
    kind: 'field',
    meaning,
    facts: [['On a change', EFFECTS[effect]], ...(care === undefined ? [] : [['Take care', care] as const])],
    see: flagsIn(care ?? ''),
  }));
}

/** Every field that a trafficPolicy can have, as a path → the word that explains it. */
export function explainedPaths(): ReadonlyMap<string, string> {
  const paths = pathsOf(trafficPolicy, []).filter((path) => path[0] !== 'portLevelSettings');
  return new Map(
    [...paths, ['portLevelSettings']].map((path) => {
      const above = path.map((_, length) => path.slice(0, path.length - length).join('.'));
      return [path.join('.'), above.find((word) => word in FIELDS) ?? ''];
    }),
  );
}

function pathsOf(type: z.ZodType, path: readonly string[]): (readonly string[])[] {
  const bare = unwrapped(type);
  if (!(bare instanceof z.ZodObject)) return [path];
  return Object.entries(bare.shape).flatMap(([name, field]) => pathsOf(field as z.ZodType, [...path, name]));
}

function flagsIn(text: string): string[] {
  return [...new Set(text.match(/\b(?:NC|UH|UF|UC|UO|UT)\b/g) ?? [])];
}
