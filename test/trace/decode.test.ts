import { expect, test } from 'vitest';
import { decode } from '../../packages/sim-core/src/trace/decode.js';
import { type TraceDictionary, TraceKind, XdsType } from '../../packages/sim-core/src/trace/events.js';
import { encodeNdjson, traceLineSchema } from '../../packages/sim-core/src/trace/ndjson.js';
import { Recording } from '../../packages/sim-core/src/trace/recording.js';
import { traceEvent } from '../../packages/sim-core/src/trace/trace-event.js';
import { apply, destinationRule, endpoint, group, plan, service, virtualService } from '../mesh/objects.js';
import { observe, steadyScenario } from '../mesh/runs.js';

const CLUSTER = 'outbound|80|v2|a';

/** A trace dictionary made by hand: one of each thing. */
const NAMES: TraceDictionary = {
  proxies: [{ id: 'gw-1', kind: 'gateway' }],
  clusters: [CLUSTER],
  writes: [{ action: 'apply', key: 'VirtualService/shop/a', revision: 'after' }],
  groups: ['switch'],
  endpoints: ['Deployment/shop/v2#0'],
  endpointEvent: () => ({ endpoint: 'Deployment/shop/v2#0', isReady: true }),
  content: (id) =>
    id === 0
      ? { type: XdsType.CDS, resources: 3, removed: 1, push: 7 }
      : { type: XdsType.EDS, resources: 1, removed: 0, push: -1 },
  endpointSetSize: () => 2,
  snapshot: () => ({ 'VirtualService/shop/a': 'after', 'DestinationRule/shop/a': 'before' }),
  routes: () => ({ 'VirtualService/shop/a': 'after' }),
  listeners: () => ({ 'Gateway/shop/edge': 'after' }),
  replacedListeners: (from, to) => [`0.0.0.0_${from}${to}`],
};

/** One event of every kind, and the next kind a millisecond later. */
const EVENTS: readonly [kind: TraceKind, proxy: number, a: number, b: number, c: number, text: string][] = [
  [TraceKind.WriteSent, -1, 0, 0, 0, 'action apply object VirtualService/shop/a revision after'],
  [TraceKind.WriteCommitted, -1, 0, 0, 0, 'action apply object VirtualService/shop/a revision after'],
  [TraceKind.WatchDelivered, -1, 0, 1, 0, 'istiod istiod-2 object VirtualService/shop/a revision after'],
  [TraceKind.WatchDelivered, -1, 1, 0, 0, 'istiod istiod-1 object Deployment/shop/v2#0 revision ready'],
  [TraceKind.GatePolled, -1, 0, 1, 0, 'group switch ready true'],
  [TraceKind.GateGivenUp, -1, 0, 0, 0, 'group switch'],
  [TraceKind.EndpointChanged, -1, 0, 0, 0, 'endpoint Deployment/shop/v2#0 ready false'],
  [TraceKind.DebounceStarted, -1, 1, 0, 0, 'istiod istiod-2'],
  [TraceKind.PushStarted, -1, 7, 2, 0, 'istiod istiod-1 push 7 mergedEvents 2'],
  [
    TraceKind.PushQueued,
    -1,
    7,
    0,
    0,
    'istiod istiod-1 push 7 revisions {"VirtualService/shop/a":"after","DestinationRule/shop/a":"before"}',
  ],
  [TraceKind.PushDequeued, 0, 7, 0, 0, 'proxy gw-1 push 7'],
  [TraceKind.PushBegun, 0, 7, 0, 0, 'proxy gw-1 push 7'],
  [TraceKind.PushDone, 0, 7, 0, 0, 'proxy gw-1 push 7'],
  [TraceKind.ResponseSent, 0, 0, 0, 0, 'proxy gw-1 type CDS resources 3 removed 1 push 7'],
  [TraceKind.ResponseReceived, 0, 0, 0, 0, 'proxy gw-1 type CDS resources 3 removed 1 push 7'],
  [TraceKind.ResponseStarted, 0, 0, 0, 0, 'proxy gw-1 type CDS resources 3 removed 1 push 7'],
  [TraceKind.ResponseApplied, 0, 0, 0, 0, 'proxy gw-1 type CDS resources 3 removed 1 push 7'],
  [TraceKind.RequestSent, 0, XdsType.EDS, 1, 2, 'proxy gw-1 type EDS subscribed 1 unsubscribed 2'],
  [TraceKind.AckSent, 0, 1, 0, 0, 'proxy gw-1 type EDS resources 1 removed 0 push null'],
  [TraceKind.ClusterWarming, 0, 0, 4, 0, `proxy gw-1 cluster ${CLUSTER} content 4`],
  [TraceKind.ClusterWarm, 0, 0, 4, 0, `proxy gw-1 cluster ${CLUSTER} content 4`],
  [TraceKind.ClusterRemoved, 0, 0, 0, 0, `proxy gw-1 cluster ${CLUSTER}`],
  [TraceKind.RoutesLoaded, 0, 0, 0, 0, 'proxy gw-1 revisions {"VirtualService/shop/a":"after"}'],
  [TraceKind.WorkerCluster, 0, 1, 0, 4, `proxy gw-1 worker 2 cluster ${CLUSTER} content 4`],
  [TraceKind.WorkerCluster, 0, 0, 0, 0, `proxy gw-1 worker 1 cluster ${CLUSTER} content null`],
  [TraceKind.WorkerEndpoints, 0, 0, 0, 3, `proxy gw-1 worker 1 cluster ${CLUSTER} ready 2`],
  [TraceKind.UnrelatedEvent, -1, 32, 1, 0, 'istiod istiod-2'],
  [TraceKind.StreamClosed, 0, 0, 0, 0, 'proxy gw-1 istiod istiod-1'],
  [TraceKind.StreamOpened, 0, 1, 0, 0, 'proxy gw-1 istiod istiod-2'],
  [TraceKind.IstiodDown, -1, 0, 0, 0, 'istiod istiod-1'],
  [
    TraceKind.IstiodUp,
    -1,
    0,
    0,
    0,
    'istiod istiod-1 revisions {"VirtualService/shop/a":"after","DestinationRule/shop/a":"before"}',
  ],
  [TraceKind.EndpointCondition, -1, 0, 3, 0, 'endpoint Deployment/shop/v2#0 takes ["plaintext","mutual-tls"]'],
  [TraceKind.ListenersLoaded, 0, 1, 0, 0, 'proxy gw-1 revisions {"Gateway/shop/edge":"after"}'],
  [TraceKind.WorkerListeners, 0, 0, 1, 0, 'proxy gw-1 worker 1 revisions {"Gateway/shop/edge":"after"}'],
  [TraceKind.ListenerDraining, 0, 1, 8, 1, 'proxy gw-1 listeners ["0.0.0.0_81","virtualInbound"]'],
  [TraceKind.ListenerDrained, 0, 1, 8, 0, 'proxy gw-1 listeners ["0.0.0.0_81"]'],
  [TraceKind.PodGone, -1, 0, 0, 0, 'endpoint Deployment/shop/v2#0'],
  [TraceKind.NackSent, 0, 0, 0, 0, 'proxy gw-1 type CDS resources 3 removed 1 push 7'],
  [TraceKind.WorkerRoutes, 0, 0, 0, 0, 'proxy gw-1 worker 1 revisions {"VirtualService/shop/a":"after"}'],
];

