/** From the numbers of a recording to readable events. */

import { unreachable } from '../errors.js';
import { nsToMs } from '../kernel/time.js';
import { Takes } from '../rollout/connection-kinds.js';
import { type TraceDictionary, TraceKind, XDS_TYPE_NAMES } from './events.js';
import type { RecordedEvent, Recording } from './recording.js';
import type { TraceEvent } from './trace-event.js';

export function decode(recording: Recording, i: number, dictionary: TraceDictionary): TraceEvent {
  return decoded(recording.at(i), dictionary);
}

function decoded({ kind, timeNs, proxy: p, a, b, c }: RecordedEvent, names: TraceDictionary): TraceEvent {
  const timeMs = nsToMs(timeNs);
  const proxy = p < 0 ? '' : names.proxies[p].id;
  switch (kind) {
    case TraceKind.WriteSent:
      return { kind: 'write-sent', timeMs, ...write(names, a) };
    case TraceKind.WriteCommitted:
      return { kind: 'write-committed', timeMs, ...write(names, a) };
    case TraceKind.WatchDelivered:
      return { kind: 'watch-delivered', timeMs, istiod: istiodName(b), ...watched(names, a) };
    case TraceKind.GatePolled:
      return { kind: 'gate-polled', timeMs, group: names.groups[a], ready: b === 1 };
    case TraceKind.GateGivenUp:
      return { kind: 'gate-given-up', timeMs, group: names.groups[a] };
    case TraceKind.EndpointChanged:
      return { kind: 'endpoint-changed', timeMs, endpoint: names.endpoints[a], ready: b === 1 };
    case TraceKind.DebounceStarted:
      return { kind: 'debounce-started', timeMs, istiod: istiodName(a) };
    case TraceKind.PushStarted:
      return { kind: 'push-started', timeMs, istiod: istiodName(c), push: a, mergedEvents: b };
    case TraceKind.PushQueued:
      return { kind: 'push-queued', timeMs, istiod: istiodName(c), push: a, revisions: names.snapshot(b) };
    case TraceKind.PushDequeued:
      return { kind: 'push-dequeued', timeMs, proxy, push: a };
    case TraceKind.PushDone:
      return { kind: 'push-done', timeMs, proxy, push: a };
    case TraceKind.ResponseSent:
      return { kind: 'response-sent', timeMs, proxy, ...response(names, a) };
    case TraceKind.ResponseReceived:
      return { kind: 'response-received', timeMs, proxy, ...response(names, a) };
    case TraceKind.ResponseStarted:
      return { kind: 'response-started', timeMs, proxy, ...response(names, a) };
    case TraceKind.ResponseApplied:
      return { kind: 'response-applied', timeMs, proxy, ...response(names, a) };
    case TraceKind.RequestSent:
      return { kind: 'request-sent', timeMs, proxy, type: XDS_TYPE_NAMES[a], subscribed: b, unsubscribed: c };
    case TraceKind.AckSent:
      return { kind: 'ack-sent', timeMs, proxy, ...response(names, a) };
    case TraceKind.ClusterWarming:
      return { kind: 'cluster-warming', timeMs, proxy, cluster: names.clusters[a], content: b };
    case TraceKind.ClusterWarm:
      return {
        kind: 'cluster-warm',
        timeMs,
        proxy,
        cluster: names.clusters[a],
        content: b,
        ...(c > 0 && { timedOut: true }),
      };
    case TraceKind.ClusterRemoved:
      return { kind: 'cluster-removed', timeMs, proxy, cluster: names.clusters[a] };
    case TraceKind.RoutesLoaded:
      return { kind: 'routes-loaded', timeMs, proxy, revisions: names.routes(a) };
    case TraceKind.WorkerCluster: {
      const content = c === 0 ? null : c;
      return { kind: 'worker-cluster', timeMs, proxy, worker: a + 1, cluster: names.clusters[b], content };
    }
    case TraceKind.WorkerEndpoints: {
      const ready = names.endpointSetSize(c);
      return { kind: 'worker-endpoints', timeMs, proxy, worker: a + 1, cluster: names.clusters[b], ready };
    }
    case TraceKind.WorkerRoutes:
      return { kind: 'worker-routes', timeMs, proxy, worker: a + 1, revisions: names.routes(b) };
    case TraceKind.UnrelatedEvent:
      return { kind: 'unrelated-event', timeMs, istiod: istiodName(b) };
    case TraceKind.StreamClosed:
      return { kind: 'stream-closed', timeMs, proxy, istiod: istiodName(a) };
    case TraceKind.StreamOpened:
      return { kind: 'stream-opened', timeMs, proxy, istiod: istiodName(a) };
    case TraceKind.IstiodDown:
      return { kind: 'istiod-down', timeMs, istiod: istiodName(a) };
    case TraceKind.IstiodUp:
      return { kind: 'istiod-up', timeMs, istiod: istiodName(a), revisions: names.snapshot(b) };
    case TraceKind.PushBegun:
      return { kind: 'push-begun', timeMs, proxy, push: a };
    case TraceKind.EndpointCondition:
      return { kind: 'endpoint-condition', timeMs, endpoint: names.endpoints[a], takes: takesOf(b) };
    case TraceKind.ListenersLoaded:
      return { kind: 'listeners-loaded', timeMs, proxy, revisions: names.listeners(a) };
    case TraceKind.WorkerListeners:
      return { kind: 'worker-listeners', timeMs, proxy, worker: a + 1, revisions: names.listeners(b) };
    case TraceKind.ListenerDraining:
      return { kind: 'listener-draining', timeMs, proxy, listeners: drainedNames(names, a, b, c) };
    case TraceKind.ListenerDrained:
      return { kind: 'listener-drained', timeMs, proxy, listeners: drainedNames(names, a, b, c) };
    case TraceKind.PodGone:
      return { kind: 'pod-gone', timeMs, endpoint: names.endpoints[a] };
    case TraceKind.NackSent:
      return { kind: 'nack-sent', timeMs, proxy, ...response(names, a) };
    default:
      return unreachable(kind);
  }
}

export function istiodName(replica: number): string {
  return `istiod-${replica + 1}`;
}

/** In the words of the schema. */
function takesOf(bits: number): ('plaintext' | 'mutual-tls' | 'tls')[] {
  const kinds = [
    ['plaintext', Takes.Plaintext],
    ['mutual-tls', Takes.Mtls],
    ['tls', Takes.Tls],
  ] as const;
  return kinds.filter(([, bit]) => (bits & bit) !== 0).map(([name]) => name);
}

/** Envoy's name of the listener that all inbound connections of a sidecar come to. */
const INBOUND = 'virtualInbound';

function drainedNames(names: TraceDictionary, table: number, replaced: number, inbound: number): string[] {
  return [...names.replacedListeners(replaced, table), ...(inbound === 1 ? [INBOUND] : [])];
}

function write(names: TraceDictionary, index: number) {
  const { action, key, revision } = names.writes[index];
  return { action, object: key, revision };
}

function watched(names: TraceDictionary, event: number) {
  const written = names.writes[event];
  if (written !== undefined) return { object: written.key, revision: written.revision };
  const { endpoint, isReady } = names.endpointEvent(event);
  return { object: endpoint, revision: isReady ? 'ready' : 'gone' };
}

function response(names: TraceDictionary, id: number) {
  const { type, resources, removed, push } = names.content(id);
  return { type: XDS_TYPE_NAMES[type], resources, removed, push: push < 0 ? null : push };
}
