/**
 * One trial: the parts wired together and the loop that takes the next event. All that anybody learns of it goes through
 * the trace sink.
 */
import { EventQueue } from '../kernel/event-queue.js';
import { Draws, type RootKey } from '../kernel/random.js';
import { msToNs } from '../kernel/time.js';
import type { MeshSize } from '../scenario/types.js';
import type { TraceSink } from '../trace/events.js';
import { ApiServer } from './api-server.js';
import { UNRELATED } from './changes.js';
import { Churn } from './churn.js';
import { EventKind, newDelays, PRIORITY, Purpose, type RunContext } from './context.js';
import { type Cpu, DedicatedCpu, SharedCpu } from './cpu.js';
import { Envoys } from './envoy/envoys.js';
import { Listeners } from './envoy/listeners.js';
import { Servers } from './envoy/servers.js';
import { Workers } from './envoy/workers.js';
import { Connections } from './istiod/connections.js';
import { GoScheduler } from './istiod/go-scheduler.js';
import { PushContents } from './istiod/push-content.js';
import { type PushCounter, Replica } from './istiod/replica.js';
import { Links } from './links.js';
import type { MeshModel } from './model.js';
import type { LastingConnections } from './pod-end.js';
import { Ending, Streams } from './streams.js';
import { SubscriptionRequests } from './subscriptions.js';
import { Workloads } from './workloads.js';

export interface RunOptions {
  readonly root: RootKey;
  readonly trial: number;
  /** Nothing after this is simulated. */
  readonly horizonNs: number;
  /** What keeps pods that wait for it; left out: nothing. */
  readonly lasting?: LastingConnections;
}

const NOTHING: LastingConnections = { openAfter: () => 0 };

/** A run before its first event; `contents` is what the content ids of its trace stand for. */
export function newMeshRun(model: MeshModel, options: RunOptions): MeshRun {
  return new MeshRun(model, options);
}

/** PILOT_PUSH_THROTTLE (istiod.md 3.4). */
function pushSlots({ pushThrottle, istiodCores }: MeshSize): number {
  return pushThrottle === 'auto' ? Math.min(15 + 5 * istiodCores, 100) : pushThrottle;
}

/** Before the first write nobody watches. */
const NOBODY: TraceSink = { emit: () => {} };

export class MeshRun {
  private readonly ctx: RunContext;
  private readonly workloads: Workloads;
  private readonly api: ApiServer;
  private readonly churn: Churn;
  private readonly host: SharedCpu | undefined;
  private readonly schedulers: GoScheduler[] = [];
  private readonly replicas: Replica[] = [];
  private readonly connections: Connections[] = [];
  private readonly links: Links;
  private readonly streams: Streams;
  private readonly replicaOf: Uint16Array;
  private readonly envoys: Envoys;
  private readonly workers: Workers;
  private readonly servers: Servers;
  private readonly listeners: Listeners;
  readonly contents: PushContents;
  private readonly horizonNs: number;
  private sink: TraceSink = NOBODY;

