/** Requests by number, from their arrival to their outcome; a freed number is used again. */
import { type ClusterObject, NONE, type Pool } from './cluster-object.js';
import { wider } from './connection-table.js';

const INITIAL_CAPACITY = 64;

export class RequestTable {
  worker = new Int32Array(INITIAL_CAPACITY);
  source = new Int32Array(INITIAL_CAPACITY);
  arrivedNs = new Float64Array(INITIAL_CAPACITY);
  attempts = new Int32Array(INITIAL_CAPACITY);
  connection = new Int32Array(INITIAL_CAPACITY);
  /** Object whose retries it counts among. */
  readonly retryOf: (ClusterObject | undefined)[] = [];
  /** Endpoints that it has been to, once it is retried. */
  readonly tried: (number[] | undefined)[] = [];
  private next = new Int32Array(INITIAL_CAPACITY);
  private readonly free: number[] = [];
  private count = 0;

  add(worker: number, source: number, nowNs: number): number {
    const request = this.free.pop() ?? this.count++;
    if (request === this.worker.length) this.grow();
    this.worker[request] = worker;
    this.source[request] = source;
    this.arrivedNs[request] = nowNs;
    this.attempts[request] = 0;
    this.connection[request] = NONE;
    this.retryOf[request] = undefined;
    this.tried[request] = undefined;
    return request;
  }

  remove(request: number): void {
    this.free.push(request);
  }

  wait(pool: Pool, request: number): void {
    this.next[request] = NONE;
    if (pool.lastWaiting === NONE) pool.firstWaiting = request;
    else this.next[pool.lastWaiting] = request;
    pool.lastWaiting = request;
    pool.waiting++;
    pool.object.waiting++;
  }

  /** The request that has waited longest. */
  takeFirstWaiting(pool: Pool): number {
    const request = pool.firstWaiting;
    pool.firstWaiting = this.next[request];
    if (pool.firstWaiting === NONE) pool.lastWaiting = NONE;
    pool.waiting--;
    pool.object.waiting--;
    return request;
  }

  private grow(): void {
    const capacity = 2 * this.worker.length;
    this.worker = wider(this.worker, new Int32Array(capacity));
    this.source = wider(this.source, new Int32Array(capacity));
    this.arrivedNs = wider(this.arrivedNs, new Float64Array(capacity));
    this.attempts = wider(this.attempts, new Int32Array(capacity));
    this.connection = wider(this.connection, new Int32Array(capacity));
    this.next = wider(this.next, new Int32Array(capacity));
  }
}
