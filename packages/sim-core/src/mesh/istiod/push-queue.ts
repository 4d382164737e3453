/**
 * The push queue of one istiod (istiod.md 3.3): per connection at most one waiting and one processing request. Requests
 * that wait merge, and keep their place; what comes while one is processed goes to the tail when that is done.
 */
import { InternedSets } from '../interned-sets.js';

/** One request per proxy: a set of changes (see MeshModel.changes), merged by union; without any there is none. */
export class MergedRequests {
  readonly changes: Int32Array;
  readonly push: Int32Array;

  constructor(
    proxies: number,
    private readonly sets: InternedSets,
  ) {
    this.changes = new Int32Array(proxies);
    this.push = new Int32Array(proxies);
  }

  /** The newest push context counts, and everything that has changed since the last push. */
  merge(p: number, changes: number, push: number): void {
    this.changes[p] = this.sets.union(this.changes[p], changes);
    this.push[p] = push;
  }

  has(p: number): boolean {
    return this.changes[p] !== InternedSets.EMPTY;
  }

  clear(p: number): void {
    this.changes[p] = InternedSets.EMPTY;
  }
}

export class PushQueue {
  /** What each proxy's processing request asks for. */
  readonly processing: MergedRequests;
  private readonly waiting: MergedRequests;
  private readonly ring: Int32Array;
  /** 1: has a place in the ring, though what it waited for may be gone with its stream. */
  private readonly isInRing: Uint8Array;
  private head = 0;
  private length = 0;

  constructor(proxies: number, sets: InternedSets) {
    this.processing = new MergedRequests(proxies, sets);
    this.waiting = new MergedRequests(proxies, sets);
    this.ring = new Int32Array(Math.max(1, proxies));
    this.isInRing = new Uint8Array(proxies);
  }

  enqueue(p: number, changes: number, push: number): void {
    this.waiting.merge(p, changes, push);
    if (!this.processing.has(p)) this.append(p);
  }

  /** The proxy whose turn it is, its request now processing; −1: nobody waits. */
  dequeue(): number {
    const { processing, waiting } = this;
    while (this.length > 0) {
      const p = this.ring[this.head];
      this.head = (this.head + 1) % this.ring.length;
      this.length--;
      this.isInRing[p] = 0;
      if (!waiting.has(p)) continue;
      processing.merge(p, waiting.changes[p], waiting.push[p]);
      waiting.clear(p);
      return p;
    }
    return -1;
  }

  /** The connection is gone, and all that it waits for. */
  remove(p: number): void {
    this.waiting.clear(p);
    this.processing.clear(p);
  }

  /** Ends processing; what was merged meanwhile goes to the tail. */
  markDone(p: number): void {
    this.processing.clear(p);
    if (this.waiting.has(p)) this.append(p);
  }

  private append(p: number): void {
    if (this.isInRing[p] === 1) return;
    this.isInRing[p] = 1;
    this.ring[(this.head + this.length++) % this.ring.length] = p;
  }
}
