/**
 * The one channel out of the model. The mesh calls a `TraceSink` with numbers, so that nothing is allocated on the hot
 * path; a `TraceDictionary` turns the numbers into names where somebody wants to read them.
 */

export const TraceKind = {
  /** a: write index. The tool sends a write to the API server. */
  WriteSent: 0,
  /** a: write index. Committed to etcd. */
  WriteCommitted: 1,
  /**
   * a: number of a watch event: a write, or what a slice says of an endpoint; b: istiod replica, c: bit set, 1: it enters the
   * debounce, 2: it is pushed at once. The watch event has been handled.
   */
  WatchDelivered: 2,
  /** a: group index, b: 1 ready, 0 not yet. */
  GatePolled: 3,
  /** a: group index. The rest of the rollout does not happen. */
  GateGivenUp: 4,
  /** a: endpoint id, b: 1 ready, 0 gone. In the EndpointSlices of the API server. */
  EndpointChanged: 5,
  /** a: replica. First event of a batch. */
  DebounceStarted: 6,
  /** a: push id, b: merged events, c: replica. The debounce has ended. */
  PushStarted: 7,
  /** a: push id, b: snapshot id, c: replica. The push context is ready, every connection is queued. */
  PushQueued: 8,
  /** proxy; a: push id. A slot was free and the proxy's turn has come. */
  PushDequeued: 9,
  /** proxy; a: push id. The last type has been sent. */
  PushDone: 10,
  /** proxy; a: content id. */
  ResponseSent: 11,
  /** proxy; a: content id. Reached the proxy. */
  ResponseReceived: 12,
  /** proxy; a: content id. The main thread starts on it. */
  ResponseStarted: 13,
  /** proxy; a: content id. */
  ResponseApplied: 14,
  /** proxy; a: XdsType, b: clusters subscribed, c: clusters unsubscribed. */
  RequestSent: 15,
  /** proxy; a: content id of the response that is acknowledged. */
  AckSent: 16,
  /** proxy; a: cluster, b: spec id. Added or changed; not serving until an EDS response for it has been applied. */
  ClusterWarming: 17,
  /**
   * proxy; a: cluster, b: spec id, c: 0, or 1 + endpoint set where its endpoints have not come in time. Active on the main
   * thread.
   */
  ClusterWarm: 18,
  /** proxy; a: cluster. Removed on the main thread. */
  ClusterRemoved: 19,
  /** proxy; a: routes id. A changed route table is ready on the main thread. */
  RoutesLoaded: 20,
  /** proxy; a: worker, b: cluster, c: spec id (0: removed). */
  WorkerCluster: 21,
  /** proxy; a: worker, b: cluster, c: endpoint-set id. */
  WorkerEndpoints: 22,
  /** proxy; a: worker, b: routes id. */
  WorkerRoutes: 23,
  /** a: kind of config, as a bit of mesh/changes.ts; b: replica. Has nothing to do with the rollout. */
  UnrelatedEvent: 24,
  /** proxy; a: replica. Its stream is gone; it keeps its configuration. */
  StreamClosed: 25,
  /** proxy; a: replica. */
  StreamOpened: 26,
  /** a: replica. */
  IstiodDown: 27,
  /** a: replica, b: snapshot id. Synced, and takes connections. */
  IstiodUp: 28,
  /** proxy; a: content id of the response that is rejected. */
  NackSent: 29,
  /** proxy; a: push id. Its goroutine has a core: proxy state and the first type are being made. */
  PushBegun: 30,
  /** a: endpoint, b: bits of Takes. New connections to it are taken or refused by them from now on. */
  EndpointCondition: 31,
  /**
   * proxy; a: listener table in force from now on, b: table that it replaces, c: 1: inbound filter chains go too. The
   * chains that go drain: their connections carry on until the drain time is over, and take nothing new.
   */
  ListenerDraining: 32,
  /** proxy; a, b, c: as in its ListenerDraining. What is left on those chains is cut. */
  ListenerDrained: 33,
  /** proxy; a: listener table. Changed listeners are ready on the main thread. */
  ListenersLoaded: 34,
  /** proxy; a: worker, b: listener table. New connections of the worker come to it. */
  WorkerListeners: 35,
  /**
   * a: endpoint, b: ms from its deletion to the last look that found connections (0: none has), c: 1 it stopped for want of
   * them. Its pod has stopped: what was open to it is cut.
   */
  PodGone: 36,
} as const;

export type TraceKind = (typeof TraceKind)[keyof typeof TraceKind];

export const XdsType = { CDS: 0, EDS: 1, LDS: 2, RDS: 3 } as const;
export type XdsType = (typeof XdsType)[keyof typeof XdsType];
export const XDS_TYPE_NAMES = ['CDS', 'EDS', 'LDS', 'RDS'] as const;

/** Receives every observable event of one run, in time order. `proxy` is −1 where none is concerned. */
export interface TraceSink {
  /** The kinds that it looks at; all of them where it does not say. */
  readonly watches?: readonly TraceKind[];
  emit(kind: TraceKind, timeNs: number, proxy: number, a: number, b: number, c: number): void;
}

/** What the numbers of a run's events stand for. */
export interface TraceDictionary {
  readonly proxies: readonly { readonly id: string; readonly kind: 'sidecar' | 'gateway' }[];
  readonly clusters: readonly string[];
  readonly writes: readonly { readonly action: 'apply' | 'delete'; readonly key: string; readonly revision: string }[];
  readonly groups: readonly string[];
  readonly endpoints: readonly string[];
  /** Name of the endpoint that a watch event which is no write is about, and whether it is ready by then. */
  endpointEvent(event: number): { readonly endpoint: string; readonly isReady: boolean };
  content(id: number): ResponseContent;
  /** Number of endpoints in a set; a proxy is only sent those that are ready. */
  endpointSetSize(id: number): number;
  /** Revisions that a push context was made from. */
  snapshot(id: number): RevisionNames;
  /** Revisions of the VirtualServices in a route table. */
  routes(id: number): RevisionNames;
  /** Revisions of the VirtualServices and Gateways in a listener table. */
  listeners(id: number): RevisionNames;
  /** Names of the listeners that lose filter chains when one table replaces another. */
  replacedListeners(from: number, to: number): readonly string[];
}

/** Object (`Kind/namespace/name`) → revision in the words of the plan. */
export type RevisionNames = Readonly<Record<string, string>>;

/** One xDS response as the wire shows it. */
export interface ResponseContent {
  readonly type: XdsType;
  readonly resources: number;
  readonly removed: number;
  /** Push that it belongs to; −1 for the answer to a subscription. */
  readonly push: number;
}