  constructor(model: MeshModel, options: RunOptions) {
    const { mesh, costs, latencies } = model.scenario;
    const draws = new Draws(options.root, options.trial);
    const ctx: RunContext = {
      model,
      queue: new EventQueue(),
      draws,
      sink: NOBODY,
      delays: newDelays(latencies),
      now: 0,
    };
    this.ctx = ctx;
    this.horizonNs = options.horizonNs;
    this.contents = new PushContents(model);
    this.host = costs.sharedHost === undefined ? undefined : new SharedCpu(ctx, costs.sharedHost);
    const cpu = this.host ?? new DedicatedCpu(ctx);
    this.workers = new Workers(ctx);
    this.servers = new Servers(ctx);
    this.listeners = new Listeners(ctx, this.workers);
    this.links = new Links(ctx, this.contents);
    const subscriptions = new SubscriptionRequests();
    this.envoys = new Envoys(
      ctx,
      cpu,
      this.workers,
      this.servers,
      this.listeners,
      this.contents,
      subscriptions,
      this.links,
    );
    this.workloads = new Workloads(ctx, options.lasting ?? NOTHING);
    this.api = new ApiServer(ctx, mesh.istiodReplicas, this.workloads);
    const pushes: PushCounter = { next: 0 };
    for (let id = 0; id < mesh.istiodReplicas; id++) {
      this.schedulers.push(this.newScheduler(id, cpu));
      this.addReplica(id, pushes, subscriptions);
    }
    this.streams = new Streams(ctx, this.links, this.replicas, options.horizonNs, (p) => this.envoys.onStreamClosed(p));
    this.replicaOf = this.streams.replicaOf;
    this.replicaOf.forEach((replica, p) => {
      this.connections[replica].add(p);
    });
    this.churn = new Churn(ctx, mesh.istiodReplicas, () => this.isSettled);
  }

  /**
   * Simulates the rollout and reports every observable event to `sink`, in time order.
   * @returns how many events it took
   */
  run(sink: TraceSink): number {
    const { ctx, horizonNs } = this;
    const { queue } = ctx;
    this.sink = sink;
    queue.push(0, PRIORITY, EventKind.Start, 0, 0);
    this.churn.start();
    let events = 0;
    while (queue.pop() && queue.time <= horizonNs) {
      ctx.now = queue.time;
      this.dispatch(queue.kind, queue.a, queue.b);
      events++;
    }
    return events;
  }

  /** The moment of the first write: the mesh has settled, but for what churn keeps going. */
  private start(): void {
    this.ctx.sink = this.sink;
    for (const replica of this.replicas) replica.debounce.tellStart();
    this.streams.start();
    this.api.start();
    this.servers.start();
    this.workloads.start();
  }

  /** CPU time that all istiods together have spent on proxies, in ns. */
  get istiodWorkNs(): number {
    return this.connections.reduce((sum, { workNs }) => sum + workNs, 0);
  }

  /** Nothing that is still to happen can change what the rollout does. */
  private get isSettled(): boolean {
    return this.api.isDone && this.replicas.every((replica) => replica.isCaughtUp);
  }

