/** Connections by number; a freed number is used again. Nothing is allocated per connection. */
import { NONE, type Pool } from './cluster-object.js';

const INITIAL_CAPACITY = 64;

export class ConnectionTable {
  streams = new Int32Array(INITIAL_CAPACITY);
  /** Requests that it has taken so far. */
  served = new Float64Array(INITIAL_CAPACITY);
  idleSinceNs = new Float64Array(INITIAL_CAPACITY);
  /** It takes no more requests. */
  isDraining = new Uint8Array(INITIAL_CAPACITY);
  isConnecting = new Uint8Array(INITIAL_CAPACITY);
  /** A value of Connect. */
  made = new Uint8Array(INITIAL_CAPACITY);
  /** Counts the uses of a number: an event for an earlier one is void. */
  stamp = new Int32Array(INITIAL_CAPACITY);
  readonly poolOf: Pool[] = [];
  private next = new Int32Array(INITIAL_CAPACITY);
  private previous = new Int32Array(INITIAL_CAPACITY);
  private isReady = new Uint8Array(INITIAL_CAPACITY);
  private readonly free: number[] = [];
  private count = 0;

  add(pool: Pool, made: number): number {
    const connection = this.free.pop() ?? this.count++;
    if (connection === this.streams.length) this.grow();
    this.streams[connection] = 0;
    this.served[connection] = 0;
    this.isDraining[connection] = 0;
    this.isConnecting[connection] = 0;
    this.isReady[connection] = 0;
    this.made[connection] = made;
    this.poolOf[connection] = pool;
    pool.connections++;
    pool.object.connections++;
    return connection;
  }

  remove(connection: number): void {
    const pool = this.poolOf[connection];
    this.takeFromReady(connection);
    this.isConnecting[connection] = 0;
    this.stamp[connection]++;
    this.free.push(connection);
    pool.connections--;
    pool.object.connections--;
  }

  /** Connections of a pool that are being made. */
  connecting(pool: Pool): number[] {
    const found: number[] = [];
    for (let connection = 0; connection < this.count; connection++) {
      if (this.isConnecting[connection] === 1 && this.poolOf[connection] === pool) found.push(connection);
    }
    return found;
  }

  /** The most recently used stands first (envoy: LinkedList::moveBetweenLists puts in front). */
  putFirst(connection: number): void {
    if (this.isReady[connection] === 1) return;
    const pool = this.poolOf[connection];
    this.isReady[connection] = 1;
    this.previous[connection] = NONE;
    this.next[connection] = pool.firstReady;
    if (pool.firstReady === NONE) pool.lastReady = connection;
    else this.previous[pool.firstReady] = connection;
    pool.firstReady = connection;
  }

  takeFromReady(connection: number): void {
    if (this.isReady[connection] === 0) return;
    this.isReady[connection] = 0;
    const pool = this.poolOf[connection];
    const before = this.previous[connection];
    const after = this.next[connection];
    if (before === NONE) pool.firstReady = after;
    else this.next[before] = after;
    if (after === NONE) pool.lastReady = before;
    else this.previous[after] = before;
  }

  private grow(): void {
    const capacity = 2 * this.streams.length;
    this.streams = wider(this.streams, new Int32Array(capacity));
    this.served = wider(this.served, new Float64Array(capacity));
    this.idleSinceNs = wider(this.idleSinceNs, new Float64Array(capacity));
    this.isDraining = wider(this.isDraining, new Uint8Array(capacity));
    this.isConnecting = wider(this.isConnecting, new Uint8Array(capacity));
    this.made = wider(this.made, new Uint8Array(capacity));
    this.stamp = wider(this.stamp, new Int32Array(capacity));
    this.next = wider(this.next, new Int32Array(capacity));
    this.previous = wider(this.previous, new Int32Array(capacity));
    this.isReady = wider(this.isReady, new Uint8Array(capacity));
  }
}

/** The same numbers in an array with more room. */
export function wider<T extends Int32Array | Uint8Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
