/**
 * Requests per second that reach each endpoint as the load of the proxies moves, and what an endpoint refuses of them when
 * it gets more than it can work off. Picks are even within a cluster.
 */
import type { MeshModel } from '../../mesh/model.js';
import { TraceKind } from '../../trace/events.js';
import type { Bucket } from '../outcomes.js';
import { endingOf } from '../response-flags.js';
import { StepFunction } from '../step-function.js';
import { TimeBins } from '../time-bins.js';
import type { ClusterStart } from './cluster-changes.js';
import type { ClusterLoads } from './cluster-loads.js';
import { EndpointQueues } from './endpoint-queues.js';
import type { ExtraFailures } from './extra-failures.js';
import type { FailingShare } from './failing-shares.js';
import type { SampledProxy, WorkerEvent } from './sampled-trace.js';
import type { Load } from './setting.js';

const NS_PER_SECOND = 1e9;

/** Requests of one source that proxies of one kind send to one endpoint. */
interface Flow {
  readonly source: number;
  readonly kind: Bucket['kind'];
  perSecond: number;
  /** Before the rollout. */
  usualPerSecond: number;
  refused: number;
  usuallyRefused: number;
  /** Over time: what is refused, and what comes. */
  readonly bins: TimeBins;
  readonly offered: TimeBins;
}

export class EndpointLoad {
  private readonly rates: Float64Array;
  /** Until when what an endpoint refuses is known. */
  private readonly toldNs: Float64Array;
  private readonly steps: readonly StepFunction[];
  private readonly flows: readonly Map<string, Flow>[];
  private readonly touched = new Set<number>();
  /** Without a capacity nothing is refused. */
  private readonly queues: EndpointQueues | undefined;

  constructor(
    private readonly model: MeshModel,
    private readonly loads: ClusterLoads,
    private readonly startsOf: (group: number) => readonly ClusterStart[],
    private readonly extra: ExtraFailures,
  ) {
    const { length } = model.endpoints.endpoints;
    const { endpointCapacityPerSecond: capacity, endpointQueueMs } = model.scenario.traffic;
    this.rates = new Float64Array(length);
    this.toldNs = new Float64Array(length);
    this.steps = Array.from(this.rates, () => new StepFunction(NS_PER_SECOND));
    this.flows = Array.from(this.rates, () => new Map());
    this.queues = capacity === undefined ? undefined : new EndpointQueues(length, capacity, endpointQueueMs);
  }

  /** @returns the highest rate of any endpoint within a second, over all proxies */
  follow(proxies: readonly SampledProxy[], horizonNs: number): number {
    const { workersPerProxy } = this.model.scenario.mesh;
    const workers = proxies.flatMap(({ group, weight }) =>
      Array.from({ length: workersPerProxy }, () => this.newWorker(group, weight)),
    );
    this.tell(0);
    this.rememberUsual();
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
    for (const endpoint of this.rates.keys()) this.refuse(endpoint, horizonNs);
    this.refuseUsual(horizonNs);
    for (const step of this.steps) step.set(horizonNs, 0);
    this.addRefused();
    return Math.max(0, ...this.steps.map((step) => step.peak));
  }

