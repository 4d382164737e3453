/** One simulated trial, seen as the lab saw its own: at the relay on each stream and in each proxy's log. */
import { nsToMs } from '../kernel/time.js';
import { type ResponseContent, TraceKind, type TraceSink, XDS_TYPE_NAMES } from '../trace/events.js';
import type { ChangedClusters } from './changed-clusters.js';
import type { Observation, ResponseShape, SentShape, XdsTypeName } from './observation.js';

class ProxyLog {
  readonly responses: ResponseShape[] = [];
  readonly sent: SentShape[] = [];
  readonly arrivalMs: Partial<Record<XdsTypeName, number>> = {};
  routesLoadedNs: number | undefined;
  lastAddedNs: number | undefined;
  firstRemovedNs: number | undefined;
}

export class TrialObserver implements TraceSink {
  private readonly logs: readonly ProxyLog[];
  private pushes = 0;

  constructor(
    proxies: number,
    private readonly changed: ChangedClusters,
    /** What the trace's content ids stand for. */
    private readonly contentOf: (id: number) => ResponseContent,
  ) {
    this.logs = Array.from({ length: proxies }, () => new ProxyLog());
  }

  emit(kind: TraceKind, timeNs: number, proxy: number, a: number, b: number, c: number): void {
    if (kind === TraceKind.PushStarted) this.pushes++;
    if (proxy < 0) return;
    const log = this.logs[proxy];
    switch (kind) {
      case TraceKind.ResponseReceived:
        this.receive(log, this.contentOf(a), timeNs);
        break;
      case TraceKind.RequestSent:
        log.sent.push(['request', XDS_TYPE_NAMES[a], b, c]);
        break;
      case TraceKind.AckSent:
        log.sent.push(['ack', XDS_TYPE_NAMES[this.contentOf(a).type]]);
        break;
      case TraceKind.RoutesLoaded:
        log.routesLoadedNs = timeNs;
        break;
      case TraceKind.ClusterRemoved:
        if (this.changed.removed.has(a)) log.firstRemovedNs ??= timeNs;
        break;
      case TraceKind.WorkerCluster:
        if (c !== 0 && this.changed.added.has(b)) log.lastAddedNs = timeNs;
        break;
    }
  }

  /** One a proxy. */
  finish(): readonly Observation[] {
    return this.logs.map(({ responses, sent, arrivalMs, routesLoadedNs, lastAddedNs, firstRemovedNs }) => ({
      pushes: this.pushes,
      responses,
      sent,
      arrivalMs,
      addWindowMs: differenceMs(lastAddedNs, routesLoadedNs),
      removeWindowMs: differenceMs(routesLoadedNs, firstRemovedNs),
    }));
  }

  private receive(log: ProxyLog, { type, resources, removed }: ResponseContent, timeNs: number): void {
    const name = XDS_TYPE_NAMES[type];
    log.responses.push([name, resources, removed]);
    log.arrivalMs[name] ??= nsToMs(timeNs);
  }
}

function differenceMs(laterNs: number | undefined, earlierNs: number | undefined): number | undefined {
  return laterNs === undefined || earlierNs === undefined ? undefined : nsToMs(laterNs - earlierNs);
}
