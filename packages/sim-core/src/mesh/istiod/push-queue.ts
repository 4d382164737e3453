/**
 * The push queue of one istiod (istiod.md 3.3): per connection at most one pending and one processing request. Pending
 * requests merge and keep their place; what comes while one is processed goes to the tail when that is done.
 */
import { InternedSets } from '../interned-sets.js';

export interface PushRequest {
  readonly push: number;
  /** Set of changes, see MeshModel.changes; never empty. */
  readonly changes: number;
  readonly snapshot: number;
}

/** One request per proxy, merged by union; without changes there is none. */
export class MergedRequests {
  readonly changes: Int32Array;
  readonly snapshot: Int32Array;
  readonly push: Int32Array;

  constructor(
    proxies: number,
    private readonly sets: InternedSets,
  ) {
    this.changes = new Int32Array(proxies);
    this.snapshot = new Int32Array(proxies);
    this.push = new Int32Array(proxies);
  }

  /** The newest push context counts, and everything that has changed since the last push. */
  merge(p: number, changes: number, snapshot: number, push: number): void {
    this.changes[p] = this.sets.union(this.changes[p], changes);
    this.snapshot[p] = snapshot;
    this.push[p] = push;
  }

  mergeFrom(other: MergedRequests, p: number): void {
    this.merge(p, other.changes[p], other.snapshot[p], other.push[p]);
    other.clear(p);
  }

  clear(p: number): void {
    this.changes[p] = InternedSets.EMPTY;
  }
}

export class PushQueue {
  /** What each proxy's processing request asks for. */
  readonly processing: MergedRequests;
  private readonly pending: MergedRequests;
  private readonly meanwhile: MergedRequests;
  private readonly ring: Int32Array;
  /** 1: has a place in the ring, though what it waited for may be gone with its stream. */
  private readonly isInRing: Uint8Array;
  private head = 0;
  private length = 0;

  constructor(proxies: number, sets: InternedSets) {
    this.processing = new MergedRequests(proxies, sets);
    this.pending = new MergedRequests(proxies, sets);
    this.meanwhile = new MergedRequests(proxies, sets);
    this.ring = new Int32Array(Math.max(1, proxies));
    this.isInRing = new Uint8Array(proxies);
  }

  enqueue(p: number, { changes, snapshot, push }: PushRequest): void {
    if (this.processing.changes[p] !== InternedSets.EMPTY) {
      this.meanwhile.merge(p, changes, snapshot, push);
      return;
    }
    this.pending.merge(p, changes, snapshot, push);
    this.append(p);
  }

  /** The proxy whose turn it is, its request now processing; −1: nobody waits. */
  dequeue(): number {
    while (this.length > 0) {
      const p = this.ring[this.head];
      this.head = (this.head + 1) % this.ring.length;
      this.length--;
      this.isInRing[p] = 0;
      if (this.pending.changes[p] === InternedSets.EMPTY) continue;
      this.processing.mergeFrom(this.pending, p);
      return p;
    }
    return -1;
  }

  /** The connection is gone, and all that it waits for. */
  remove(p: number): void {
    this.pending.clear(p);
    this.processing.clear(p);
    this.meanwhile.clear(p);
  }

  /** Ends processing; what was merged meanwhile goes to the tail. */
  markDone(p: number): void {
    this.processing.clear(p);
    if (this.meanwhile.changes[p] === InternedSets.EMPTY) return;
    this.pending.mergeFrom(this.meanwhile, p);
    this.append(p);
  }

  private append(p: number): void {
    if (this.isInRing[p] === 1) return;
    this.isInRing[p] = 1;
    this.ring[(this.head + this.length++) % this.ring.length] = p;
  }
}
