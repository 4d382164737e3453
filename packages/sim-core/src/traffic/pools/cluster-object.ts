/**
 * One cluster object of an Envoy, from its swap-in on: what its workers share, and their pools. Each swap makes a new
 * one, which starts from nothing while the old one still counts what it has in flight (envoy.md 5.6–5.8).
 */
import type { ClusterPolicy } from '../../manifest/traffic-policy.js';
import { OutlierDetector } from './outlier-detector.js';

export const NONE = -1;

export class ClusterObject {
  /** What the circuit breakers count. */
  connections = 0;
  waiting = 0;
  requests = 0;
  retries = 0;
  /** Endpoint → requests on its connections, over all workers. */
  readonly active: Int32Array;
  /** Endpoint → when it joined, for slow start. */
  readonly joinedNs: Float64Array;
  readonly detector: OutlierDetector | undefined;
  /** The detector's next tick is scheduled. */
  isTicking = false;
  private readonly pools: (Pool | undefined)[] = [];

  constructor(
    readonly spec: number,
    readonly policy: ClusterPolicy,
    private readonly endpoints: number,
    createdNs: number,
  ) {
    this.active = new Int32Array(endpoints);
    this.joinedNs = new Float64Array(endpoints);
    const { outlierDetection } = policy;
    this.detector = outlierDetection && new OutlierDetector(outlierDetection, endpoints, createdNs);
  }

  /** The pool for new requests. */
  poolOf(worker: number, endpoint: number): Pool {
    const at = worker * this.endpoints + endpoint;
    this.pools[at] ??= new Pool(this, worker, endpoint);
    return this.pools[at];
  }

  /** Takes a pool out of service: the next request to the endpoint gets a new one. */
  retirePool(worker: number, endpoint: number): Pool | undefined {
    const pool = this.pools[worker * this.endpoints + endpoint];
    this.pools[worker * this.endpoints + endpoint] = undefined;
    return pool;
  }

  get poolsInService(): readonly Pool[] {
    return this.pools.filter((pool) => pool !== undefined);
  }

  /** Whether one more retry may be under way (envoy.md 8.4). */
  get mayRetry(): boolean {
    const { retryBudget, maxRetries } = this.policy;
    if (retryBudget === undefined) return this.retries < maxRetries;
    const budget = Math.floor(retryBudget.share * (this.requests + this.waiting));
    return this.retries < Math.max(retryBudget.minConcurrency, budget);
  }
}

/**
 * The connections of one worker to one endpoint, and the requests that wait for one. Both are numbers in tables that the
 * pools of a proxy share; a pool holds the ends of its lists.
 */
export class Pool {
  /** Connections that can take a request, the most recently used first. */
  firstReady = NONE;
  lastReady = NONE;
  /** Requests without a connection, in the order of their arrival. */
  firstWaiting = NONE;
  lastWaiting = NONE;
  waiting = 0;
  connections = 0;
  connecting = 0;
  inFlight = 0;
  /** Its connections close when they have no request (envoy.md 5.2). */
  isDraining = false;
  /** n → requests that found n others here, waiting or in flight. */
  readonly found: number[] = [];

  constructor(
    readonly object: ClusterObject,
    readonly worker: number,
    readonly endpoint: number,
  ) {}

  countArrival(): void {
    const others = this.inFlight + this.waiting;
    while (this.found.length <= others) this.found.push(0);
    this.found[others]++;
  }
}