  private dispatch(kind: number, a: number, b: number): void {
    switch (kind) {
      case EventKind.Start:
        this.start();
        break;
      case EventKind.GroupDue:
        this.api.onGroupDue(a);
        break;
      case EventKind.WriteCommitted:
        this.api.onWriteCommitted(a, b);
        break;
      case EventKind.GatePoll:
        this.api.onGatePoll(a);
        break;
      case EventKind.PodReady:
        this.api.onPodReady(a);
        break;
      case EventKind.SliceCommitted:
        this.api.onSliceCommitted(a);
        break;
      case EventKind.WatchDelivered:
        this.api.onDelivered();
        this.replicas[a].onWatchDelivered(b);
        break;
      case EventKind.DebounceTimer:
        this.replicas[a].debounce.onTimer(b);
        break;
      case EventKind.ContextReady:
        this.replicas[a].onContextReady(b);
        break;
      case EventKind.CpuTick:
        this.host?.onTick(b);
        break;
      case EventKind.IstiodSlice:
        this.schedulers[a].onSlice(b);
        break;
      case EventKind.ScopeReady:
        this.connections[a].onScopeReady(b);
        break;
      case EventKind.MainWoken:
        this.envoys.onMainWoken(a);
        break;
      case EventKind.EndpointsReached:
        this.envoys.onEndpointsReached(a, b);
        break;
      case EventKind.MessageProcessed:
        this.envoys.onMessageProcessed(a, b);
        break;
      case EventKind.Flush:
        this.envoys.onFlush(a);
        break;
      case EventKind.FetchTimedOut:
        this.envoys.clusters.onFetchTimedOut(a, b);
        break;
      case EventKind.WorkerRuns:
        this.workers.onRun(a, b);
        break;
      case EventKind.ServerChanged:
        this.servers.onChanged(a, b);
        break;
      case EventKind.DrainOver:
        this.listeners.onDrainOver(a);
        break;
      case EventKind.PodProbed:
        this.workloads.onProbed(a);
        break;
      case EventKind.PodAvailable:
        this.workloads.onAvailable(a);
        break;
      case EventKind.PodGone:
        this.workloads.onGone(a);
        break;
      case EventKind.PodSlice:
        this.api.onPodSlice(a, b === 1);
        break;
      case EventKind.PodFlaps:
        this.workloads.onFlap(a);
        break;
      case EventKind.PodProbedAgain:
        this.workloads.onProbedAgain(a);
        break;
      case EventKind.ChurnDue:
        this.churn.onDue();
        break;
      case EventKind.ChurnDelivered:
        this.replicas[a].onUnrelated(UNRELATED[b]);
        break;
      case EventKind.AgesDue:
        // What nobody would notice any more need not happen.
        if (!this.isSettled) this.streams.onAgesDue();
        break;
      case EventKind.Reconnect:
        this.streams.onReconnect(a);
        break;
      case EventKind.StreamAccepted:
        this.streams.onAccepted(a, b);
        break;
      case EventKind.IstiodFails:
        this.streams.onIstiodFails(a);
        break;
      case EventKind.IstiodReturns:
        this.streams.onIstiodReturns(a);
        break;
      case EventKind.LinkCut:
        this.streams.onLinkCut(a);
        break;
      case EventKind.StreamReset:
        this.streams.onReset(a);
        break;
      default:
        if (this.links.isCurrent(a, b)) this.dispatchOfStream(kind, a, Links.payload(b));
    }
  }

  /** What happens on a stream counts only while the stream lives. */
  private dispatchOfStream(kind: number, p: number, payload: number): void {
    const connections = this.connections[this.replicaOf[p]];
    switch (kind) {
      case EventKind.StepGenerated:
        connections.onStepGenerated(p, payload);
        break;
      case EventKind.SendUnblocked:
        connections.onStepSent(p, payload);
        break;
      case EventKind.RequestArrived:
        connections.onRequestArrived(p, payload);
        break;
      case EventKind.RequestRead:
        connections.onRequestRead(p);
        break;
      case EventKind.ResponseArrived:
        this.envoys.onResponseArrived(p, payload);
        break;
      case EventKind.StreamEnds:
        if (payload === Ending.Dead || !this.isSettled) this.streams.onEnds(p);
        break;
      default:
        throw new Error(`unknown event kind ${kind}`);
    }
  }

  private newScheduler(id: number, cpu: Cpu): GoScheduler {
    const { ctx } = this;
    const { costs, mesh } = ctx.model.scenario;
    const quantumNs = msToNs(costs.istiod.timeSliceMs);
    const phaseNs = Math.floor(quantumNs * ctx.draws.uniform(-1 - id, Purpose.TimeSlice, 0));
    return new GoScheduler(id, mesh.istiodCores, quantumNs, cpu, phaseNs, () => ctx.now, {
      started: (entity) => this.connections[id].onStarted(entity),
      done: (kind, a, b) => this.dispatch(kind, a, b),
    });
  }

  private addReplica(id: number, pushes: PushCounter, subscriptions: SubscriptionRequests): void {
    const { ctx, contents, links } = this;
    const cpu = this.schedulers[id];
    const { mesh, debounce } = ctx.model.scenario;
    const parts = { cpu, contents, subscriptions, links, replica: { id, ready: () => this.replicas[id].ready } };
    const connections = new Connections(ctx, pushSlots(mesh), parts);
    this.connections.push(connections);
    const open = (p: number) => this.envoys.onStreamOpened(p);
    this.replicas.push(new Replica(ctx, id, debounce, cpu, connections, pushes, this.api, open));
  }
}
