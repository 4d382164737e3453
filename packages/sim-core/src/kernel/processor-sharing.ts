/**
 * CPU cores shared equally among the jobs that want them, as a fair scheduler shares them among threads:
 * each of n jobs runs at min(1, cores / n), since a thread cannot use more than one core.
 *
 * All jobs run at one rate, so their order of completion is fixed when they arrive. Virtual time is the
 * work that a job present throughout would have received; a job that arrives at V with work w leaves at
 * V + w, whatever the load does in between. Adding and completing are O(log n), and nothing is touched
 * when the rate changes.
 */
import { EventQueue } from './event-queue.js';
import type { Nanoseconds } from './time.js';

/**
 * Rounding of virtual time must neither hold back a job that is due nor push it to the next nanosecond.
 * A thousandth of a nanosecond is far above the error of a double at any virtual time below an hour.
 */
const TOLERANCE_NS = 1e-3;

export class ProcessorSharing {
  /** The job last completed. */
  kind = 0;
  a = 0;
  b = 0;

  /** Keyed by virtual finish; ties in order of arrival. */
  private readonly jobs = new EventQueue();
  private virtualNs = 0;
  private updatedNs: Nanoseconds = 0;

  constructor(private capacityCores: number) {
    this.setCapacity(0, capacityCores);
  }

  /** How many jobs share the cores. */
  get active(): number {
    return this.jobs.size;
  }

  add(nowNs: Nanoseconds, workNs: Nanoseconds, kind: number, a: number, b: number): void {
    if (!(workNs >= 0)) throw new RangeError(`processor sharing: work of ${workNs} ns`);
    this.advance(nowNs);
    this.jobs.push(this.virtualNs + workNs, 0, kind, a, b);
  }

  /** When the next job will finish if nothing changes; Infinity if none will. */
  nextCompletionNs(): Nanoseconds {
    const remainingNs = this.jobs.peekTime() - this.virtualNs;
    if (remainingNs <= this.tolerance()) return this.updatedNs;
    // At least one nanosecond on, or an owner could be woken at the same instant for ever.
    return this.updatedNs + Math.max(1, Math.ceil(remainingNs / this.rate() - TOLERANCE_NS));
  }

  /** Takes the next job that has finished by now into the fields; false if there is none. */
  complete(nowNs: Nanoseconds): boolean {
    this.advance(nowNs);
    if (!(this.jobs.peekTime() - this.virtualNs <= this.tolerance())) return false;
    this.jobs.pop();
    this.kind = this.jobs.kind;
    this.a = this.jobs.a;
    this.b = this.jobs.b;
    if (this.jobs.size === 0) {
      // Small numbers are precise numbers: an idle processor starts again from zero.
      this.jobs.clear();
      this.virtualNs = 0;
    }
    return true;
  }

  setCapacity(nowNs: Nanoseconds, cores: number): void {
    if (!(cores >= 0)) throw new RangeError(`processor sharing: ${cores} cores`);
    this.advance(nowNs);
    this.capacityCores = cores;
  }

  private rate(): number {
    const jobs = this.jobs.size;
    return jobs <= this.capacityCores ? 1 : this.capacityCores / jobs;
  }

  private tolerance(): number {
    return 2 * TOLERANCE_NS + this.virtualNs * 8 * Number.EPSILON;
  }

  private advance(nowNs: Nanoseconds): void {
    if (!(nowNs >= this.updatedNs))
      throw new RangeError(`processor sharing: ${nowNs} ns is before ${this.updatedNs} ns`);
    if (this.jobs.size > 0) this.virtualNs += (nowNs - this.updatedNs) * this.rate();
    this.updatedNs = nowNs;
  }
}
