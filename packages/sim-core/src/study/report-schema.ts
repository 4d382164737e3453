/** The contract `xdsim.report/v1`: what `compare --format json` prints. */
import { z } from 'zod';

const bound = z.number().nullable();
const interval = z.tuple([bound, bound]);

/** Distribution over trials. */
const distribution = z.strictObject({
  mean: bound,
  p50: bound,
  p90: bound,
  p95: bound,
  p99: bound,
  max: bound,
  ci95: z.strictObject({ mean: interval, p50: interval, p95: interval, p99: interval }),
  n: z.number().int(),
});

/** Expectation with its 95 % interval. */
const estimate = z.strictObject({ mean: z.number(), ci95: z.tuple([z.number(), z.number()]), noneSeen: z.boolean() });

/** Expected requests, and the same over all requests up to the horizon. */
const requests = { perRollout: estimate, share: estimate };

const failureCounts = z.strictObject({
  share: estimate,
  sharePeakSecond: estimate,
  perRollout: estimate,
  per1000Requests: estimate,
  anyProbability: estimate,
  byFlag: z.record(z.string(), estimate),
  byCode: z.record(z.string(), estimate),
  byHost: z.record(z.string(), estimate),
  byCause: z.array(z.strictObject({ cause: z.string(), perRollout: estimate })),
  byProxyKind: z.record(z.string(), estimate),
  caller: z.strictObject({ ...requests, byFlag: z.record(z.string(), estimate) }),
});

const strategy = z.strictObject({
  name: z.string(),
  label: z.string(),
  window: z.strictObject({
    propagationMs: distribution,
    skewMs: distribution,
    inconsistentMs: distribution,
    failingMs: distribution,
    addMs: distribution,
    removeMs: distribution,
    states: z.array(z.strictObject({ vs: z.string(), dr: z.string(), proxyMs: estimate })),
  }),
  completeMs: distribution,
  unsettledShare: estimate,
  errors: failureCounts,
  failures: failureCounts,
  noise: z.strictObject({ ...requests, byFlag: z.record(z.string(), estimate) }),
  chains: z.array(
    z.strictObject({
      name: z.string(),
      ...requests,
      byHop: z.array(z.strictObject({ hop: z.string(), perRollout: estimate })),
      caller: z.strictObject(requests),
    }),
  ),
  traffic: z.strictObject({
    bySubset: z.record(z.string(), estimate),
    peakRequestsPerSecondPerEndpoint: distribution,
    sessionsMovedShare: estimate,
  }),
  connections: z.strictObject({
    closedIdle: estimate,
    drained: estimate,
    cut: estimate,
    handshakes: estimate,
    peakHandshakesPerUpstream: distribution,
    refused: z.record(z.string(), estimate),
  }),
  latency: z.strictObject({ addedP99Ms: distribution }),
  worst: z.strictObject({ trial: z.number().int(), errors: z.number(), command: z.string() }),
});

export const reportSchema = z.strictObject({
  schema: z.literal('xdsim.report/v1'),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  inputs: z.strictObject({ hash: z.string(), files: z.array(z.string()) }),
  scenario: z.strictObject({
    name: z.string(),
    file: z.string().nullable(),
    seed: z.string(),
    trials: z.number().int(),
    istio: z.string(),
    proxies: z.strictObject({ sidecar: z.number().int(), gateway: z.number().int() }),
    requestsPerSecond: z.number(),
    horizonMs: z.number(),
  }),
  change: z.strictObject({
    objects: z.array(
      z.strictObject({
        kind: z.string(),
        namespace: z.string(),
        name: z.string(),
        action: z.enum(['create', 'update', 'delete']),
        file: z.string(),
        line: z.number().int(),
        details: z.array(z.string()),
      }),
    ),
  }),
  strategies: z.array(strategy),
  ranking: z.array(z.strictObject({ group: z.number().int(), names: z.array(z.string()) })),
  recommended: z.strictObject({ strategy: z.string(), why: z.string() }),
  sensitivity: z.array(z.strictObject({ parameter: z.string(), why: z.string() })),
  notModelled: z.array(z.string()),
  warnings: z.array(
    z.strictObject({ code: z.string(), message: z.string(), file: z.string().nullable(), line: z.number().nullable() }),
  ),
});

export type Report = z.infer<typeof reportSchema>;
export type StrategyReport = Report['strategies'][number];
export type FailureCounts = StrategyReport['errors'];
