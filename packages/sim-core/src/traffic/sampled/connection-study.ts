/**
 * Connections, and what depends on them, in the trials of one strategy: a few proxies of each group are simulated request
 * by request where the rollout disturbs them, and stand for the others. What holds for a steady load is known once for all
 * trials, and goes into the exact integral.
 */
import { EventQueue } from '../../kernel/event-queue.js';
import { Draws, type RootKey } from '../../kernel/random.js';
import { nsToMs } from '../../kernel/time.js';
import type { MeshModel } from '../../mesh/model.js';
import type { TraceKind, TraceSink } from '../../trace/events.js';
import type { ExposureTotals } from '../exposure.js';
import { EndpointLoad } from '../in-flight/endpoint-load.js';
import type { EndpointQueues } from '../in-flight/endpoint-queues.js';
import type { ConnectionFacts, Outcomes } from '../outcomes.js';
import { remembers } from '../pools/endpoint-failures.js';
import type { ClusterSetting } from '../pools/setting.js';
import { hasLimits, SteadyStates } from '../pools/steady-states.js';
import { End } from '../pools/tally.js';
import { WaitHistogram } from '../pools/wait-histogram.js';
import { RetryLimits } from '../retry-limits.js';
import type { View } from '../views.js';
import { failuresByClass } from './class-failures.js';
import { type ClusterChange, type ClusterStart, clusterChanges, clusterStarts } from './cluster-changes.js';
import type { ClusterFailures } from './cluster-failures.js';
import { ClusterLoads } from './cluster-loads.js';
import { ClusterRollout } from './cluster-rollout.js';
import { ExtraFailures, type SampledFailures } from './extra-failures.js';
import { newModelSetting } from './model-setting.js';
import { PeakPerSecond } from './peaks.js';
import { type SampledProxy, SampledTrace } from './sampled-trace.js';
import { Sessions } from './sessions.js';
import { requestsIn, type Window, windowsOf } from './windows.js';

/** Numbers of one trial, over the whole mesh. */
export interface ConnectionTotals {
  /** Connections that the rollout closes: at once, being idle; or with their last request. */
  readonly closedIdle: number;
  readonly drained: number;
  /** Or by the server, or a listener, in the middle of one. */
  readonly cut: number;
  /** Connections that are made because of it. */
  readonly handshakes: number;
  readonly peakHandshakesPerUpstream: number;
  /**
   * Wait at p99, less that before: for a connection within a second of a disturbance, or at an endpoint while it has more
   * to do than it can, whichever is more.
   */
  readonly addedP99Ms: number;
  /** Of consistent-hash sessions. */
  readonly sessionsMovedShare: number;
  readonly peakRequestsPerSecondPerEndpoint: number;
  /** Requests that the exact integral takes as served, and that fail. */
  readonly sampled: SampledFailures;
  /** undefined: endpoints have no capacity. */
  readonly queues: EndpointQueues | undefined;
}

/** Requests that are simulated in a trial: above, first fewer proxies, then shorter windows. */
const REQUESTS_MAX = 20_000;

interface Job {
  readonly sampled: SampledProxy;
  readonly cluster: number;
  readonly start: ClusterStart;
  readonly changes: readonly ClusterChange[];
  readonly windows: readonly Window[];
}

export class ConnectionStudy implements ConnectionFacts {
  readonly loads: ClusterLoads;
  readonly setting: ClusterSetting;
  readonly steady: SteadyStates;
  readonly sessions: Sessions;
  private readonly retryLimits: RetryLimits;
  /** For one cluster of one proxy after the other. */
  readonly queue = new EventQueue();
  private readonly starts: (readonly ClusterStart[])[] = [];

  constructor(readonly outcomes: Outcomes) {
    this.loads = new ClusterLoads(outcomes);
    this.setting = newModelSetting(outcomes, this.loads);
    this.steady = new SteadyStates(this.setting, outcomes.model.scenario.seed);
    this.retryLimits = new RetryLimits(outcomes, this.setting.tcpHandshakeMs.mean);
    this.sessions = new Sessions(outcomes, this.setting);
  }

  overflowShare(view: View, cluster: number): number {
    const spec = view.spec[cluster];
    const load = this.loads.of(view.routes, cluster);
    if (load.perSecond === 0 || !hasLimits(this.setting.policyOf(spec))) return 0;
    const { conditions } = view;
    return this.steady.of({ spec, members: this.membersOf(view, cluster), conditions, load }).overflowShare;
  }

  refusedRetryShare(group: number, view: View, cluster: number): number {
    return this.retryLimits.refusedShare(group, view, cluster);
  }

  isCountedApart(view: View, cluster: number): boolean {
    return remembers(this.setting, view.spec[cluster], this.membersOf(view, cluster), view.conditions);
  }

  /** By cluster. */
  startsOf(group: number): readonly ClusterStart[] {
    this.starts[group] ??= clusterStarts(this.outcomes.model, this.loads, group);
    return this.starts[group];
  }

  newTrial(root: RootKey, trial: number): ConnectionTrial {
    return new ConnectionTrial(this, new Draws(root, trial));
  }

  private membersOf(view: View, cluster: number): readonly number[] {
    return this.outcomes.model.endpoints.sets.members(view.endpoints[cluster]);
  }
}

export class ConnectionTrial implements TraceSink {
  private readonly model: MeshModel;
  private readonly trace: SampledTrace;
  private readonly handshakePeak = new PeakPerSecond();
  private readonly waits = { disturbed: new WaitHistogram(), usual: new WaitHistogram() };

