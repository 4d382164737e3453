/** Requests by number, from their arrival to their end; a freed number is used again, so that the columns stay short. */
import { type ClusterObject, NONE, type Pool } from './cluster-object.js';

export class RequestTable {
  readonly worker: number[] = [];
  readonly source: number[] = [];
  /** When its present try was sent. */
  readonly sentNs: number[] = [];
  readonly attempts: number[] = [];
  readonly connection: number[] = [];
  /** Object whose retries it counts among. */
  readonly retryOf: (ClusterObject | undefined)[] = [];
  /** Endpoints that it has been to, once it is retried. */
  readonly tried: (number[] | undefined)[] = [];
  private readonly next: number[] = [];
  private readonly free: number[] = [];

  add(worker: number, source: number, nowNs: number): number {
    const request = this.free.pop() ?? this.worker.length;
    this.worker[request] = worker;
    this.source[request] = source;
    this.sentNs[request] = nowNs;
    this.attempts[request] = 0;
    this.connection[request] = NONE;
    this.next[request] = NONE;
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
}
