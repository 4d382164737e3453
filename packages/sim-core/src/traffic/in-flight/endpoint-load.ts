/**
 * Requests per second that reach each endpoint as the load of the proxies moves, and the queues of those that get more than
 * they can work off. Picks are even within a cluster.
 */
import type { MeshModel } from '../../mesh/model.js';
import { TraceKind } from '../../trace/events.js';
import type { Load } from '../pools/setting.js';
import type { ClusterStart } from '../sampled/cluster-changes.js';
import type { ClusterLoads } from '../sampled/cluster-loads.js';
import type { SampledProxy, WorkerEvent } from '../sampled/sampled-trace.js';
import { StepFunction } from '../step-function.js';
import { EndpointQueues } from './endpoint-queues.js';

const NS_PER_SECOND = 1e9;

export interface EndpointLoads {
  /** The highest rate of any endpoint within a second, over all proxies. */
  readonly peak: number;
  /** undefined: endpoints have no capacity. */
  readonly queues: EndpointQueues | undefined;
}

export class EndpointLoad {
  private readonly rates: Float64Array;
  private readonly steps: readonly StepFunction[];
  private readonly touched = new Set<number>();
  private readonly queues: EndpointQueues | undefined;

  constructor(
    private readonly model: MeshModel,
    private readonly loads: ClusterLoads,
    private readonly startsOf: (group: number) => readonly ClusterStart[],
  ) {
    const { length } = model.endpoints.endpoints;
    const { endpointCapacityPerSecond: capacity, endpointQueueMs } = model.scenario.traffic;
    this.rates = new Float64Array(length);
    this.steps = Array.from(this.rates, () => new StepFunction(NS_PER_SECOND));
    this.queues = capacity === undefined ? undefined : new EndpointQueues(length, capacity, endpointQueueMs);
  }

  follow(proxies: readonly SampledProxy[], horizonNs: number): EndpointLoads {
    const { workersPerProxy } = this.model.scenario.mesh;
    const workers = proxies.flatMap(({ group, weight }) =>
      Array.from({ length: workersPerProxy }, () => this.newWorker(group, weight)),
    );
    this.tell(0);
    for (const endpoint of this.rates.keys()) this.queues?.start(endpoint, this.rates[endpoint]);
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
    for (const endpoint of this.rates.keys()) {
      this.queues?.advance(endpoint, this.steps[endpoint].current, horizonNs);
      this.queues?.finish(endpoint);
    }
    for (const step of this.steps) step.set(horizonNs, 0);
    return { peak: Math.max(0, ...this.steps.map((step) => step.peak)), queues: this.queues };
  }

  private newWorker(group: number, weight: number): Worker {
    const starts = this.startsOf(group);
    const worker = {
      weight,
      members: starts.map(({ spec, members }) => (spec === 0 ? [] : members)),
      loads: starts.map(({ load }) => load),
    };
    for (const cluster of starts.keys()) this.add(worker, cluster, 1);
    return worker;
  }

  private apply({ kind, b, c }: WorkerEvent, worker: Worker): void {
    if (kind === TraceKind.WorkerRoutes) {
      for (const cluster of worker.members.keys()) {
        this.move(worker, cluster, worker.members[cluster], this.loads.of(b, cluster));
      }
    } else if (kind === TraceKind.WorkerEndpoints) {
      this.move(worker, b, this.model.endpoints.sets.members(c), worker.loads[b]);
    } else if (c === 0) {
      this.move(worker, b, [], worker.loads[b]);
    }
  }

  private move(worker: Worker, cluster: number, members: readonly number[], load: Load): void {
    if (members === worker.members[cluster] && load === worker.loads[cluster]) return;
    this.add(worker, cluster, -1);
    worker.members[cluster] = members;
    worker.loads[cluster] = load;
    this.add(worker, cluster, 1);
  }

  private add({ weight, members, loads }: Worker, cluster: number, sign: number): void {
    const { perSecond } = loads[cluster];
    if (perSecond === 0) return;
    for (const endpoint of members[cluster]) {
      const rate = (sign * weight * perSecond) / members[cluster].length;
      this.rates[endpoint] += rate;
      this.touched.add(endpoint);
    }
  }

  private tell(timeNs: number): void {
    for (const endpoint of this.touched) {
      this.queues?.advance(endpoint, this.steps[endpoint].current, timeNs);
      this.steps[endpoint].set(timeNs, Math.max(0, this.rates[endpoint]));
    }
    this.touched.clear();
  }
}

/** What a worker sends where, by cluster. */
interface Worker {
  readonly weight: number;
  readonly members: (readonly number[])[];
  readonly loads: Load[];
}
