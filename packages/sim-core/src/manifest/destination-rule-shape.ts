import { z } from 'zod';
import { count, duration, flag, nonEmptyText, portSelector, text, textMap, texts, whole } from './istio-shapes.js';

const connectionPool = z.strictObject({
  tcp: z
    .strictObject({
      maxConnections: whole.optional(),
      connectTimeout: duration.optional(),
      tcpKeepalive: z
        .strictObject({ probes: count.optional(), time: duration.optional(), interval: duration.optional() })
        .optional(),
      maxConnectionDuration: duration.optional(),
      idleTimeout: duration.optional(),
    })
    .optional(),
  http: z
    .strictObject({
      http1MaxPendingRequests: whole.optional(),
      http2MaxRequests: whole.optional(),
      maxRequestsPerConnection: whole.optional(),
      maxRetries: whole.optional(),
      idleTimeout: duration.optional(),
      h2UpgradePolicy: z.enum(['DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE']).optional(),
      useClientProtocol: flag.optional(),
      maxConcurrentStreams: whole.optional(),
      http2KeepAlive: z.strictObject({ interval: duration.optional(), timeout: duration.optional() }).optional(),
    })
    .optional(),
});

const failover = z.array(z.strictObject({ from: text.optional(), to: text.optional() }));

const loadBalancer = z.strictObject({
  simple: z.enum(['UNSPECIFIED', 'LEAST_CONN', 'RANDOM', 'PASSTHROUGH', 'ROUND_ROBIN', 'LEAST_REQUEST']).optional(),
  consistentHash: z
    .strictObject({
      httpHeaderName: text.optional(),
      httpCookie: z
        .strictObject({
          name: text,
          path: text.optional(),
          ttl: text.optional(),
          attributes: z.array(z.strictObject({ name: text, value: text.optional() })).optional(),
        })
        .optional(),
      useSourceIp: flag.optional(),
      httpQueryParameterName: text.optional(),
      ringHash: z.strictObject({ minimumRingSize: count.optional() }).optional(),
      maglev: z.strictObject({ tableSize: count.optional() }).optional(),
      minimumRingSize: count.optional(),
    })
    .optional(),
  localityLbSetting: z
    .strictObject({
      distribute: z
        .array(z.strictObject({ from: text.optional(), to: z.record(z.string(), whole).optional() }))
        .optional(),
      failover: failover.optional(),
      failoverPriority: texts.optional(),
      enabled: flag.optional(),
    })
    .optional(),
  zoneAwareLbSetting: z
    .strictObject({
      enabled: flag.optional(),
      failover: failover.optional(),
      failoverPriority: texts.optional(),
      minClusterSize: count.optional(),
    })
    .optional(),
  warmupDurationSecs: duration.optional(),
  warmup: z
    .strictObject({ duration, minimumPercent: z.number().optional(), aggression: z.number().optional() })
    .optional(),
});

const outlierDetection = z.strictObject({
  consecutiveErrors: whole.optional(),
  splitExternalLocalOriginErrors: flag.optional(),
  consecutiveLocalOriginFailures: count.optional(),
  consecutiveGatewayErrors: count.optional(),
  consecutive5xxErrors: count.optional(),
  interval: duration.optional(),
  baseEjectionTime: duration.optional(),
  maxEjectionPercent: whole.optional(),
  minHealthPercent: whole.optional(),
  outlierDetectionHttpErrorCodes: z.array(whole).optional(),
});

const tls = z.strictObject({
  mode: z.enum(['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL']).optional(),
  clientCertificate: text.optional(),
  privateKey: text.optional(),
  caCertificates: text.optional(),
  credentialName: text.optional(),
  subjectAltNames: texts.optional(),
  sni: text.optional(),
  insecureSkipVerify: flag.optional(),
  caCrl: text.optional(),
});

const portPolicy = {
  loadBalancer: loadBalancer.optional(),
  connectionPool: connectionPool.optional(),
  outlierDetection: outlierDetection.optional(),
  tls: tls.optional(),
};

export const trafficPolicy = z.strictObject({
  ...portPolicy,
  portLevelSettings: z.array(z.strictObject({ port: portSelector.optional(), ...portPolicy })).optional(),
  tunnel: z.strictObject({ protocol: text.optional(), targetHost: text, targetPort: count }).optional(),
  proxyProtocol: z.strictObject({ version: z.enum(['V1', 'V2']).optional() }).optional(),
  retryBudget: z
    .strictObject({
      percent: z.number().optional(),
      minRetryConcurrency: count.optional(),
      budgetInterval: duration.optional(),
    })
    .optional(),
});

export const destinationRuleShape = z.looseObject({
  spec: z.strictObject({
    host: nonEmptyText,
    trafficPolicy: trafficPolicy.optional(),
    subsets: z
      .array(
        z.strictObject({ name: nonEmptyText, labels: textMap.optional(), trafficPolicy: trafficPolicy.optional() }),
      )
      .optional(),
    exportTo: texts.optional(),
    workloadSelector: z.strictObject({ matchLabels: textMap.optional() }).optional(),
  }),
});

export type DestinationRuleFields = z.infer<typeof destinationRuleShape>;

/** As written, at the level of the rule or of a subset. */
export type TrafficPolicyFields = NonNullable<DestinationRuleFields['spec']['trafficPolicy']>;
