import { expect, test } from 'vitest';
import { durationMs } from '../../packages/sim-core/src/manifest/duration.js';
import {
  clusterPart,
  clusterPolicy,
  effectivePolicy,
  listenerPart,
} from '../../packages/sim-core/src/manifest/traffic-policy.js';
import type { DestinationRule } from '../../packages/sim-core/src/manifest/types.js';
import { manifests, object } from './support.js';

function rule(spec: object): DestinationRule {
  const yaml = object('networking.istio.io/v1', 'DestinationRule', 'a', { spec: { host: 'a', ...spec } });
  return manifests(yaml).destinationRules[0];
}

test.each([
  ['10s', 10_000],
  ['500ms', 500],
  ['1h30m', 5_400_000],
  ['1.5s', 1_500],
  ['0', 0],
  ['250us', 0.25],
])('%s are %d ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

test.each(['', '10', 's', '10 s', '1d', '-1s', '1s2'])('%j is no duration', (text) => {
  expect(durationMs(text)).toBeUndefined();
});

test('a subset replaces the fields that it names, and keeps the others of the rule', () => {
  const written = rule({
    trafficPolicy: { connectionPool: { tcp: { maxConnections: 7 } }, loadBalancer: { simple: 'RANDOM' } },
    subsets: [{ name: 'v1', trafficPolicy: { connectionPool: { http: { http1MaxPendingRequests: 3 } } } }],
  });
  const policy = clusterPolicy(effectivePolicy(written, written.subsets[0], 80));
  expect(policy.loadBalancing).toBe('RANDOM');
  expect(policy.http1MaxPendingRequests).toBe(3);
  // Replaced as a whole: the rule's maxConnections is not inherited.
  expect(policy.maxConnections).toBe(Number.POSITIVE_INFINITY);
});

test("a port's settings inherit nothing", () => {
  const written = rule({
    trafficPolicy: {
      tls: { mode: 'SIMPLE' },
      outlierDetection: { consecutive5xxErrors: 2 },
      portLevelSettings: [{ port: { number: 8080 }, loadBalancer: { simple: 'ROUND_ROBIN' } }],
    },
  });
  const other = clusterPolicy(effectivePolicy(written, undefined, 80));
  const ofPort = clusterPolicy(effectivePolicy(written, undefined, 8080));
  expect([other.tls, other.outlierDetection?.consecutive5xx]).toEqual(['SIMPLE', 2]);
  expect([ofPort.tls, ofPort.outlierDetection, ofPort.loadBalancing]).toEqual(['AUTO', undefined, 'ROUND_ROBIN']);
});

test('timeouts of TCP connections and tunnels are in the listener, all else in the cluster', () => {
  const written = rule({
    trafficPolicy: {
      connectionPool: { tcp: { maxConnections: 5, idleTimeout: '1m', maxConnectionDuration: '1h' } },
      tunnel: { targetHost: 'b', targetPort: 443 },
    },
  });
  const policy = effectivePolicy(written, undefined, 80);
  expect(clusterPart(policy)).toEqual({ connectionPool: { tcp: { maxConnections: 5 } } });
  expect(listenerPart(policy)).toEqual({
    tunnel: { targetHost: 'b', targetPort: 443 },
    idleTimeout: '1m',
    maxConnectionDuration: '1h',
  });
});

test('without a policy nothing is limited, connections last, TLS is automatic', () => {
  expect(clusterPolicy({})).toEqual({
    maxConnections: Number.POSITIVE_INFINITY,
    connectTimeoutMs: 10_000,
    http1MaxPendingRequests: Number.POSITIVE_INFINITY,
    http2MaxRequests: Number.POSITIVE_INFINITY,
    maxRequestsPerConnection: Number.POSITIVE_INFINITY,
    maxRetries: Number.POSITIVE_INFINITY,
    idleTimeoutMs: 3_600_000,
    maxConcurrentStreams: 1,
    loadBalancing: 'LEAST_REQUEST',
    hashName: '',
    hashTableSize: 1024,
    warmupMs: 0,
    warmupMinimumPercent: 10,
    warmupAggression: 1,
    tls: 'AUTO',
  });
});
