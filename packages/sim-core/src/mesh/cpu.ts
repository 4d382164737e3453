/**
 * CPU time of threads: each on a core of its own, or, as in the lab, all on one host that they share.
 */
import { newSampler, type Sampler } from '../kernel/distribution.js';
import { exp, normalQuantile } from '../kernel/elementary.js';
import { ProcessorSharing } from '../kernel/processor-sharing.js';
import { msToNs } from '../kernel/time.js';
import type { SharedHost } from '../scenario/types.js';
import { EventKind, PRIORITY, Purpose, type RunContext } from './context.js';

export interface Cpu {
  /**
   * Works off `workNs` for an entity, then pushes the event (kind, a, b).
   * @param isAwake the thread has been running: it has had its burst, and nobody takes its core for what it wakes to
   */
  run(entity: number, workNs: number, kind: number, a: number, b: number, isAwake?: boolean): void;
}

/** Cores of its own: nothing else slows it down. */
export class DedicatedCpu implements Cpu {
  constructor(private readonly ctx: RunContext) {}

  run(_entity: number, workNs: number, kind: number, a: number, b: number): void {
    this.ctx.queue.push(this.ctx.now + Math.round(workNs), PRIORITY, kind, a, b);
  }
}

/** A host's cores, shared evenly by the work in progress. */
export class SharedCpu implements Cpu {
  private readonly sharing: ProcessorSharing;
  private readonly preemption: Sampler;
  private readonly burstNs: number;
  private readonly preemptionShare: number;
  private due = Infinity;
  private tick = 0;
  private steps = 0;

  constructor(
    private readonly ctx: RunContext,
    host: SharedHost,
  ) {
    this.sharing = new ProcessorSharing(host.cores - host.backgroundCores);
    this.burstNs = msToNs(host.burstMs);
    this.preemptionShare = host.preemptionShare;
    this.preemption = newSampler(host.preemptionMs);
  }

  run(entity: number, workNs: number, kind: number, a: number, b: number, isAwake = false): void {
    const { ctx, burstNs } = this;
    const wall = Math.max(1, Math.round(workNs + (isAwake ? 0 : this.preemptionNs(entity))));
    if (workNs <= burstNs && !isAwake) ctx.queue.push(ctx.now + wall, PRIORITY, kind, a, b);
    else {
      this.sharing.add(ctx.now, wall, kind, a, b);
      this.schedule();
    }
  }

  /** Handles a tick; one that a later arrival or completion has overtaken is ignored. */
  onTick(tick: number): void {
    if (tick !== this.tick) return;
    const { ctx, sharing } = this;
    while (sharing.complete(ctx.now)) ctx.queue.push(ctx.now, PRIORITY, sharing.kind, sharing.a, sharing.b);
    this.due = Infinity;
    this.schedule();
  }

  /** With some probability the step loses its core to another process of the host for a while. */
  private preemptionNs(entity: number): number {
    const u = this.ctx.draws.uniform(entity, Purpose.Preemption, this.steps++);
    return u < this.preemptionShare ? msToNs(this.preemption.quantile(u / this.preemptionShare)) : 0;
  }

  private schedule(): void {
    const next = this.sharing.nextCompletionNs();
    if (next === this.due) return;
    this.due = next;
    this.tick = (this.tick + 1) | 0;
    if (next < Infinity) this.ctx.queue.push(next, PRIORITY, EventKind.CpuTick, 0, this.tick);
  }
}

/** The factor on one cost: lognormal with median 1. */
export function costFactor(ctx: RunContext, entity: number, purpose: number, ordinal: number): number {
  const sigma = ctx.model.scenario.costs.spreadSigma;
  return sigma === 0 ? 1 : exp(sigma * normalQuantile(ctx.draws.uniform(entity, purpose, ordinal)));
}