  private newWorker(group: number, weight: number): Worker {
    const starts = this.startsOf(group);
    const worker = {
      kind: this.model.proxies.groups[group].kind,
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

  private add({ kind, weight, members, loads }: Worker, cluster: number, sign: number): void {
    const { perSecond, sources } = loads[cluster];
    if (perSecond === 0) return;
    for (const endpoint of members[cluster]) {
      const rate = (sign * weight * perSecond) / members[cluster].length;
      this.rates[endpoint] += rate;
      this.touched.add(endpoint);
      if (this.queues === undefined) continue;
      for (const { source, share } of sources) this.flowOf(endpoint, source, kind).perSecond += rate * share;
    }
  }

  private flowOf(endpoint: number, source: number, kind: Bucket['kind']): Flow {
    const key = `${source} ${kind}`;
    let flow = this.flows[endpoint].get(key);
    if (flow === undefined) {
      flow = {
        source,
        kind,
        perSecond: 0,
        usualPerSecond: 0,
        refused: 0,
        usuallyRefused: 0,
        bins: new TimeBins(),
        offered: new TimeBins(),
      };
      this.flows[endpoint].set(key, flow);
    }
    return flow;
  }

  private tell(timeNs: number): void {
    for (const endpoint of this.touched) {
      this.refuse(endpoint, timeNs);
      this.steps[endpoint].set(timeNs, Math.max(0, this.rates[endpoint]));
    }
    this.touched.clear();
  }

  private rememberUsual(): void {
    this.flows.forEach((flows, endpoint) => {
      this.queues?.start(endpoint, this.rates[endpoint]);
      for (const flow of flows.values()) flow.usualPerSecond = flow.perSecond;
    });
  }

  /** By the rate until now: flows have moved on already, and share what is refused as they will be. */
  private refuse(endpoint: number, timeNs: number): void {
    if (this.queues === undefined) return;
    const sinceNs = this.toldNs[endpoint];
    const perSecond = this.steps[endpoint].current;
    const { refused, fromNs } = this.queues.advance(endpoint, perSecond, timeNs);
    this.toldNs[endpoint] = timeNs;
    const flows = [...this.flows[endpoint].values()];
    const total = flows.reduce((sum, flow) => sum + Math.max(0, flow.perSecond), 0);
    for (const flow of flows) {
      const share = total > 0 ? Math.max(0, flow.perSecond) / total : 1 / flows.length;
      flow.offered.addOver(sinceNs, timeNs, (share * perSecond * (timeNs - sinceNs)) / NS_PER_SECOND);
      if (refused === 0) continue;
      flow.refused += refused * share;
      flow.bins.addOver(fromNs, timeNs, refused * share);
    }
  }

  /** Shares of a source's requests that overloaded endpoints refuse, in order of time. */
  refusedShares(source: number, kind: Bucket['kind']): FailingShare[] {
    const [refused, offered] = [new TimeBins(), new TimeBins()];
    for (const flows of this.queues === undefined ? [] : this.flows) {
      const flow = flows.get(`${source} ${kind}`);
      if (flow === undefined) continue;
      refused.addAll(flow.bins);
      offered.addAll(flow.offered);
    }
    const bucket = this.bucketOf(source, kind);
    return refused.spans.map((span) => {
      const share = Math.min(1, refused.at(span.fromNs) / offered.at(span.fromNs));
      return { ...span, bucket, share };
    });
  }

  /** What the load before the rollout would have had refused in the same time. */
  private refuseUsual(horizonNs: number): void {
    const { endpointCapacityPerSecond: capacity = 0 } = this.model.scenario.traffic;
    for (const flows of this.flows) {
      const all = [...flows.values()];
      const usual = all.reduce((sum, { usualPerSecond }) => sum + usualPerSecond, 0);
      if (usual <= capacity) continue;
      const share = 1 - capacity / usual;
      for (const flow of all) flow.usuallyRefused = (share * flow.usualPerSecond * horizonNs) / NS_PER_SECOND;
    }
  }

  private addRefused(): void {
    for (const { source, kind, refused, usuallyRefused, bins } of this.flows.flatMap((flows) => [...flows.values()])) {
      if (refused === 0) continue;
      this.extra.addRefused(this.bucketOf(source, kind), refused, Math.min(refused, usuallyRefused), bins);
    }
  }

  private bucketOf(source: number, kind: Bucket['kind']): Bucket {
    const { flag, code } = endingOf('unavailable-upstream');
    const { host, destination, subset } = this.loads.sources[source];
    return { flag, code, host, destination, subset, cause: 'endpoint-overloaded', noise: false, kind };
  }
}

/** What a worker sends where, by cluster. */
interface Worker {
  readonly kind: Bucket['kind'];
  readonly weight: number;
  readonly members: (readonly number[])[];
  readonly loads: Load[];
}
