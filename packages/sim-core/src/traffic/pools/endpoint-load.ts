/** Requests per second that reach each endpoint as the load of the proxies moves: picks are even within a cluster. */
import type { MeshModel } from '../../mesh/model.js';
import { TraceKind } from '../../trace/events.js';
import { StepFunction } from '../step-function.js';
import type { ClusterStart } from './cluster-changes.js';
import type { ClusterLoads } from './cluster-loads.js';
import type { SampledProxy, WorkerEvent } from './sampled-trace.js';

const NS_PER_SECOND = 1e9;

export class EndpointLoad {
  private readonly rates: Float64Array;
  private readonly steps: readonly StepFunction[];
  private readonly touched = new Set<number>();

  constructor(
    private readonly model: MeshModel,
    private readonly loads: ClusterLoads,
    private readonly startsOf: (group: number) => readonly ClusterStart[],
  ) {
    this.rates = new Float64Array(model.endpoints.endpoints.length);
    this.steps = Array.from(this.rates, () => new StepFunction());
  }

  /** The highest rate of any endpoint within a second, over all proxies. */
  peak(proxies: readonly SampledProxy[], horizonNs: number): number {
    const { workersPerProxy } = this.model.scenario.mesh;
    const workers = proxies.flatMap(({ group, weight }) =>
      Array.from({ length: workersPerProxy }, () => this.newWorker(group, weight)),
    );
    this.tell(0);
    const events = proxies.flatMap((sampled, at) =>
      sampled.events.flatMap((event) =>
        event.kind === TraceKind.EndpointCondition ? [] : [{ event, worker: workers[at * workersPerProxy + event.a] }],
      ),
    );
    events.sort((a, b) => a.event.timeNs - b.event.timeNs);
    for (const { event, worker } of events) {
      this.apply(event, worker);
      this.tell(event.timeNs);
    }
    for (const step of this.steps) step.set(horizonNs, 0);
    return Math.max(0, ...this.steps.map((step) => step.peak(NS_PER_SECOND)));
  }

  private newWorker(group: number, weight: number): Worker {
    const starts = this.startsOf(group);
    const worker = {
      weight,
      members: starts.map(({ spec, members }) => (spec === 0 ? [] : members)),
      perSecond: starts.map(({ load }) => load.perSecond),
    };
    for (const cluster of starts.keys()) this.add(worker, cluster, 1);
    return worker;
  }

  private apply({ kind, b, c }: WorkerEvent, worker: Worker): void {
    if (kind === TraceKind.WorkerRoutes) {
      for (const cluster of worker.members.keys()) {
        this.move(worker, cluster, worker.members[cluster], this.loads.of(b, cluster).perSecond);
      }
    } else if (kind === TraceKind.WorkerEndpoints) {
      this.move(worker, b, this.model.endpoints.sets.members(c), worker.perSecond[b]);
    } else if (c === 0) {
      this.move(worker, b, [], worker.perSecond[b]);
    }
  }

  private move(worker: Worker, cluster: number, members: readonly number[], perSecond: number): void {
    if (members === worker.members[cluster] && perSecond === worker.perSecond[cluster]) return;
    this.add(worker, cluster, -1);
    worker.members[cluster] = members;
    worker.perSecond[cluster] = perSecond;
    this.add(worker, cluster, 1);
  }

  private add({ weight, members, perSecond }: Worker, cluster: number, sign: number): void {
    if (perSecond[cluster] === 0) return;
    for (const endpoint of members[cluster]) {
      this.rates[endpoint] += (sign * weight * perSecond[cluster]) / members[cluster].length;
      this.touched.add(endpoint);
    }
  }

  private tell(timeNs: number): void {
    for (const endpoint of this.touched) this.steps[endpoint].set(timeNs, Math.max(0, this.rates[endpoint]));
    this.touched.clear();
  }
}

/** What a worker sends where, by cluster. */
interface Worker {
  readonly weight: number;
  readonly members: (readonly number[])[];
  readonly perSecond: number[];
}
