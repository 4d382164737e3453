/**
 * What istiod's own metrics would have shown of a run (istiod.md 10): each observation, in ms, in the meaning that the
 * metric really has. pilot_proxy_convergence_time leaves out debounce and push context, and ends at the last send.
 */
import { nsToMs } from '../kernel/time.js';
import { TraceKind, type TraceSink, XdsType } from '../trace/events.js';
import { IstiodCosts } from './istiod/istiod-costs.js';
import type { PushContents } from './istiod/push-content.js';
import type { MeshModel } from './model.js';

/** One observation an element. */
export class IstiodMetrics implements TraceSink {
  /** pilot_debounce_time: first event of a batch → every connection queued. */
  readonly debounceTimeMs: number[] = [];
  /** pilot_pushcontext_init_seconds. */
  readonly pushContextInitMs: number[] = [];
  /** pilot_proxy_queue_time: the oldest push that was merged queued → its turn. */
  readonly proxyQueueTimeMs: number[] = [];
  /** pilot_proxy_convergence_time: the same start → all types sent; proxies that are skipped have none. */
  readonly proxyConvergenceTimeMs: number[] = [];
  /** pilot_xds_push_time by XdsType: made and sent, for pushes. */
  readonly pushTimeMs: readonly [cds: number[], eds: number[], lds: number[], rds: number[]] = [[], [], [], []];

  private readonly work: IstiodCosts;
  private readonly debounceStartNs: number[] = [];
  private readonly pushStartNs = new Map<number, number>();
  private readonly replicaOf: Int32Array;
  /** proxy → when the oldest push that waits for it was queued; NaN: none waits. Then of the push in progress. */
  private readonly queuedNs: Float64Array;
  private readonly startNs: Float64Array;
  private readonly stepNs: Float64Array;
  private readonly hasSent: Uint8Array;

  constructor(
    private readonly model: MeshModel,
    private readonly contents: PushContents,
  ) {
    const { count } = model.proxies;
    this.work = new IstiodCosts(model);
    this.replicaOf = new Int32Array(count);
    this.queuedNs = new Float64Array(count).fill(Number.NaN);
    this.startNs = new Float64Array(count);
    this.stepNs = new Float64Array(count);
    this.hasSent = new Uint8Array(count);
  }

  emit(kind: TraceKind, timeNs: number, p: number, a: number, _b: number, c: number): void {
    switch (kind) {
      case TraceKind.DebounceStarted:
        this.debounceStartNs[a] = timeNs;
        break;
      case TraceKind.PushStarted:
        this.pushStartNs.set(a, timeNs);
        break;
      case TraceKind.PushQueued:
        this.onQueued(a, c, timeNs);
        break;
      case TraceKind.PushDequeued:
        this.startNs[p] = this.queuedNs[p];
        this.queuedNs[p] = Number.NaN;
        this.stepNs[p] = timeNs;
        this.hasSent[p] = 0;
        this.proxyQueueTimeMs.push(nsToMs(timeNs - this.startNs[p]));
        break;
      case TraceKind.PushBegun:
        this.stepNs[p] = timeNs;
        break;
      case TraceKind.ResponseSent:
        this.onSent(p, a, timeNs);
        break;
      case TraceKind.PushDone:
        if (this.hasSent[p] === 1) this.proxyConvergenceTimeMs.push(nsToMs(timeNs - this.startNs[p]));
        break;
      case TraceKind.StreamOpened:
        this.replicaOf[p] = a;
        break;
      case TraceKind.StreamClosed:
        this.replicaOf[p] = -1;
        this.queuedNs[p] = Number.NaN;
        break;
    }
  }

  private onQueued(push: number, replica: number, timeNs: number): void {
    const contextNs = timeNs - (this.pushStartNs.get(push) ?? timeNs);
    // Up to 1.30 a push of endpoints makes no push context.
    if (contextNs > 0) this.pushContextInitMs.push(nsToMs(contextNs));
    this.debounceTimeMs.push(nsToMs(timeNs - (this.debounceStartNs[replica] ?? timeNs)));
    this.replicaOf.forEach((its, p) => {
      if (its === replica && Number.isNaN(this.queuedNs[p])) this.queuedNs[p] = timeNs;
    });
  }

  private onSent(p: number, id: number, timeNs: number): void {
    const { type, push } = this.contents.content(id);
    if (push < 0) return;
    const elapsed = timeNs - this.stepNs[p];
    this.pushTimeMs[type].push(nsToMs(elapsed * this.shareOf(p, id, type)));
    this.stepNs[p] = timeNs;
    this.hasSent[p] = 1;
  }

  /** The metric leaves out proxy state, which goes before the first type; the two share its time as they do the work. */
  private shareOf(p: number, id: number, type: XdsType): number {
    if (type !== XdsType.CDS || this.hasSent[p] === 1) return 1;
    const { services } = this.model.scenario.mesh;
    const own = this.work.responseNs(type, this.contents.content(id).resources, 0, services, true);
    return own / (own + this.work.proxyStateNs(services));
  }
}
