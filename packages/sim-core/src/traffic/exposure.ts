/**
 * The exact count of failures: between two events a worker's view is constant, so its failure probability is, and the
 * expected failures are a sum of rate × probability × duration. Reads the trace only.
 */
import { TraceKind, type TraceSink } from '../trace/events.js';
import { type Bucket, isError, isFailure, type Outcomes } from './outcomes.js';
import { StepFunction } from './step-function.js';
import { lengthNs, type Span, TimeBins } from './time-bins.js';

/** A stretch of time in which one worker's view did not change. */
export type IntervalListener = (proxy: number, worker: number, view: number, fromNs: number, toNs: number) => void;

/** Expected numbers of one trial, from t = 0 to the horizon. */
export interface ExposureTotals {
  readonly failures: number;
  readonly errors: number;
  /** Expected requests per bucket, in the order in which the trial met them. */
  readonly buckets: readonly { readonly bucket: Bucket; readonly expected: number }[];
  /** Highest expected errors and failures within any sliding second. */
  readonly peakErrors: number;
  readonly peakFailures: number;
  /** The same over time, for those who add to them. */
  readonly errorBins: TimeBins;
  readonly failureBins: TimeBins;
  /** Some requests still get a 5xx at the horizon: it does not heal by itself. */
  readonly errsAtEnd: boolean;
  /** Time in which at least one proxy would fail a request. */
  readonly failingNs: number;
  /** Its parts, in order of time. */
  readonly failingSpans: readonly Span[];
}

const NS_PER_SECOND = 1e9;

export class Exposure implements TraceSink {
  readonly watches = [
    TraceKind.WorkerRoutes,
    TraceKind.WorkerListeners,
    TraceKind.WorkerCluster,
    TraceKind.WorkerEndpoints,
    TraceKind.ClusterWarming,
    TraceKind.EndpointCondition,
  ];
  private readonly workers: number;
  /** Per worker: its view, the outcome of that view in this trial's numbers, and since when. */
  private readonly viewOf: Int32Array;
  private readonly outcomeOf: Int32Array;
  private readonly sinceNs: Float64Array;
  /** Outcomes of this trial, numbered in the order of their first use: sums do not depend on earlier trials. */
  private readonly localOf: (number | undefined)[] = [];
  private readonly outcomeIds: number[] = [];
  private readonly population: number[] = [];
  private readonly timeNs: number[] = [];
  private readonly failing: number[] = [];
  /** What the endpoints take at the moment. */
  private conditions: number;
  private failingWorkers = 0;
  private contradictingWorkers = 0;
  private readonly errorRate = new StepFunction(NS_PER_SECOND);
  private readonly failureRate = new StepFunction(NS_PER_SECOND);
  private readonly errorBins = new TimeBins();
  private readonly failureBins = new TimeBins();
  private ratesSinceNs = 0;
  /** While something fails: since when. */
  private failingSinceNs: number | undefined;
  private readonly failingSpans: Span[] = [];

  constructor(
    private readonly outcomes: Outcomes,
    private readonly onInterval?: IntervalListener,
  ) {
    const { model, views } = outcomes;
    this.workers = model.scenario.mesh.workersPerProxy;
    this.conditions = model.initialConditions;
    this.viewOf = new Int32Array(model.proxies.count * this.workers);
    this.outcomeOf = new Int32Array(model.proxies.count * this.workers);
    this.sinceNs = new Float64Array(model.proxies.count * this.workers);
    model.proxies.groups.forEach((group, g) => {
      if (group.count === 0) return;
      const view = views.initial(model, g);
      const from = group.firstProxy * this.workers;
      const count = group.count * this.workers;
      const outcome = this.localId(g, view);
      this.viewOf.fill(view, from, from + count);
      this.outcomeOf.fill(outcome, from, from + count);
      this.enter(outcome, count, 0);
    });
  }

  /** Some worker's routes name a cluster or endpoints that it does not have. */
  get isContradicting(): boolean {
    return this.contradictingWorkers > 0;
  }

  /** Bits of Takes of an endpoint now. */
  takes(endpoint: number): number {
    return this.outcomes.model.conditions.takes(this.conditions, endpoint);
  }

  viewAt(proxy: number, worker: number): number {
    return this.viewOf[proxy * this.workers + worker];
  }

  emit(kind: TraceKind, timeNs: number, proxy: number, a: number, b: number, c: number): void {
    const { views } = this.outcomes;
    switch (kind) {
      case TraceKind.WorkerRoutes:
        this.change(proxy, a, views.withRoutes(this.viewAt(proxy, a), b), timeNs);
        break;
      case TraceKind.WorkerListeners:
        this.change(proxy, a, views.withListeners(this.viewAt(proxy, a), b), timeNs);
        break;
      case TraceKind.WorkerCluster:
        this.change(proxy, a, views.withCluster(this.viewAt(proxy, a), b, c), timeNs);
        break;
      case TraceKind.WorkerEndpoints:
        this.change(proxy, a, views.withEndpoints(this.viewAt(proxy, a), b, c), timeNs);
        break;
      case TraceKind.ClusterWarming:
        for (let w = 0; w < this.workers; w++) {
          this.change(proxy, w, views.withWarming(this.viewAt(proxy, w), a), timeNs);
        }
        break;
      case TraceKind.EndpointCondition:
        this.changeConditions(a, b, timeNs);
        break;
    }
  }

