/**
 * One trial: the parts wired together and the loop that takes the next event. All that anybody learns of it goes through
 * the trace sink.
 */
import { EventQueue } from '../kernel/event-queue.js';
import { Draws, type RootKey } from '../kernel/random.js';
import type { IstioBehaviour } from '../scenario/istio-behaviour.js';
import type { MeshSize } from '../scenario/types.js';
import { TraceKind, type TraceSink } from '../trace/events.js';
import { ApiServer } from './api-server.js';
import { EventKind, newDelays, PRIORITY, Purpose, type RunContext } from './context.js';
import { type Cpu, DedicatedCpu, SharedCpu } from './cpu.js';
import { Envoys, type SlowProxies } from './envoy/envoys.js';
import { Workers } from './envoy/workers.js';
import { Connections } from './istiod/connections.js';
import { PushContents } from './istiod/push-content.js';
import { type PushCounter, Replica } from './istiod/replica.js';
import type { MeshModel } from './model.js';
import { SubscriptionRequests } from './subscriptions.js';

export interface RunOptions {
  readonly root: RootKey;
  readonly trial: number;
  /** Nothing after this is simulated. */
  readonly horizonNs: number;
  readonly slow?: SlowProxies;
}

/** A run before its first event; `contents` is what the content ids of its trace stand for. */
export function newMeshRun(model: MeshModel, options: RunOptions): MeshRun {
  return new MeshRun(model, options);
}

/** PILOT_PUSH_THROTTLE (istiod.md 3.4). */
function pushSlots({ pushThrottle, istiodCores }: MeshSize, istio: IstioBehaviour): number {
  if (pushThrottle !== 'auto') return pushThrottle;
  return istio.pushThrottle === 'by-cores' ? Math.min(15 + 5 * istiodCores, 100) : istio.pushThrottle;
}

export class MeshRun {
  private readonly ctx: RunContext;
  private readonly api: ApiServer;
  private readonly cpus: (SharedCpu | undefined)[];
  private readonly replicas: Replica[] = [];
  private readonly connections: Connections[] = [];
  private readonly replicaOf: Uint16Array;
  private readonly envoys: Envoys;
  private readonly workers: Workers;
  readonly contents: PushContents;
  private readonly horizonNs: number;

  constructor(model: MeshModel, options: RunOptions) {
    const { mesh, costs, latencies, debounce } = model.scenario;
    const draws = new Draws(options.root, options.trial);
    const sink: TraceSink = { emit: () => {} };
    const ctx: RunContext = { model, queue: new EventQueue(), draws, sink, delays: newDelays(latencies), now: 0 };
    this.ctx = ctx;
    this.horizonNs = options.horizonNs;
    this.contents = new PushContents(model);
    const host = costs.sharedHost;
    const shared = host === undefined ? undefined : new SharedCpu(ctx, 0, host.cores - host.backgroundCores, host);
    this.cpus = [shared];
    this.workers = new Workers(ctx);
    const subscriptions = new SubscriptionRequests();
    this.replicaOf = Uint16Array.from({ length: model.proxies.count }, (_, p) =>
      Math.floor(draws.uniform(p, Purpose.Replica, 0) * mesh.istiodReplicas),
    );
    this.envoys = new Envoys(
      ctx,
      shared ?? new DedicatedCpu(ctx),
      this.workers,
      this.contents,
      subscriptions,
      (p, atNs, request) => ctx.queue.push(atNs, PRIORITY, EventKind.RequestArrived, p, request),
      options.slow,
    );
    const slots = pushSlots(mesh, model.istio);
    const pushes: PushCounter = { next: 0 };
    for (let id = 0; id < mesh.istiodReplicas; id++) {
      const cpu: Cpu = shared ?? this.addCpu(new SharedCpu(ctx, id + 1, mesh.istiodCores));
      const members = Int32Array.from([...this.replicaOf.keys()].filter((p) => this.replicaOf[p] === id));
      const connections: Connections = new Connections(
        ctx,
        members,
        slots,
        cpu,
        this.contents,
        subscriptions,
        (p, content) => this.onSend(connections, p, content),
        { id, ready: () => this.replicas[id].ready },
      );
      this.connections.push(connections);
      this.replicas.push(new Replica(ctx, id, debounce, cpu, connections, pushes));
    }
    this.api = new ApiServer(ctx, mesh.istiodReplicas);
  }

  /**
   * Simulates the rollout and reports every observable event to `sink`, in time order.
   * @returns how many events it took
   */
  run(sink: TraceSink): number {
    const { ctx, horizonNs } = this;
    ctx.sink = sink;
    const { queue } = ctx;
    this.api.start();
    let events = 0;
    while (queue.pop() && queue.time <= horizonNs) {
      ctx.now = queue.time;
      this.dispatch(queue.kind, queue.a, queue.b);
      events++;
    }
    return events;
  }

  private dispatch(kind: number, a: number, b: number): void {
    switch (kind) {
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
        this.replicas[a].onWatchDelivered(b);
        break;
      case EventKind.DebounceTimer:
        this.replicas[a].debounce.onTimer(b);
        break;
      case EventKind.ContextReady:
        this.replicas[a].onContextReady(b);
        break;
      case EventKind.CpuTick:
        this.cpus[a]?.onTick(b);
        break;
      case EventKind.ScopeReady:
        this.connections[a].onScopeReady(b);
        break;
      case EventKind.StepGenerated:
        this.connections[this.replicaOf[a]].onStepGenerated(a, b);
        break;
      case EventKind.RequestArrived:
        this.connections[this.replicaOf[a]].onRequestArrived(a, b);
        break;
      case EventKind.RequestRead:
        this.connections[this.replicaOf[a]].onRequestRead(a);
        break;
      case EventKind.AnswerGenerated:
        this.connections[this.replicaOf[a]].onAnswerGenerated(a, b);
        break;
      case EventKind.ResponseArrived:
        this.envoys.onResponseArrived(a, b);
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
      case EventKind.WorkerRuns:
        this.workers.onRun(a, b);
        break;
      default:
        throw new Error(`unknown event kind ${kind}`);
    }
  }

  private onSend(connections: Connections, p: number, id: number): void {
    const { ctx } = this;
    const content = this.contents.content(id);
    ctx.sink.emit(TraceKind.ResponseSent, ctx.now, p, id, 0, 0);
    connections.onSent(p, content.type === 0 ? content.clusters : 0, content.removedClusters);
    this.envoys.deliver(p, id);
  }

  private addCpu(cpu: SharedCpu): SharedCpu {
    this.cpus.push(cpu);
    return cpu;
  }
}
