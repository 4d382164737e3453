/** Connections by number; a freed number is used again, so that the columns stay short. */
import { NONE, type Pool } from './cluster-object.js';

export class ConnectionTable {
  readonly streams: number[] = [];
  /** Requests that it has taken so far. */
  readonly served: number[] = [];
  readonly idleSinceNs: number[] = [];
  /** When the server took it. */
  readonly madeNs: number[] = [];
  /** It takes no more requests. */
  readonly isDraining: number[] = [];
  readonly isConnecting: number[] = [];
  /** A value of Connect. */
  readonly made: number[] = [];
  /** Counts the uses of a number: an event for an earlier one is void. */
  readonly stamp: number[] = [];
  readonly poolOf: Pool[] = [];
  private readonly next: number[] = [];
  private readonly previous: number[] = [];
  private readonly isReady: number[] = [];
  private readonly free: number[] = [];

  add(pool: Pool, made: number): number {
    const connection = this.free.pop() ?? this.poolOf.length;
    if (connection === this.poolOf.length) this.stamp.push(0);
    this.streams[connection] = 0;
    this.served[connection] = 0;
    this.idleSinceNs[connection] = 0;
    this.madeNs[connection] = Number.POSITIVE_INFINITY;
    this.isDraining[connection] = 0;
    this.isConnecting[connection] = 0;
    this.isReady[connection] = 0;
    this.next[connection] = NONE;
    this.previous[connection] = NONE;
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
    for (let connection = 0; connection < this.poolOf.length; connection++) {
      if (this.isConnecting[connection] === 1 && this.poolOf[connection] === pool) found.push(connection);
    }
    return found;
  }

  /** Connections of a pool that can take a request. */
  ready({ firstReady }: Pool): number[] {
    const found: number[] = [];
    for (let at = firstReady; at !== NONE; at = this.next[at]) found.push(at);
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
}
