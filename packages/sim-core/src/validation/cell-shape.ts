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

/** The lab's README names the field and leaves its layout open: names with a hold time each, or entries with both. */
const slowProxies = z.union([z.record(z.string(), ms), z.array(z.record(z.string(), z.unknown()))]);

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
    workersPerProxy: count.min(1),
    envoyDebugLog: z.boolean().optional(),
    slowProxies: slowProxies.optional(),
    slowEndpoint: z.strictObject({ address: z.string(), responseMs: ms }).optional(),
    closedEndpoint: z.string().optional(),
  }),
  requests: z.strictObject({ perSecondPerProxy: z.number().positive(), fromMs: ms, toMs: ms }).optional(),
  writes: z.array(
    z.strictObject({
      atMs: delay,
      apply: z.looseObject({}).optional(),
      delete: z.looseObject({}).optional(),
    }),
  ),
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

export type CellFields = z.infer<typeof cellShape>;
export type TrialRow = z.infer<typeof trialRowShape>;
export type StreamRow = z.infer<typeof streamRowShape>;
