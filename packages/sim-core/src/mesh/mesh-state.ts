/**
 * The state of the whole mesh at one moment, rebuilt from the trace alone. It starts as the model does, with everything
 * settled on the revisions before the rollout, and follows the events one by one.
 */
import { TraceKind, type TraceSink, XdsType } from '../trace/events.js';
import type { PushContents } from './istiod/push-content.js';
import { IstiodStates } from './istiod-states.js';
import type { MeshModel } from './model.js';

/** Words of `istioctl proxy-status` for a type that istiod has sent (istiod.md 9). */
type SyncStatus = 'SYNCED' | 'STALE' | 'NOT SENT' | 'ERROR';

export const Presence = { Absent: 0, NotReady: 1, Ready: 2 } as const;

const TYPES = 4;

export class MeshState implements TraceSink {
  timeNs = 0;
  /** API server: object → revision, and when it was created; NaN: before the rollout. */
  readonly revisions: Int32Array;
  readonly createdNs: Float64Array;
  /** endpoint → Presence in the API server. */
  readonly presence: Uint8Array;
  readonly istiods: IstiodStates;
  /** proxy → listener table, and that of each worker. */
  readonly listeners: Int32Array;
  readonly workerListeners: Int32Array;
  /** proxy → route table, and proxy × cluster → content (0: none) and endpoint set, on Envoy's main thread. */
  readonly routes: Int32Array;
  readonly active: Int32Array;
  readonly warming: Int32Array;
  readonly endpoints: Int32Array;
  /** The same for each worker: (proxy × workers + worker) and that × clusters. */
  readonly workerRoutes: Int32Array;
  readonly workerClusters: Int32Array;
  readonly workerEndpoints: Int32Array;
  readonly clusterCount: number;
  readonly workersPerProxy: number;
  /** proxy × XdsType, on the present stream: responses without an answer; 1: none has been sent; 1: the last was rejected. */
  private readonly unacknowledged: Int32Array;
  private readonly isUnsent: Uint8Array;
  private readonly isRejected: Uint8Array;
  /** proxy → the response that its main thread is busy with, or −1. */
  private readonly processing: Int32Array;

  constructor(
    private readonly model: MeshModel,
    private readonly contents: PushContents,
  ) {
    const { proxies, firstSnapshot: start } = model;
    const clusters = model.clusters.clusters.length;
    this.clusterCount = clusters;
    this.workersPerProxy = model.scenario.mesh.workersPerProxy;
    this.revisions = new Int32Array(model.objects.length);
    this.createdNs = new Float64Array(model.objects.length).fill(Number.NaN);
    this.presence = initialPresence(model);
    this.istiods = new IstiodStates(model);
    this.routes = Int32Array.from(proxies.groupOf, (group) => start.routes[group]);
    this.listeners = Int32Array.from(proxies.groupOf, (group) => start.listeners[group]);
    const specs = start.clusters.map(({ spec }) => spec);
    const sets = start.clusters.map(({ selector }) =>
      selector.map((labels, k) => model.endpoints.select(k, labels, model.initialReady)),
    );
    this.active = byProxy(proxies.groupOf, specs, 1);
    this.warming = new Int32Array(proxies.count * clusters);
    this.endpoints = byProxy(proxies.groupOf, sets, 1);
    const workers = proxies.count * this.workersPerProxy;
    this.workerRoutes = Int32Array.from(
      { length: workers },
      (_, i) => this.routes[Math.floor(i / this.workersPerProxy)],
    );
    this.workerListeners = Int32Array.from(
      { length: workers },
      (_, i) => this.listeners[Math.floor(i / this.workersPerProxy)],
    );
    this.workerClusters = byProxy(proxies.groupOf, specs, this.workersPerProxy);
    this.workerEndpoints = byProxy(proxies.groupOf, sets, this.workersPerProxy);
    this.unacknowledged = new Int32Array(proxies.count * TYPES);
    this.isUnsent = new Uint8Array(proxies.count * TYPES);
    this.isRejected = new Uint8Array(proxies.count * TYPES);
    this.processing = new Int32Array(proxies.count).fill(-1);
  }

  /** Numbers in the state: what a copy of it costs. */
  get size(): number {
    return (
      this.workerClusters.length * 2 +
      this.active.length * 3 +
      this.routes.length * (TYPES + 6) +
      this.workerRoutes.length * 2
    );
  }

  copy(): MeshState {
    const copy = new MeshState(this.model, this.contents);
    copy.timeNs = this.timeNs;
    copy.revisions.set(this.revisions);
    copy.createdNs.set(this.createdNs);
    copy.presence.set(this.presence);
    copy.istiods.set(this.istiods);
    copy.routes.set(this.routes);
    copy.active.set(this.active);
    copy.warming.set(this.warming);
    copy.endpoints.set(this.endpoints);
    copy.workerRoutes.set(this.workerRoutes);
    copy.listeners.set(this.listeners);
    copy.workerListeners.set(this.workerListeners);
    copy.workerClusters.set(this.workerClusters);
    copy.workerEndpoints.set(this.workerEndpoints);
    copy.unacknowledged.set(this.unacknowledged);
    copy.isUnsent.set(this.isUnsent);
    copy.isRejected.set(this.isRejected);
    copy.processing.set(this.processing);
    return copy;
  }

  /**
   * What istiod has sent on the present stream against what the proxy has acknowledged. An ACK counts when it leaves the
   * proxy, and says nothing of warming clusters; a change that is still in the debounce or the queue shows as SYNCED
   * (istiod.md 9).
   */
  syncStatus(proxy: number, type: XdsType): SyncStatus {
    const slot = proxy * TYPES + type;
    if (this.isRejected[slot] === 1) return 'ERROR';
    if (this.isUnsent[slot] === 1) return 'NOT SENT';
    return this.unacknowledged[slot] === 0 ? 'SYNCED' : 'STALE';
  }

