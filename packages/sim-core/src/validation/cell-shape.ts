/** The files of a measured cell, field by field. Of the rows only what is compared is checked: labs log more than that. */
import { z } from 'zod';
import { XDS_TYPE_NAMES } from '../trace/events.js';

const count = z.int().min(0);
const ms = z.number();
const probability = z.number().min(0).max(1);
const xdsType = z.enum(XDS_TYPE_NAMES);

const delay = z.union([
  ms,
  z.strictObject({ constant: ms }),
  z.strictObject({ uniform: z.tuple([ms, ms]) }),
  z.strictObject({ quantiles: z.array(z.tuple([probability, ms])).min(1) }),
]);

/** The lab's README names the field and leaves its layout open: see slow-proxies.ts. */
const slowProxies = z.union([z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown()))]);

const serverMode = z.enum(['plain', 'tls', 'permissive']);

const writeFields = z.strictObject({
  apply: z.looseObject({}).optional(),
  delete: z.looseObject({}).optional(),
});

export const cellShape = z.strictObject({
  cell: z.string().optional(),
  mesh: z.strictObject({
    istio: z.string(),
    istiodCores: count.min(1),
    pushThrottle: count.min(1),
    interception: z.enum(['none', 'redirect']),
    services: count,
    gateways: count,
    sidecars: count,
    /** Clients that subscribe and acknowledge, and apply nothing, have none. */
    workersPerProxy: count.min(1).default(1),
    clientsOnly: z.boolean().optional(),
    envoyDebugLog: z.boolean().optional(),
    slowProxies: slowProxies.optional(),
    drainTimeS: z.number().min(0).default(45),
    slowEndpoint: z.strictObject({ address: z.string(), responseMs: ms }).optional(),
    closedEndpoint: z.string().optional(),
  }),
  /** Further writes, in turn, every so often. */
  repeat: z
    .strictObject({
      everyMs: ms.positive(),
      forMs: ms.positive(),
      eventsEach: count.optional(),
      alternately: z.array(writeFields).min(1),
    })
    .optional(),
  requests: z.strictObject({ perSecondPerProxy: z.number().positive(), fromMs: ms, toMs: ms }).optional(),
  writes: z.array(writeFields.extend({ atMs: delay })),
  /** Servers that no mesh configures: what they take before, those with this `version`, or all. */
  serverTls: z.strictObject({ endpoints: z.string().optional(), before: serverMode.default('plain') }).optional(),
  serverTlsChanges: z.array(z.strictObject({ atMs: delay, mode: serverMode })).optional(),
  /** Connections that stay open through a gateway, each used every so often. */
  tcp: z.strictObject({ connections: count.min(1), openedAtMs: ms, sendEveryMs: ms.min(0) }).optional(),
  watchedMs: ms.positive().optional(),
});

/** `cells/`: one row per trial and proxy. */
export const trialRowShape = z.looseObject({
  trial: count,
  proxy: z.string(),
  /** Where it differs from the cell's. */
  istio: z.string().optional(),
  pushes: z.array(z.looseObject({ atMs: ms })).nullish(),
  received: z.array(z.looseObject({ atMs: ms, type: xdsType, resources: count, removed: count })).nullish(),
  /** By `code/flag`. */
  requests: z.record(z.string(), count).nullish(),
  addWindowMs: ms.nullish(),
  removeWindowMs: ms.nullish(),
});

/** `shapes/`: one row per Istio version. */
export const streamRowShape = z.looseObject({
  istio: z.string(),
  messages: z.array(
    z.discriminatedUnion('dir', [
      z.looseObject({ dir: z.literal('response'), type: xdsType, resources: count, removed: count }),
      z.looseObject({ dir: z.literal('request'), type: xdsType, subscribe: count, unsubscribe: count }),
      z.looseObject({ dir: z.literal('ack'), type: xdsType }),
    ]),
  ),
});

const sumAndCount = z.looseObject({ sum: z.number(), count });

/** `scale/`: one row a trial. */
export const scaleRowShape = z.looseObject({
  trial: count,
  istio: z.string().optional(),
  arrivalMs: z.partialRecord(xdsType, z.looseObject({ n: count, p50: ms, p90: ms, last: ms })),
  messageSpanPerProxyMs: z.looseObject({ p50: ms, p90: ms }),
  istiodMetricsDelta: z.looseObject({
    debounce_time: sumAndCount,
    pushcontext_init_seconds: sumAndCount,
    proxy_queue_time: sumAndCount,
    proxy_convergence_time: sumAndCount,
    push_cds: sumAndCount.optional(),
    push_eds: sumAndCount.optional(),
    push_lds: sumAndCount.optional(),
    push_rds: sumAndCount.optional(),
    istiodCpuSeconds: z.number().optional(),
  }),
});

/** `other/train-…`: one row a trial. */
export const trainRowShape = z.looseObject({
  istio: z.string().optional(),
  pushes: z.array(z.looseObject({ atMs: ms, events: count })),
  routesSentAtMs: z.array(ms),
});

/** `other/tcp-…`: one row a trial. */
export const tcpRowShape = z.looseObject({
  istio: z.string().optional(),
  /** `CDS:4/-0`: type, resources, removed. */
  messages: z.array(z.string().regex(/^(?:CDS|EDS|LDS|RDS):\d+\/-\d+$/, 'is not TYPE:resources/-removed')),
  /** null: open at the end. */
  connectionEndsMs: z.array(ms.nullable()),
});

const counters = z.record(z.string(), count);

const poolRow = z.looseObject({
  trial: count,
  proxy: z.string(),
  istio: z.string().optional(),
  /** By `code/flag/details`. */
  requests: counters.nullish(),
});

/** `policy/`: one row per trial and proxy. */
export const policyRowShape = poolRow.extend({
  clusters: z.record(z.string(), z.enum(['added', 'swapped', 'removed'])).nullish(),
  routesReloaded: z.boolean().nullish(),
  /** Cluster → Envoy's counter → how much it grew; what did not grow is left out. */
  connections: z.record(z.string(), counters).nullish(),
});

/** `tls/`: one row per trial and proxy. */
export const tlsRowShape = poolRow.extend({
  /** Envoy's counter → how much it grew, over all clusters. */
  connections: counters.nullish(),
});

export type PolicyRow = z.infer<typeof policyRowShape>;
export type TlsRow = z.infer<typeof tlsRowShape>;
export type ServerMode = z.infer<typeof serverMode>;
export type TcpRow = z.infer<typeof tcpRowShape>;
export type ScaleRow = z.infer<typeof scaleRowShape>;
export type TrainRow = z.infer<typeof trainRowShape>;
export type CellFields = z.infer<typeof cellShape>;
export type TrialRow = z.infer<typeof trialRowShape>;
export type StreamRow = z.infer<typeof streamRowShape>;
