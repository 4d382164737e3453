/**
 * How istiod's goroutines get its cores: in the order in which they become ready, each until it waits for something or the
 * time slice is over, which goroutines that follow each other share. So most short pushes go through in one piece however
 * many others wait, and the few that a slice ends in wait for all of them (lab: spans of single pushes at 400 proxies).
 */
import { EventKind } from '../context.js';
import type { Cpu } from '../cpu.js';

/** What the scheduler tells of its goroutines. */
export interface GoroutineListener {
  /** Gets a core, having waited for one or not. */
  started(entity: number): void;
  /** Has worked off what it asked for; may ask for more at once. */
  done(kind: number, a: number, b: number): void;
}

const FIRST_CAPACITY = 64;
const NOBODY = -1;

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
  /** Ready goroutines, oldest first: a ring. */
  private ring = newRing(FIRST_CAPACITY);
  private head = 0;
  private length = 0;
  /** The core whose goroutine is being told that its work is done, and may go on at once. */
  private current = NOBODY;
  private generation = 0;

  /**
   * @param host where the running goroutines' threads run
   * @param quantumNs CPU time of a slice
   * @param phaseNs how far the slices are at time 0: they follow each other whoever runs
   */
  constructor(
    private readonly id: number,
    private readonly cores: number,
    private readonly quantumNs: number,
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
  }

  run(entity: number, workNs: number, kind: number, a: number, b: number): void {
    const { current } = this;
    if (current !== NOBODY && this.entity[current] === entity && this.isBusy[current] === 0) {
      this.start(current, workNs, kind, a, b, true);
      return;
    }
    const core = this.idleCore();
    if (core === NOBODY) {
      this.enqueue(entity, workNs, kind, a, b);
      return;
    }
    this.entity[core] = entity;
    this.sliceNs[core] = this.newSliceNs();
    this.listener.started(entity);
    this.start(core, workNs, kind, a, b, false);
  }

  /** As run, but whoever waits goes first: the goroutine has waited for something that has come about meanwhile. */
  runAfterOthers(entity: number, workNs: number, kind: number, a: number, b: number): void {
    if (this.length === 0) this.run(entity, workNs, kind, a, b);
    else this.enqueue(entity, workNs, kind, a, b);
  }

  /** The process is gone: so are its goroutines. */
  clear(): void {
    this.generation++;
    this.isBusy.fill(0);
    this.length = 0;
  }

  /** A thread has run its slice, or its goroutine to its end. */
  onSlice(tagged: number): void {
    const core = tagged % this.cores;
    if (Math.floor(tagged / this.cores) !== this.generation) return;
    if (this.restNs[core] > 0) {
      if (this.length === 0) {
        this.sliceNs[core] = this.quantumNs;
        this.start(core, this.restNs[core], this.kind[core], this.a[core], this.b[core], true);
        return;
      }
      this.enqueue(this.entity[core], this.restNs[core], this.kind[core], this.a[core], this.b[core]);
      this.isBusy[core] = 0;
    } else {
      this.isBusy[core] = 0;
      this.current = core;
      this.listener.done(this.kind[core], this.a[core], this.b[core]);
      this.current = NOBODY;
    }
    if (this.isBusy[core] === 0) this.next(core);
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

  private next(core: number): void {
    if (this.length === 0) {
      this.entity[core] = NOBODY;
      return;
    }
    const { ring, head } = this;
    this.head = (head + 1) % ring.entity.length;
    this.length--;
    this.entity[core] = ring.entity[head];
    this.sliceNs[core] = this.newSliceNs();
    this.listener.started(this.entity[core]);
    this.start(core, ring.workNs[head], ring.kind[head], ring.a[head], ring.b[head], true);
  }

  /** What is left of the slice that the goroutine before has been in. */
  private newSliceNs(): number {
    return this.quantumNs - ((this.now() + this.phaseNs) % this.quantumNs);
  }

  private idleCore(): number {
    if (this.length > 0) return NOBODY;
    for (let core = 0; core < this.cores; core++) {
      if (this.isBusy[core] === 0 && core !== this.current) return core;
    }
    return NOBODY;
  }

  private enqueue(entity: number, workNs: number, kind: number, a: number, b: number): void {
    if (this.length === this.ring.entity.length) this.grow();
    const { ring } = this;
    const at = (this.head + this.length++) % ring.entity.length;
    ring.entity[at] = entity;
    ring.workNs[at] = workNs;
    ring.kind[at] = kind;
    ring.a[at] = a;
    ring.b[at] = b;
  }

  private grow(): void {
    const old = this.ring;
    const size = old.entity.length;
    const ring = newRing(size * 2);
    for (let i = 0; i < size; i++) {
      const from = (this.head + i) % size;
      ring.entity[i] = old.entity[from];
      ring.workNs[i] = old.workNs[from];
      ring.kind[i] = old.kind[from];
      ring.a[i] = old.a[from];
      ring.b[i] = old.b[from];
    }
    this.ring = ring;
    this.head = 0;
  }
}

function newRing(size: number) {
  return {
    entity: new Int32Array(size),
    workNs: new Float64Array(size),
    kind: new Int32Array(size),
    a: new Float64Array(size),
    b: new Float64Array(size),
  };
}