function wordsOf(value: object): string {
  return Object.entries(value)
    .map(([name, field]) => `${name} ${typeof field === 'string' ? field : JSON.stringify(field)}`)
    .join(' ');
}

/** `ResponseSent` → `response-sent`. */
function kindOf(kind: TraceKind): string {
  const name = Object.keys(TraceKind).find((key) => TraceKind[key as keyof typeof TraceKind] === kind) as string;
  return name.replace(/(?<=.)[A-Z]/g, '-$&').toLowerCase();
}

test('events of every kind are told in the words of the field', () => {
  const recording = new Recording();
  for (const [i, [kind, proxy, a, b, c]] of EVENTS.entries()) recording.emit(kind, i * 1e6, proxy, a, b, c);
  const told = EVENTS.map((_, i) => decode(recording, i, NAMES));
  expect(told.map(wordsOf)).toEqual(
    EVENTS.map(([kind, , , , , text], i) => `kind ${kindOf(kind)} timeMs ${i} ${text}`),
  );
  expect(new Set(EVENTS.map(([kind]) => kind))).toEqual(new Set(Object.values(TraceKind)));
  for (const event of told) expect(traceEvent.parse(event)).toEqual(event);
});

test('a trace of a real run is a header and its events, each as the schema says', () => {
  const initial = {
    services: [service('a')],
    virtualServices: [virtualService('a', { v1: 1 })],
    destinationRules: [destinationRule('a', ['v1'])],
    endpoints: [endpoint('a1', 'a', 'v1'), endpoint('a2', 'a', 'v2')],
  };
  const change = group(0, apply(destinationRule('a', ['v1', 'v2']), 'expanded'), apply(virtualService('a', { v2: 1 })));
  const { recording, dictionary } = observe(steadyScenario({ sidecars: 3, gateways: 0 }), plan(initial, [change]));
  const header = {
    schema: 'xdsim.trace/v1' as const,
    scenario: 'test',
    strategy: 'test',
    trial: 0,
    seed: 'test',
    overrides: [{ path: 'mesh.sidecars', value: '3' }],
    istio: '1.32',
    horizonMs: 60_000,
    proxies: dictionary.proxies.map(({ id, kind }) => ({ id, kind })),
  };
  const lines = [...encodeNdjson(header, recording, dictionary)];
  expect(lines).toHaveLength(1 + recording.length);
  expect(lines.every((line) => !line.includes('\n'))).toBe(true);
  const values = lines.map((line) => JSON.parse(line) as unknown);
  expect(values[0]).toEqual(header);
  for (const value of values) expect(traceLineSchema.parse(value)).toEqual(value);
  expect(JSON.stringify(traceLineSchema.toJSONSchema())).toContain('"const":"response-applied"');
});

test('the schema refuses what is no event', () => {
  expect(traceLineSchema.safeParse({ kind: 'push-done', timeMs: 1, proxy: 'gw-1' }).success).toBe(false);
  expect(traceLineSchema.safeParse({ kind: 'no-such-kind', timeMs: 1 }).success).toBe(false);
  expect(traceLineSchema.safeParse({ kind: 'push-done', timeMs: 1, proxy: 'gw-1', push: 0, more: 1 }).success).toBe(
    false,
  );
});
