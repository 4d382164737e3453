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

/** Far above the rounding of virtual time, far below a nanosecond: a job this close to its end has ended. */
const TOLERANCE_NS = 1e-3;

export class ProcessorSharing {
  /** The job last completed. */
  kind = 0;
  a = 0;
  b = 0;

  /** Those that share the cores, by virtual finish; ties in order of arrival. */
  private readonly running = new EventQueue();
  /** Those that have ended and that the owner has not taken yet, in order of their end. */
  private readonly ended = new EventQueue();
  private virtualNs = 0;
  private updatedNs: Nanoseconds = 0;

  constructor(private capacityCores: number) {
    this.setCapacity(0, capacityCores);
  }

  /** Jobs added and not yet taken by complete(). */
  get active(): number {
    return this.running.size + this.ended.size;
  }

  add(nowNs: Nanoseconds, workNs: Nanoseconds, kind: number, a: number, b: number): void {
    if (!(workNs >= 0)) throw new RangeError(`processor sharing: work of ${workNs} ns`);
    this.advance(nowNs);
    this.running.push(this.virtualNs + workNs, 0, kind, a, b);
  }

  /** When the next job will finish if nothing changes; Infinity if none will. */
  nextCompletionNs(): Nanoseconds {
    if (this.ended.size > 0) return this.updatedNs;
    return this.updatedNs + Math.max(0, Math.ceil(this.nextEndNs() - TOLERANCE_NS));
  }

  /** Takes the next job that has finished by now into the fields; false if there is none. */
  complete(nowNs: Nanoseconds): boolean {
    this.advance(nowNs);
    if (!this.ended.pop()) return false;
    this.kind = this.ended.kind;
    this.a = this.ended.a;
    this.b = this.ended.b;
    return true;
  }

  setCapacity(nowNs: Nanoseconds, cores: number): void {
    if (!(cores >= 0)) throw new RangeError(`processor sharing: ${cores} cores`);
    this.advance(nowNs);
    this.capacityCores = cores;
  }

  private rate(): number {
    const jobs = this.running.size;
    return jobs <= this.capacityCores ? 1 : this.capacityCores / jobs;
  }

  /** How long from the last update until the first of the running jobs ends, to a fraction of a nanosecond. */
  private nextEndNs(): number {
    const remainingNs = this.running.peekTime() - this.virtualNs;
    return remainingNs > 0 ? remainingNs / this.rate() : 0;
  }

  /**
   * Jobs end between whole nanoseconds, and what they leave goes to the others from that moment: were it
   * kept until the owner looks, every completion would lose a little capacity.
   */
  private advance(nowNs: Nanoseconds): void {
    if (!(nowNs >= this.updatedNs)) {
      throw new RangeError(`processor sharing: ${nowNs} ns is before ${this.updatedNs} ns`);
    }
    const { running, ended } = this;
    let elapsedNs = nowNs - this.updatedNs;
    this.updatedNs = nowNs;
    while (running.size > 0) {
      const endNs = this.nextEndNs();
      // The same comparison as nextCompletionNs(): what it announced happens.
      if (endNs - TOLERANCE_NS > elapsedNs) {
        this.virtualNs += elapsedNs * this.rate();
        return;
      }
      elapsedNs = Math.max(0, elapsedNs - endNs);
      running.pop();
      this.virtualNs = Math.max(this.virtualNs, running.time);
      ended.push(0, 0, running.kind, running.a, running.b);
    }
    // Small numbers are precise numbers: an idle processor starts again from zero.
    this.virtualNs = 0;
  }
}
