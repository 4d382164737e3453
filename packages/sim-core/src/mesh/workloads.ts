/**
 * Pods that come and go: the controllers of Deployments and StatefulSets, probes on their grid, termination
 * (deploy-tools.md 9). What istiod hears of them goes through the EndpointSlices; what a client meets is whether the pod
 * still takes connections.
 */
import { newSampler, type Sampler } from '../kernel/distribution.js';
import { msToNs } from '../kernel/time.js';
import type { PodTiming, ProbeGrid } from '../manifest/pod-template.js';
import { labelsContain } from '../manifest/service-endpoints.js';
import { Takes } from '../rollout/connection-kinds.js';
import { TraceKind } from '../trace/events.js';
import { drawNs, EventKind, PRIORITY, Purpose, type RunContext } from './context.js';
import type { ModelRollout } from './model.js';
import { type LastingConnections, type PodEnd, podEnd } from './pod-end.js';

/** What a controller has done so far. */
interface Progress {
  readonly rollout: ModelRollout;
  created: number;
  terminated: number;
  /** Old pods that are gone, and new ones that are available. */
  gone: number;
  available: number;
}

interface Flapping {
  readonly everyMs: Sampler;
  readonly downMs: Sampler;
  readonly untilNs: number;
}

export class Workloads {
  private readonly startMs: Sampler;
  private readonly startupMs: Sampler;
  /** endpoint → controller of its pod; none outside of rollouts. */
  private readonly progressOf = new Map<number, Progress>();
  private readonly timingOf = new Map<number, PodTiming>();
  private readonly endOf = new Map<number, PodEnd>();
  private readonly flapping = new Map<number, Flapping>();
  private readonly ordinal: Int32Array;
  private readonly isTerminating: Uint8Array;
  /** Pods that are to become ready or to vanish still. */
  private pending = 0;

  constructor(
    private readonly ctx: RunContext,
    private readonly lasting: LastingConnections,
  ) {
    const { endpoints } = ctx.model.endpoints;
    const { startMs, startupMs, flapping } = ctx.model.scenario.workloads;
    this.startMs = newSampler(startMs);
    this.startupMs = newSampler(startupMs);
    this.ordinal = new Int32Array(endpoints.length);
    this.isTerminating = new Uint8Array(endpoints.length);
    for (const { labels, everyMs, downMs, untilMs } of flapping) {
      const spec = { everyMs: newSampler(everyMs), downMs: newSampler(downMs), untilNs: msToNs(untilMs) };
      endpoints.forEach(({ endpoint }, e) => {
        if (labelsContain(endpoint.labels, labels)) this.flapping.set(e, spec);
      });
    }
  }

  /** Every pod is where it shall be. */
  get isDone(): boolean {
    return this.pending === 0;
  }

  /** Pods that stand already may flap from the first moment. */
  start(): void {
    const { model } = this.ctx;
    for (const endpoint of this.flapping.keys()) {
      if (model.endpoints.sets.has(model.initialReady, endpoint)) this.flapLater(endpoint);
    }
  }

  /** A Deployment or StatefulSet has been written. */
  onWritten(rollout: ModelRollout): void {
    const progress: Progress = { rollout, created: 0, terminated: 0, gone: 0, available: 0 };
    for (const endpoint of [...rollout.added, ...rollout.removed]) {
      this.progressOf.set(endpoint, progress);
      this.timingOf.set(endpoint, rollout.timing);
    }
    this.pending += rollout.added.length + rollout.removed.length;
    this.reconcile(progress);
  }

  /** The readiness probe has succeeded. */
  onProbed(endpoint: number): void {
    if (this.isTerminating[endpoint] === 1) return;
    this.tellSlices(endpoint, true);
    this.flapLater(endpoint);
    const progress = this.progressOf.get(endpoint);
    if (progress === undefined) return;
    this.later(msToNs(progress.rollout.minReadyMs), EventKind.PodAvailable, endpoint, 0);
  }

  onAvailable(endpoint: number): void {
    const progress = this.progressOf.get(endpoint) as Progress;
    progress.available++;
    this.pending--;
    this.reconcile(progress);
  }

  onGone(endpoint: number): void {
    const progress = this.progressOf.get(endpoint) as Progress;
    progress.gone++;
    const { busyMs, isIdle } = this.endOf.get(endpoint) as PodEnd;
    this.ctx.sink.emit(TraceKind.PodGone, this.ctx.now, -1, endpoint, busyMs, isIdle ? 1 : 0);
    this.pending--;
    this.reconcile(progress);
  }

  /** Its readiness probe fails for a while; the pod serves whoever still asks it. */
  onFlap(endpoint: number): void {
    const flapping = this.flapping.get(endpoint);
    if (flapping === undefined || this.isTerminating[endpoint] === 1) return;
    this.tellSlices(endpoint, false);
    this.later(this.draw(flapping.downMs, endpoint, Purpose.PodDown), EventKind.PodProbedAgain, endpoint, 0);
  }

  onProbedAgain(endpoint: number): void {
    if (this.isTerminating[endpoint] === 1) return;
    this.tellSlices(endpoint, true);
    this.flapLater(endpoint);
  }

