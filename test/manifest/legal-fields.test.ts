import { expect, test } from 'vitest';
import { manifests, object, together } from './support.js';

const ISTIO = 'networking.istio.io/v1';

test('every legal field of Istio is accepted, whether simulated or not', () => {
  const destination = { host: 'a', subset: 'v1', port: { number: 80 } };
  const headers = { request: { set: { a: 'b' }, add: {}, remove: ['x'] }, response: {} };
  const tls = { mode: 'MUTUAL', sni: 'a', subjectAltNames: ['a'], insecureSkipVerify: true, credentialName: 'x' };
  const trafficPolicy = {
    loadBalancer: {
      consistentHash: {
        httpCookie: { name: 'a', path: '/', ttl: '0s', attributes: [{ name: 'SameSite', value: 'x' }] },
      },
      localityLbSetting: { distribute: [{ from: 'a', to: { b: 100 } }], failoverPriority: ['x'], enabled: true },
      warmup: { duration: '10s', minimumPercent: 10, aggression: 1.5 },
    },
    connectionPool: { tcp: { maxConnections: 1, tcpKeepalive: { probes: 1 } }, http: { maxConcurrentStreams: 1 } },
    outlierDetection: { consecutive5xxErrors: 5, minHealthPercent: 10, splitExternalLocalOriginErrors: true },
    tls,
    portLevelSettings: [{ port: { number: 80 }, tls }],
    tunnel: { protocol: 'CONNECT', targetHost: 'a', targetPort: 1 },
    proxyProtocol: { version: 'V2' },
    retryBudget: { percent: 20, minRetryConcurrency: 3 },
  };
  const http = {
    name: 'x',
    match: [{ name: 'm', statPrefix: 'x', sourceNamespace: 'a', sourceLabels: {}, withoutHeaders: { a: {} } }],
    route: [{ destination, weight: 1, headers }],
    timeout: '1s',
    retries: { attempts: 1, perTryTimeout: '1s', retryRemoteLocalities: true, backoff: '1s' },
    fault: { delay: { percentage: { value: 0.1 }, fixedDelay: '1s' }, abort: { httpStatus: 500, percentage: {} } },
    mirror: destination,
    mirrors: [{ destination, percentage: { value: 1 } }],
    mirrorPercentage: { value: 50 },
    corsPolicy: { allowOrigins: [{ exact: '*' }], allowCredentials: true, maxAge: '1s', unmatchedPreflights: 'IGNORE' },
    headers,
    rewrite: { uriRegexRewrite: { match: 'a', rewrite: 'b' } },
  };
  const spec = {
    hosts: ['a'],
    exportTo: ['.'],
    http: [http],
    tls: [{ match: [{ sniHosts: ['a'], port: 443 }], route: [{ destination, weight: 1 }] }],
    tcp: [{ match: [{ destinationSubnets: ['10.0.0.0/8'], port: 1 }], route: [{ destination }] }],
  };
  const rule = { host: 'a', trafficPolicy, exportTo: ['*'], workloadSelector: { matchLabels: { a: 'b' } } };
  const server = {
    ...{ name: 's', bind: '1.1.1.1', defaultEndpoint: 'x', hosts: ['*'] },
    port: { number: 443, name: 'https', protocol: 'HTTPS', targetPort: 8443 },
    tls: { mode: 'OPTIONAL_MUTUAL', credentialNames: ['a'], minProtocolVersion: 'TLSV1_2', cipherSuites: ['x'] },
  };
  const set = manifests(
    together(
      object(ISTIO, 'VirtualService', 'a', { spec }),
      object(ISTIO, 'DestinationRule', 'a', {
        spec: { ...rule, subsets: [{ name: 'v1', labels: {}, trafficPolicy }] },
      }),
      object(ISTIO, 'Gateway', 'a', { spec: { selector: {}, servers: [server] } }),
    ),
  );
  const [{ tls: tlsRoutes, tcp: tcpRoutes }] = set.virtualServices;
  expect([tlsRoutes.length, tcpRoutes.length]).toEqual([1, 1]);
  expect(set.virtualServices[0].meta.raw.spec).toEqual(spec);
});