  finish(horizonNs: number): ExposureTotals {
    const { model } = this.outcomes;
    for (let p = 0; p < model.proxies.count; p++) {
      for (let w = 0; w < this.workers; w++) this.close(p, w, horizonNs);
    }
    this.setFailing(false, horizonNs);
    const errsAtEnd = this.errorRate.current > 0;
    this.setRates(horizonNs, 0, 0);
    const buckets = this.totals();
    const sum = (counts: (bucket: Bucket) => boolean): number =>
      buckets.reduce((total, { bucket, expected }) => total + (counts(bucket) ? expected : 0), 0);
    return {
      failures: sum(isFailure),
      errors: sum(isError),
      buckets,
      peakErrors: this.errorRate.peak,
      peakFailures: this.failureRate.peak,
      errorBins: this.errorBins,
      failureBins: this.failureBins,
      errsAtEnd,
      failingNs: lengthNs(this.failingSpans),
      failingSpans: this.failingSpans,
    };
  }

  private changeConditions(endpoint: number, takes: number, timeNs: number): void {
    const { model, views } = this.outcomes;
    this.conditions = model.conditions.with(this.conditions, endpoint, takes);
    for (let p = 0; p < model.proxies.count; p++) {
      for (let w = 0; w < this.workers; w++) {
        this.change(p, w, views.withConditions(this.viewAt(p, w), this.conditions), timeNs);
      }
    }
  }

  private change(proxy: number, worker: number, view: number, timeNs: number): void {
    const index = proxy * this.workers + worker;
    const previous = this.viewOf[index];
    if (view === previous) return;
    this.close(proxy, worker, timeNs);
    this.viewOf[index] = view;
    const from = this.outcomeOf[index];
    const to = this.localId(this.outcomes.model.proxies.groupOf[proxy], view);
    if (from === to) return;
    this.outcomeOf[index] = to;
    this.enter(from, -1, timeNs);
    this.enter(to, 1, timeNs);
    this.updateRates(timeNs);
  }

  private close(proxy: number, worker: number, timeNs: number): void {
    const index = proxy * this.workers + worker;
    const since = this.sinceNs[index];
    if (timeNs > since) {
      this.timeNs[this.outcomeOf[index]] += timeNs - since;
      this.onInterval?.(proxy, worker, this.viewOf[index], since, timeNs);
    }
    this.sinceNs[index] = timeNs;
  }

  private localId(group: number, view: number): number {
    const id = this.outcomes.idOf(group, view);
    return this.localOf[id] ?? this.newLocal(id);
  }

  private newLocal(id: number): number {
    const local = this.outcomeIds.push(id) - 1;
    this.localOf[id] = local;
    this.population.push(0);
    this.timeNs.push(0);
    if (this.outcomes.outcome(id).failuresPerSecond > 0) this.failing.push(local);
    return local;
  }

  private enter(local: number, workers: number, timeNs: number): void {
    const { failuresPerSecond, contradicts } = this.outcomes.outcome(this.outcomeIds[local]);
    this.population[local] += workers;
    if (contradicts) this.contradictingWorkers += workers;
    if (failuresPerSecond === 0) return;
    this.failingWorkers += workers;
    this.setFailing(this.failingWorkers > 0, timeNs);
    if (timeNs === 0) this.updateRates(0);
  }

  private setFailing(isFailing: boolean, timeNs: number): void {
    if (isFailing) {
      this.failingSinceNs ??= timeNs;
    } else if (this.failingSinceNs !== undefined) {
      this.failingSpans.push({ fromNs: this.failingSinceNs, toNs: timeNs });
      this.failingSinceNs = undefined;
    }
  }

  private updateRates(timeNs: number): void {
    let errors = 0;
    let failures = 0;
    for (const local of this.failing) {
      const outcome = this.outcomes.outcome(this.outcomeIds[local]);
      errors += this.population[local] * outcome.errorsPerSecond;
      failures += this.population[local] * outcome.failuresPerSecond;
    }
    this.setRates(timeNs, errors, failures);
  }

  private setRates(timeNs: number, errors: number, failures: number): void {
    const seconds = (timeNs - this.ratesSinceNs) / NS_PER_SECOND;
    const { errorRate, failureRate } = this;
    if (errorRate.current > 0) this.errorBins.addOver(this.ratesSinceNs, timeNs, errorRate.current * seconds);
    if (failureRate.current > 0) this.failureBins.addOver(this.ratesSinceNs, timeNs, failureRate.current * seconds);
    this.ratesSinceNs = timeNs;
    errorRate.set(timeNs, errors);
    failureRate.set(timeNs, failures);
  }

  private totals(): { bucket: Bucket; expected: number }[] {
    const byKey = new Map<string, { bucket: Bucket; expected: number }>();
    this.outcomeIds.forEach((id, local) => {
      for (const { bucket, perSecond } of this.outcomes.outcome(id).rates) {
        const key = JSON.stringify(bucket);
        const entry = byKey.get(key) ?? { bucket, expected: 0 };
        entry.expected += (perSecond * this.timeNs[local]) / NS_PER_SECOND;
        byKey.set(key, entry);
      }
    });
    return [...byKey.values()];
  }
}
