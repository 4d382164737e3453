/** What a trial does to the clusters of the proxies that a lab looked at: told by the main thread, felt by the workers. */
import type { MeshModel } from '../mesh/model.js';
import { TraceKind, type TraceSink } from '../trace/events.js';
import type { WorkerEvent } from '../traffic/sampled/sampled-trace.js';

export type Fate = 'added' | 'swapped' | 'removed';

export interface ProxyTrace {
  readonly proxy: number;
  /** By cluster; what stays as it is has none. */
  readonly fates: Map<number, Fate>;
  reloadsRoutes: boolean;
  /** Of its workers, and of the servers. */
  readonly events: WorkerEvent[];
}

export class ProxyTraces implements TraceSink {
  readonly traces: readonly ProxyTrace[];
  private readonly traceOf: (ProxyTrace | undefined)[] = [];

  constructor(
    private readonly model: MeshModel,
    proxies: readonly number[],
  ) {
    this.traces = proxies.map((proxy) => ({ proxy, fates: new Map(), reloadsRoutes: false, events: [] }));
    for (const trace of this.traces) this.traceOf[trace.proxy] = trace;
  }

  emit(kind: TraceKind, timeNs: number, proxy: number, a: number, b: number, c: number): void {
    if (kind === TraceKind.EndpointCondition) {
      for (const { events } of this.traces) events.push({ kind, timeNs, proxy, a, b, c });
      return;
    }
    const trace = this.traceOf[proxy];
    if (trace === undefined) return;
    switch (kind) {
      case TraceKind.ClusterWarming:
        trace.fates.set(a, this.wasThere(proxy, a) ? 'swapped' : 'added');
        break;
      case TraceKind.ClusterRemoved:
        trace.fates.set(a, 'removed');
        break;
      case TraceKind.RoutesLoaded:
        trace.reloadsRoutes = true;
        break;
      case TraceKind.WorkerRoutes:
      case TraceKind.WorkerCluster:
      case TraceKind.WorkerEndpoints:
        trace.events.push({ kind, timeNs, proxy, a, b, c });
        break;
    }
  }

  private wasThere(proxy: number, cluster: number): boolean {
    const { model } = this;
    return model.firstSnapshot.clusters[model.proxies.groupOf[proxy]].spec[cluster] !== 0;
  }
}
