/**
 * Envoy's workers: what the main thread has decided reaches each of them as a posted closure, in order per worker, each
 * worker at its own moment (envoy.md 1.2).
 */
import { TupleIds } from '../../kernel/tuple-ids.js';
import { TraceKind } from '../../trace/events.js';
import { drawNs, EventKind, PRIORITY, Purpose, type RunContext } from '../context.js';

const Op = { Cluster: 0, Endpoints: 1, Routes: 2, Listeners: 3 } as const;

/** One closure: for a cluster its content and its endpoints at once, so that a swap shows no moment without hosts. */
interface Post {
  readonly op: number;
  readonly cluster: number;
  /** Cluster content (0: removed), route table, or listener table. */
  readonly value: number;
  readonly endpoints: number;
}

export class Workers {
  private readonly perProxy: number;
  /** When the last closure of each worker runs. */
  private readonly last: Float64Array;
  private readonly ordinal: Int32Array;
  private readonly listenerOrdinal: Int32Array;
  private readonly posts: Post[] = [];
  private readonly ids = new TupleIds();

  constructor(private readonly ctx: RunContext) {
    this.perProxy = ctx.model.scenario.mesh.workersPerProxy;
    this.last = new Float64Array(ctx.model.proxies.count * this.perProxy);
    this.ordinal = new Int32Array(ctx.model.proxies.count);
    this.listenerOrdinal = new Int32Array(ctx.model.proxies.count);
  }

  postCluster(p: number, cluster: number, spec: number, endpoints: number): void {
    this.post(p, this.postId(Op.Cluster, cluster, spec, endpoints), Purpose.WorkerPost, this.ordinal);
  }

  postEndpoints(p: number, cluster: number, endpoints: number): void {
    this.post(p, this.postId(Op.Endpoints, cluster, 0, endpoints), Purpose.WorkerPost, this.ordinal);
  }

  postRoutes(p: number, routes: number): void {
    this.post(p, this.postId(Op.Routes, 0, routes, 0), Purpose.WorkerPost, this.ordinal);
  }

  /** Draws of their own: what a listener changes leaves the luck of clusters and routes as it is. */
  postListeners(p: number, listeners: number): void {
    this.post(p, this.postId(Op.Listeners, 0, listeners, 0), Purpose.ListenerPost, this.listenerOrdinal);
  }

  onRun(worker: number, id: number): void {
    const { sink, now } = this.ctx;
    const p = Math.floor(worker / this.perProxy);
    const w = worker % this.perProxy;
    const { op, cluster, value, endpoints } = this.posts[id];
    if (op === Op.Routes || op === Op.Listeners) {
      const kind = op === Op.Routes ? TraceKind.WorkerRoutes : TraceKind.WorkerListeners;
      sink.emit(kind, now, p, w, value, 0);
      return;
    }
    if (op === Op.Cluster) sink.emit(TraceKind.WorkerCluster, now, p, w, cluster, value);
    if (op === Op.Endpoints || value !== 0) sink.emit(TraceKind.WorkerEndpoints, now, p, w, cluster, endpoints);
  }

  private post(p: number, id: number, purpose: number, ordinal: Int32Array): void {
    const { ctx, last } = this;
    for (let w = 0; w < this.perProxy; w++) {
      const worker = p * this.perProxy + w;
      const delay = drawNs(ctx, ctx.delays.workerPostMs, p, purpose, ordinal[p]++);
      const at = Math.max(last[worker], ctx.now + delay);
      last[worker] = at;
      ctx.queue.push(at, PRIORITY, EventKind.WorkerRuns, worker, id);
    }
  }

  private postId(op: number, cluster: number, value: number, endpoints: number): number {
    const id = this.ids.of(op, cluster, value, endpoints);
    if (id === this.posts.length) this.posts.push({ op, cluster, value, endpoints });
    return id;
  }
}