  private flapLater(endpoint: number): void {
    const flapping = this.flapping.get(endpoint);
    if (flapping === undefined) return;
    const delay = this.draw(flapping.everyMs, endpoint, Purpose.PodFlap);
    if (this.ctx.now + delay <= flapping.untilNs) this.later(delay, EventKind.PodFlaps, endpoint, 0);
  }

  /**
   * As many pods as the limits allow: with new ones above the wanted number, and old ones taken while enough are
   * available. Old pods count as available until they are told to go.
   */
  private reconcile(progress: Progress): void {
    const { rollout } = progress;
    const { added, removed, kept, maxSurge, maxUnavailable, recreates } = rollout;
    const wanted = kept + added.length;
    const isReplaced = added.length > 0;
    const old = (): number => removed.length - progress.terminated;
    const mayCreate = (): boolean => {
      if (recreates && progress.gone < removed.length) return false;
      return kept + old() + progress.created < wanted + maxSurge;
    };
    const mayTerminate = (): boolean =>
      !isReplaced || recreates || kept + old() - 1 + progress.available >= wanted - maxUnavailable;
    while (progress.created < added.length && mayCreate()) this.create(added[progress.created++], rollout.timing);
    while (progress.terminated < removed.length && mayTerminate()) {
      // The newest of them go first, as in a scale-down.
      this.terminate(removed[removed.length - 1 - progress.terminated++], rollout.timing);
    }
  }

  private create(endpoint: number, timing: PodTiming): void {
    const runsNs = this.ctx.now + this.draw(this.startMs, endpoint, Purpose.PodStart);
    const servesNs = runsNs + this.draw(this.startupMs, endpoint, Purpose.PodStartup);
    const startedNs = timing.startupProbe === undefined ? runsNs : passes(timing.startupProbe, runsNs, servesNs);
    const { readinessProbe } = timing;
    const readyNs = readinessProbe === undefined ? startedNs : passes(readinessProbe, startedNs, servesNs);
    // Ready without a probe before it serves: whoever is sent there meanwhile is refused.
    if (readyNs < servesNs) {
      this.later(0, EventKind.ServerChanged, endpoint, Takes.Nothing);
      const takes = this.ctx.model.conditions.takes(this.ctx.model.initialConditions, endpoint);
      this.at(servesNs, EventKind.ServerChanged, endpoint, takes);
    }
    this.at(readyNs, EventKind.PodProbed, endpoint, 0);
  }

  /** Two tracks with no order between them: the slice, and the pod that stops (deploy-tools.md 9.2). */
  private terminate(endpoint: number, timing: PodTiming): void {
    const { model } = this.ctx;
    this.isTerminating[endpoint] = 1;
    this.tellSlices(endpoint, false);
    const { drainMs, acceptsWhileDraining, nativeSidecars } = model.scenario.workloads;
    const { hasSidecar } = model.endpoints.endpoints[endpoint].endpoint;
    // Whatever the application waits for: who is asked through a sidecar is gone when that is.
    const preStopMs = hasSidecar && !nativeSidecars ? (timing.proxyPreStopMs ?? 0) : timing.preStopMs;
    const end = podEnd(
      { ...timing, preStopMs },
      hasSidecar,
      drainMs,
      (ms) => this.lasting.openAfter(endpoint, ms),
      () => this.ctx.draws.uniform(endpoint, Purpose.PodIdle, 0),
    );
    this.endOf.set(endpoint, end);
    const { signalMs, stopMs } = end;
    const closesMs = hasSidecar && !acceptsWhileDraining ? signalMs : stopMs;
    this.later(msToNs(closesMs), EventKind.ServerChanged, endpoint, Takes.Nothing);
    this.later(msToNs(stopMs), EventKind.PodGone, endpoint, 0);
  }

  private tellSlices(endpoint: number, isReady: boolean): void {
    const delay = drawNs(
      this.ctx,
      this.ctx.delays.endpointSliceMs,
      endpoint,
      Purpose.PodSlice,
      this.ordinal[endpoint]++,
    );
    this.later(delay, EventKind.PodSlice, endpoint, isReady ? 1 : 0);
  }

  private draw(sampler: Sampler, endpoint: number, purpose: number): number {
    return drawNs(this.ctx, sampler, endpoint, purpose, this.ordinal[endpoint]++);
  }

  private later(delayNs: number, kind: number, a: number, b: number): void {
    this.at(this.ctx.now + delayNs, kind, a, b);
  }

  private at(timeNs: number, kind: number, a: number, b: number): void {
    this.ctx.queue.push(timeNs, PRIORITY, kind, a, b);
  }
}

/** First attempt on the grid at which the application serves, and as many more as the threshold asks for. */
function passes({ initialDelayMs, periodMs, successThreshold }: ProbeGrid, fromNs: number, servesNs: number): number {
  const firstNs = fromNs + msToNs(initialDelayMs);
  const periodNs = msToNs(periodMs);
  const waited = Math.max(0, Math.ceil((servesNs - firstNs) / periodNs));
  return firstNs + (waited + successThreshold - 1) * periodNs;
}
