/**
 * How istiod's goroutines get its cores (Go's runtime/proc.go: findRunnable, runqput, globrunqget, retake). What a running
 * goroutine makes ready runs next on its core, within the same time slice; whoever a slice ends in, or whoever has waited
 * for the network, goes behind all that every core has queued. So most pushes follow each other in one piece, however many
 * others wait, and the few that are cut wait for a turn of all of them (lab: spans of single pushes at 400 proxies).
 */
import { EventKind } from '../context.js';
import type { Cpu } from '../cpu.js';
import { RunQueue } from './run-queue.js';

/** What the scheduler tells of its goroutines. */
export interface GoroutineListener {
  /** Gets a core, having waited for one or not. */
  started(entity: number): void;
  /** Has worked off what it asked for; may ask for more at once. */
  done(kind: number, a: number, b: number): void;
}

const NOBODY = -1;
/** Every so many turns a core looks at what is queued for all of them before its own. */
const FAIR_TURNS = 61;

export class GoScheduler implements Cpu {
  /** Per core: what runs on it. */
  private readonly isBusy: Uint8Array;
  private readonly entity: Int32Array;
  private readonly kind: Int32Array;
  private readonly a: Float64Array;
  private readonly b: Float64Array;
  /** Work left after the slice in progress, and what is left of the slice after it. */
  private readonly restNs: Float64Array;
  private readonly sliceNs: Float64Array;
  private readonly turns: Int32Array;
  /** Per core: what its goroutine has made ready last, what waits for it, and for all cores together. */
  private readonly next: readonly RunQueue[];
  private readonly local: readonly RunQueue[];
  private readonly global = new RunQueue();
  /** Woken by a timer, at the next turn of any core: the debounce. */
  private readonly timers = new RunQueue();
  /** The core whose goroutine is being told that its work is done, and may go on at once. */
  private current = NOBODY;
  private generation = 0;

  /**
   * @param host where the running goroutines' threads run
   * @param periodNs CPU time of a slice
   * @param phaseNs how far the slices are at time 0: they follow each other whoever runs
   */
  constructor(
    private readonly id: number,
    private readonly cores: number,
    private readonly periodNs: number,
    private readonly host: Cpu,
    private readonly phaseNs: number,
    private readonly now: () => number,
    private readonly listener: GoroutineListener,
  ) {
    this.isBusy = new Uint8Array(cores);
    this.entity = new Int32Array(cores).fill(NOBODY);
    this.kind = new Int32Array(cores);
    this.a = new Float64Array(cores);
    this.b = new Float64Array(cores);
    this.restNs = new Float64Array(cores);
    this.sliceNs = new Float64Array(cores);
    this.turns = new Int32Array(cores);
    this.next = Array.from({ length: cores }, () => new RunQueue());
    this.local = Array.from({ length: cores }, () => new RunQueue());
  }

  /** Of a goroutine below 0, a timer is what wakes it. */
  run(entity: number, workNs: number, kind: number, a: number, b: number): void {
    const { current } = this;
    if (current !== NOBODY && this.entity[current] === entity && this.isBusy[current] === 0) {
      this.start(current, workNs, kind, a, b, true);
      return;
    }
    const core = this.idleCore();
    if (core !== NOBODY) {
      this.entity[core] = entity;
      this.sliceNs[core] = this.newSliceNs();
      this.listener.started(entity);
      this.start(core, workNs, kind, a, b, false);
    } else if (current !== NOBODY) {
      const next = this.next[current];
      if (next.length > 0) this.local[current].takeFrom(next, 1);
      next.push(entity, workNs, kind, a, b);
    } else (entity < 0 ? this.timers : this.global).push(entity, workNs, kind, a, b);
  }

  /** As run, but behind what its core has queued: the goroutine has waited for another that has run meanwhile. */
  runAfterOthers(entity: number, workNs: number, kind: number, a: number, b: number): void {
    const { current } = this;
    if (current !== NOBODY && this.isAnyoneReady()) this.local[current].push(entity, workNs, kind, a, b);
    else this.run(entity, workNs, kind, a, b);
  }

  /** The process is gone: so are its goroutines. */
  clear(): void {
    this.generation++;
    this.isBusy.fill(0);
    for (const queue of [...this.next, ...this.local, this.global, this.timers]) queue.clear();
  }

  /** A thread has run its slice, or its goroutine to its end. */
  onSlice(tagged: number): void {
    const core = tagged % this.cores;
    if (Math.floor(tagged / this.cores) !== this.generation) return;
    this.isBusy[core] = 0;
    if (this.restNs[core] > 0) {
      if (!this.isAnyoneReady()) {
        this.sliceNs[core] = this.newSliceNs();
        this.start(core, this.restNs[core], this.kind[core], this.a[core], this.b[core], true);
        return;
      }
      this.global.push(this.entity[core], this.restNs[core], this.kind[core], this.a[core], this.b[core]);
    } else {
      this.current = core;
      this.listener.done(this.kind[core], this.a[core], this.b[core]);
      this.current = NOBODY;
    }
    if (this.isBusy[core] === 0) this.takeTurn(core);
  }

  private start(core: number, workNs: number, kind: number, a: number, b: number, isAwake: boolean): void {
    const slice = Math.min(workNs, this.sliceNs[core]);
    this.isBusy[core] = 1;
    this.kind[core] = kind;
    this.a[core] = a;
    this.b[core] = b;
    this.restNs[core] = workNs - slice;
    this.sliceNs[core] -= slice;
    this.host.run(
      this.entity[core],
      slice,
      EventKind.IstiodSlice,
      this.id,
      this.generation * this.cores + core,
      isAwake,
    );
  }

  private takeTurn(core: number): void {
    const queue = this.nextQueue(core);
    if (queue === undefined) {
      this.entity[core] = NOBODY;
      return;
    }
    queue.take();
    this.entity[core] = queue.entity;
    if (queue !== this.next[core]) this.sliceNs[core] = this.newSliceNs();
    this.listener.started(queue.entity);
    this.start(core, queue.workNs, queue.kind, queue.a, queue.b, true);
  }

  /** Where a core looks for its next goroutine. */
  private nextQueue(core: number): RunQueue | undefined {
    const { cores, global, timers } = this;
    const local = this.local[core];
    if (timers.length > 0) return timers;
    if (this.next[core].length > 0) return this.next[core];
    if (++this.turns[core] % FAIR_TURNS === 0 && global.length > 0) return global;
    if (local.length > 0) return local;
    if (global.length > 0) {
      local.takeFrom(global, Math.min(global.length, Math.floor(global.length / cores) + 1));
      return local;
    }
    for (let step = 1; step < cores; step++) {
      const other = this.local[(core + step) % cores];
      if (other.length === 0) continue;
      local.takeFrom(other, other.length - Math.floor(other.length / 2));
      return local;
    }
    return undefined;
  }

  private isAnyoneReady(): boolean {
    if (this.global.length > 0 || this.timers.length > 0) return true;
    for (let core = 0; core < this.cores; core++) {
      if (this.local[core].length > 0 || this.next[core].length > 0) return true;
    }
    return false;
  }

  /** Until the period ends that is running: who runs then has had its slice. */
  private newSliceNs(): number {
    return this.periodNs - ((this.now() + this.phaseNs) % this.periodNs);
  }

  private idleCore(): number {
    for (let core = 0; core < this.cores; core++) {
      if (this.isBusy[core] === 0 && core !== this.current) return core;
    }
    return NOBODY;
  }
}
