/**
 * The TraceEvents as people and tools read them: one shape per kind, names instead of numbers. The schema is the source
 * of the types, so that what is written always fits what is promised.
 */
import { z } from 'zod';

const KINDS = ['sidecar', 'gateway'] as const;
const xdsType = z.enum(['CDS', 'EDS', 'LDS', 'RDS']);
const action = z.enum(['apply', 'delete']);
const count = z.int().min(0);
const revisions = z
  .record(z.string(), z.string())
  .describe('Object (Kind/namespace/name) → revision: before, then as the strategy calls it.');

const timeMs = z.number().min(0).describe('ms since the first write was sent.');
const proxy = z.string().describe('The proxy that it happens in, or to.');
const istiod = z.string().describe('The istiod that it happens in.');
const push = count.describe('Pushes are numbered over all istiods.');
const cluster = z.string().describe('outbound|port|subset|host');
const content = count.describe("Identity of the cluster's content: it changes when the content does.");
const worker = count.describe("One of the proxy's worker threads, from 1.");

const listeners = z.array(z.string()).describe('Listeners that lose filter chains, as Envoy names them.');

const write = { action, object: z.string().describe('Kind/namespace/name'), revision: z.string() };
const response = {
  proxy,
  type: xdsType,
  resources: count,
  removed: count,
  push: push.nullable().describe('null: the answer to a request.'),
};

function event<K extends string, S extends z.ZodRawShape>(kind: K, description: string, shape: S) {
  return z.strictObject({ kind: z.literal(kind), timeMs, ...shape }).describe(description);
}

export const traceEvent = z.discriminatedUnion('kind', [
  event('write-sent', 'The tool sends a write to the API server.', write),
  event('write-committed', 'The API server has stored the write and answers.', write),
  event('watch-delivered', 'istiod has handled the watch event; it enters the debounce.', {
    istiod,
    object: z.string().describe('Kind/namespace/name, or the endpoint that has become ready.'),
    revision: z.string(),
  }),
  event('gate-polled', 'The tool looks whether it may go on.', { group: z.string(), ready: z.boolean() }),
  event('gate-given-up', 'The tool stops waiting; the rest of the rollout does not happen.', { group: z.string() }),
  event('endpoint-changed', "The API server's EndpointSlices change.", { endpoint: z.string(), ready: z.boolean() }),
  event('debounce-started', 'First event of a batch: istiod waits for quiet.', { istiod }),
  event('push-started', 'The debounce has ended; istiod builds the push context.', {
    istiod,
    push,
    mergedEvents: count,
  }),
  event('push-queued', 'The push context is ready; every connection is queued.', { istiod, push, revisions }),
  event('push-dequeued', "A slot was free and it is the proxy's turn.", { proxy, push }),
  event('push-begun', 'istiod has a core for it and starts on the first type.', { proxy, push }),
  event('push-done', 'The last type of the push has been sent.', { proxy, push }),
  event('response-sent', 'istiod has sent a DiscoveryResponse.', response),
  event('response-received', 'It has reached the proxy.', response),
  event('response-started', "Envoy's main thread starts on it.", response),
  event('response-applied', "Envoy's main thread has applied it.", response),
  event('request-sent', 'Envoy sends a DiscoveryRequest that changes its subscription.', {
    proxy,
    type: xdsType,
    subscribed: count,
    unsubscribed: count,
  }),
  event('ack-sent', 'Envoy acknowledges a response.', response),
  event('cluster-warming', 'Added or changed by CDS; not serving until its endpoints have come.', {
    proxy,
    cluster,
    content,
  }),
  event('cluster-warm', 'Active on the main thread.', {
    proxy,
    cluster,
    content,
    timedOut: z.literal(true).optional().describe('Its endpoints have not come in time.'),
  }),
  event('cluster-removed', 'Removed on the main thread.', { proxy, cluster }),
  event('routes-loaded', 'A changed route table is ready on the main thread.', { proxy, revisions }),
  event('worker-cluster', 'A worker has the cluster, or has it no longer.', {
    proxy,
    worker,
    cluster,
    content: content.nullable().describe('null: removed.'),
  }),
  event('worker-endpoints', 'A worker has the endpoints of a cluster.', { proxy, worker, cluster, ready: count }),
  event('worker-routes', 'A worker routes by a changed table.', { proxy, worker, revisions }),
  event('unrelated-event', 'An event that has nothing to do with the rollout enters the debounce.', { istiod }),
  event('stream-closed', 'The proxy loses its stream, and keeps its configuration.', { proxy, istiod }),
  event('stream-opened', 'The proxy is connected, and asks for everything.', { proxy, istiod }),
  event('istiod-down', 'An istiod dies, and all of its streams with it.', { istiod }),
  event('istiod-up', 'It has synced and takes connections.', { istiod, revisions }),
  event('endpoint-condition', 'A server takes other connections than before; those that are open go on.', {
    endpoint: z.string(),
    takes: z.array(z.enum(['plaintext', 'mutual-tls', 'tls'])).describe('None: it refuses connections.'),
  }),
  event('listeners-loaded', 'Changed listeners are ready on the main thread.', { proxy, revisions }),
  event('worker-listeners', 'New connections of a worker come to changed listeners.', { proxy, worker, revisions }),
  event('listener-draining', 'Filter chains have been replaced; their connections go on for the drain time.', {
    proxy,
    listeners,
  }),
  event('listener-drained', 'The drain time is over: what is left on the replaced filter chains is cut.', {
    proxy,
    listeners,
  }),
  event('pod-gone', 'A pod has stopped: what was open to it is cut.', { endpoint: z.string() }),
  event('nack-sent', 'Envoy rejects a response and keeps what it has.', response),
]);

export type TraceEvent = z.infer<typeof traceEvent>;

/** With the scenario, seed and trial they say which run it was. */
export const overrides = z
  .array(z.strictObject({ path: z.string(), value: z.string() }))
  .describe('Values over those of the scenario, as `--set` gave them.');

/** First line of a trace: what was run. */
export const traceHeader = z.strictObject({
  schema: z.literal('xdsim.trace/v1'),
  scenario: z.string(),
  strategy: z.string(),
  trial: count,
  seed: z.string(),
  overrides,
  istio: z.string(),
  horizonMs: z.number(),
  proxies: z.array(z.strictObject({ id: z.string(), kind: z.enum(KINDS) })),
});

export type TraceHeader = z.infer<typeof traceHeader>;