  constructor(
    private readonly study: ConnectionStudy,
    private readonly draws: Draws,
  ) {
    this.model = study.outcomes.model;
    this.trace = new SampledTrace(this.model, draws);
  }

  get watches(): readonly TraceKind[] {
    return this.trace.watches;
  }

  emit(kind: TraceKind, timeNs: number, proxy: number, a: number, b: number, c: number): void {
    this.trace.emit(kind, timeNs, proxy, a, b, c);
  }

  /**
   * @param exact what the integral says of the same trial
   * @param viewAt view of a proxy's first worker at the horizon
   */
  finish(horizonNs: number, exact: ExposureTotals, viewAt: (proxy: number) => number): ConnectionTotals {
    const { study, model, waits } = this;
    const extra = new ExtraFailures(study.setting, study.loads.sources);
    const sums = { closedIdle: 0, drained: 0, cut: 0, handshakes: 0 };
    const { proxies, jobs } = this.affordable(horizonNs);
    const clusters = new Map<SampledProxy, Map<number, ClusterFailures>>();
    for (const job of jobs) {
      const { weight, group } = job.sampled;
      const rollout = this.run(job, horizonNs);
      sums.closedIdle += weight * rollout.ends[End.ClosedIdle];
      sums.drained += weight * rollout.ends[End.Drained];
      sums.cut += weight * rollout.ends[End.Cut];
      sums.handshakes += weight * rollout.handshakes;
      extra.add(rollout, model.proxies.groups[group].kind, weight);
      const known = clusters.get(job.sampled) ?? new Map();
      clusters.set(job.sampled, known.set(job.cluster, rollout.failures));
    }
    const load = new EndpointLoad(model, study.loads, (group) => study.startsOf(group));
    const { peak, queues } = load.follow(this.trace.proxies, horizonNs);
    const { outcomes, loads, setting } = study;
    const parts = { outcomes, loads, setting, horizonNs };
    const isRetried = model.scenario.traffic.callers.retries > 0;
    return {
      ...sums,
      peakRequestsPerSecondPerEndpoint: peak,
      peakHandshakesPerUpstream: this.handshakePeak.peak,
      addedP99Ms: Math.max(
        0,
        nsToMs(waits.disturbed.quantile(0.99) - waits.usual.quantile(0.99)),
        queues?.addedP99Ms ?? 0,
      ),
      sessionsMovedShare: this.sessionsMoved(viewAt),
      sampled: {
        ...extra.finish(exact.buckets, horizonNs),
        proxies: isRetried ? proxies.map((proxy) => failuresByClass(parts, proxy, clusters.get(proxy))) : [],
      },
      queues,
    };
  }

  private affordable(horizonNs: number): { readonly proxies: readonly SampledProxy[]; readonly jobs: readonly Job[] } {
    const { setting } = this.study;
    const count = (jobs: readonly Job[]): number =>
      jobs.reduce((sum, { start, changes, windows }) => sum + requestsIn(setting, start, changes, windows), 0);
    const all = this.jobs(this.trace.proxies, horizonNs, 1);
    if (count(all) <= REQUESTS_MAX) return { proxies: this.trace.proxies, jobs: all };
    const proxies = this.trace.firstOfGroups;
    const some = this.jobs(proxies, horizonNs, 1);
    const requests = count(some);
    const jobs = requests <= REQUESTS_MAX ? some : this.jobs(proxies, horizonNs, REQUESTS_MAX / requests);
    return { proxies, jobs };
  }

  /** Clusters of sampled proxies that get requests and are disturbed. */
  private jobs(proxies: readonly SampledProxy[], horizonNs: number, scale: number): Job[] {
    const { model } = this;
    const { loads, setting } = this.study;
    return proxies.flatMap((sampled) => {
      const starts = this.study.startsOf(sampled.group);
      return model.clusters.clusters.flatMap((_, cluster) => {
        const start = starts[cluster];
        const changes = clusterChanges(model, loads, sampled, cluster, start);
        const isUsed = start.load.perSecond > 0 || changes.some((change) => change.kind === 'load');
        if (!isUsed || !changes.some(({ disturbs }) => disturbs)) return [];
        const windows = windowsOf(setting, start, changes, horizonNs, scale);
        return [{ sampled, cluster, start, changes, windows }];
      });
    });
  }

  private run({ sampled, cluster, start, changes, windows }: Job, horizonNs: number): ClusterRollout {
    const { study, draws, handshakePeak } = this;
    const { setting, steady, loads } = study;
    const { weight, proxy } = sampled;
    const rollout = new ClusterRollout({
      setting,
      steady,
      start,
      changes,
      windows,
      horizonNs,
      draws,
      entity: proxy * this.model.clusters.clusters.length + cluster,
      sources: loads.sources.length,
      waits: this.waits,
      weight,
      queue: study.queue,
      onConnected: (endpoint, timeNs) => handshakePeak.add(endpoint, timeNs, weight),
    });
    rollout.run();
    return rollout;
  }

  private sessionsMoved(viewAt: (proxy: number) => number): number {
    const { outcomes, sessions } = this.study;
    let [all, moved] = [0, 0];
    for (const { proxy, group, weight } of this.trace.proxies) {
      const change = sessions.moved(group, outcomes.views.initial(this.model, group), viewAt(proxy));
      all += weight * change.perSecond;
      moved += weight * change.movedPerSecond;
    }
    return all === 0 ? 0 : moved / all;
  }
}
