/** The contract `xdsim.inspect/v1`: what istioctl and kubectl would show at one instant of a rollout. */
import { z } from 'zod';

const count = z.int().min(0);
const ms = z.number();
const status = z.enum(['SYNCED', 'STALE', 'NOT SENT', 'ERROR']);
const revisions = z.record(z.string(), z.string()).describe('Object → revision.');
const labels = z.record(z.string(), z.string());

const object = {
  namespace: z.string(),
  name: z.string(),
  revision: z.string(),
  createdMs: ms.nullable().describe('null: before the rollout.'),
};

const proxyStatus = z.strictObject({
  name: z.string(),
  kind: z.enum(['sidecar', 'gateway']),
  cluster: z.string(),
  cds: status,
  lds: status,
  eds: status,
  rds: status,
  ecds: status,
  istiod: z.string().nullable().describe('null: it has no stream, and istioctl does not list it.'),
  version: z.string(),
});

const istiod = z.strictObject({
  name: z.string(),
  up: z.boolean(),
  debounce: z.strictObject({
    state: z.enum(['quiet', 'counting']),
    events: count,
    sinceMs: ms.nullable().describe('First event of the batch.'),
    quietSinceMs: ms.nullable().describe('Last event of the batch: quiet since then.'),
  }),
  preparingPush: count.nullable().describe('The push whose context is being built.'),
  queueLength: count,
  pushesInProgress: count,
  revisions: revisions.describe('What its push context was made from.'),
});

const listener = z.strictObject({
  name: z.string(),
  address: z.string().describe('Of a sidecar: the service whose connections it is handed.'),
  port: count,
  match: z.string(),
  destinations: z
    .array(z.strictObject({ cluster: z.string(), weight: z.number() }))
    .nullable()
    .describe('Of one filter chain; null: HTTP, whose routes are listed apart.'),
});

const route = z.strictObject({
  name: z.string(),
  vhostName: z.string(),
  domains: z.array(z.string()),
  match: z.string(),
  virtualService: z.string(),
  revision: z.string(),
  destinations: z.array(z.strictObject({ cluster: z.string(), weight: z.number() })),
});

const cluster = z.strictObject({
  name: z.string(),
  serviceFqdn: z.string(),
  port: count,
  subset: z.string(),
  direction: z.literal('outbound'),
  type: z.string(),
  destinationRule: z.string(),
  status: z.enum(['active', 'warming', 'active, update warming']),
});

const endpoint = z.strictObject({
  endpoint: z.string(),
  status: z.literal('HEALTHY'),
  outlierCheck: z.literal('OK'),
  cluster: z.string(),
});

const worker = z.strictObject({
  worker: count,
  revisions,
  behind: z.array(z.string()).describe('What the main thread has decided and the worker has not run yet.'),
});

export const inspectReportSchema = z.strictObject({
  schema: z.literal('xdsim.inspect/v1'),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  scenario: z.strictObject({ name: z.string(), file: z.string().nullable(), seed: z.string() }),
  strategy: z.string(),
  trial: count,
  atMs: ms,
  proxyStatus: z.array(proxyStatus),
  istiods: z.array(istiod),
  virtualServices: z.array(z.strictObject({ ...object, gateways: z.array(z.string()), hosts: z.array(z.string()) })),
  destinationRules: z.array(
    z.strictObject({ ...object, host: z.string(), subsets: z.array(z.strictObject({ name: z.string(), labels })) }),
  ),
  pods: z.array(
    z.strictObject({
      namespace: z.string(),
      name: z.string(),
      id: z.string(),
      ready: z.boolean(),
      status: z.literal('Running'),
      labels,
    }),
  ),
  proxy: z
    .strictObject({
      id: z.string(),
      kind: z.enum(['sidecar', 'gateway']),
      why: z.string(),
      listeners: z.array(listener),
      routes: z.array(route),
      clusters: z.array(cluster),
      endpoints: z.array(endpoint),
      workers: z.array(worker),
    })
    .describe('One proxy as `istioctl proxy-config` shows it: the main thread; its workers follow.'),
  notModelled: z.array(z.string()),
});

export type InspectReport = z.infer<typeof inspectReportSchema>;