  emit(kind: TraceKind, timeNs: number, p: number, a: number, b: number, c: number): void {
    const { clusterCount, workersPerProxy } = this;
    this.timeNs = timeNs;
    this.istiods.emit(kind, timeNs, p, a, b, c);
    switch (kind) {
      case TraceKind.WriteCommitted:
        this.onCommitted(a, timeNs);
        break;
      case TraceKind.EndpointChanged:
        if (b === 1) this.presence[a] = Presence.Ready;
        else if (this.presence[a] === Presence.Ready) this.presence[a] = Presence.NotReady;
        break;
      case TraceKind.ResponseSent: {
        const slot = this.slotOf(p, a);
        this.unacknowledged[slot]++;
        this.isUnsent[slot] = 0;
        break;
      }
      case TraceKind.AckSent:
      case TraceKind.NackSent: {
        const slot = this.slotOf(p, a);
        this.unacknowledged[slot]--;
        this.isRejected[slot] = Number(kind === TraceKind.NackSent);
        break;
      }
      case TraceKind.StreamClosed:
        this.unacknowledged.fill(0, p * TYPES, (p + 1) * TYPES);
        this.isUnsent.fill(1, p * TYPES, (p + 1) * TYPES);
        this.isRejected.fill(0, p * TYPES, (p + 1) * TYPES);
        break;
      case TraceKind.ResponseStarted:
        this.processing[p] = a;
        break;
      case TraceKind.ResponseApplied:
        this.onApplied(p, a);
        break;
      case TraceKind.ClusterWarming:
        this.warming[p * clusterCount + a] = b;
        break;
      case TraceKind.ClusterWarm:
        this.warming[p * clusterCount + a] = 0;
        this.active[p * clusterCount + a] = b;
        if (c > 0) this.endpoints[p * clusterCount + a] = c - 1;
        else this.applyEndpoints(p);
        break;
      case TraceKind.ClusterRemoved:
        this.warming[p * clusterCount + a] = 0;
        this.active[p * clusterCount + a] = 0;
        break;
      case TraceKind.RoutesLoaded:
        this.routes[p] = a;
        break;
      case TraceKind.ListenersLoaded:
        this.listeners[p] = a;
        break;
      case TraceKind.WorkerListeners:
        this.workerListeners[p * workersPerProxy + a] = b;
        break;
      case TraceKind.WorkerRoutes:
        this.workerRoutes[p * workersPerProxy + a] = b;
        break;
      case TraceKind.WorkerCluster:
        this.workerClusters[(p * workersPerProxy + a) * clusterCount + b] = c;
        break;
      case TraceKind.WorkerEndpoints:
        this.workerEndpoints[(p * workersPerProxy + a) * clusterCount + b] = c;
        // Endpoints take effect somewhere within their message; the first worker that has them tells.
        if (this.endpoints[p * clusterCount + b] !== c) this.applyEndpoints(p);
        break;
    }
  }

  private slotOf(p: number, content: number): number {
    return p * TYPES + this.contents.content(content).type;
  }

  private onCommitted(write: number, timeNs: number): void {
    const { object, revision, endpoints } = this.model.writes[write];
    for (const { endpoint, isPresent } of endpoints) {
      this.presence[endpoint] = isPresent ? Presence.NotReady : Presence.Absent;
    }
    if (object < 0) return;
    const contents = this.model.objects[object].revisions;
    if (contents[this.revisions[object]] === undefined) this.createdNs[object] = timeNs;
    this.revisions[object] = revision;
  }

  /** A CDS response also drops clusters that were still warming, which the trace does not tell one by one. */
  private onApplied(p: number, id: number): void {
    const { removedClusters } = this.contents.content(id);
    for (const k of this.model.clusterSets.members(removedClusters)) this.warming[p * this.clusterCount + k] = 0;
    this.processing[p] = id;
    this.applyEndpoints(p);
    this.processing[p] = -1;
  }

  /** An EDS response sets the endpoints of all its clusters that are active, at one moment. */
  private applyEndpoints(p: number): void {
    const { model } = this;
    if (this.processing[p] < 0) return;
    const content = this.contents.content(this.processing[p]);
    if (content.type !== XdsType.EDS) return;
    const { selector } = model.clusterState(content.rules);
    for (const k of model.clusterSets.members(content.clusters)) {
      const slot = p * this.clusterCount + k;
      if (this.active[slot] !== 0) this.endpoints[slot] = model.endpoints.select(k, selector[k], content.ready);
    }
  }
}

function initialPresence(model: MeshModel): Uint8Array {
  const { endpoints } = model.endpoints;
  const waiting = new Set(model.readiness);
  const standing = new Set(model.plan.initial.endpoints.map(({ endpoint }) => endpoint.id));
  return Uint8Array.from(endpoints, ({ endpoint }, number) => {
    if (standing.has(endpoint.id) && endpoint.ready && !waiting.has(number)) return Presence.Ready;
    return standing.has(endpoint.id) || waiting.has(number) ? Presence.NotReady : Presence.Absent;
  });
}

/** Each proxy's group's values, so many times in a row. */
function byProxy(groupOf: Uint16Array, values: readonly Int32Array[], times: number): Int32Array {
  const size = values[0].length;
  const all = new Int32Array(size * groupOf.length * times);
  groupOf.forEach((group, p) => {
    for (let i = 0; i < times; i++) all.set(values[group], (p * times + i) * size);
  });
  return all;
}
