/**
 * One cluster of one proxy, request by request: arrivals at its workers, the endpoint that each picks, a connection, the
 * answer, retries, ejection; and what a new cluster object, a removal or an endpoint that leaves does to all that
 * (envoy.md 5, 8–10). Arrivals stop and go on as the caller wants: in between only time passes.
 */
import { EventQueue } from '../../kernel/event-queue.js';
import { type Draws, UniformStream } from '../../kernel/random.js';
import { msToNs } from '../../kernel/time.js';
import { endingOf } from '../response-flags.js';
import { longestBackOffMs } from '../retries.js';
import { Arrivals } from './arrivals.js';
import { Balancer } from './balancer.js';
import { ClusterObject, NONE, type Pool } from './cluster-object.js';
import { ConnectionPools, type PoolUser } from './connection-pools.js';
import { outcomeOfError } from './endpoint-failures.js';
import { Happens } from './happens.js';
import { RequestTable } from './request-table.js';
import { type ClusterSetting, Connect, type Load, NO_SPEC } from './setting.js';
import { ENDING_OF, notRetried, Outcome, type Tally } from './tally.js';

/** Apart from the purposes of the mesh and of the request sampler; the entity is the proxy's cluster. */
const Purpose = {
  Arrivals: 0x2000,
  Handshakes: 0x2001,
  Durations: 0x2002,
  Picks: 0x2003,
  Sources: 0x2004,
  Errors: 0x2005,
  Backoff: 0x2006,
} as const;

/** Where in its distribution the round trip is that a server takes to close a connection of the wrong kind. */
const MEDIAN = 0.5;

export class ProxyCluster implements PoolUser {
  private readonly requests = new RequestTable();
  private readonly pools: ConnectionPools;
  private readonly arrivals: Arrivals;
  /** In the order in which they replaced each other; undefined: the cluster was removed. */
  private readonly objects: (ClusterObject | undefined)[] = [];
  /** Worker → place of its object in `objects`; and its load balancer, undefined where it has no object. */
  private readonly at: Int32Array;
  private readonly balancers: (Balancer | undefined)[] = [];
  private readonly durations: UniformStream;
  private readonly picks: UniformStream;
  private readonly errors: UniformStream;
  private readonly backoff: UniformStream;
  private inFlight = 0;
  /** After an ejection, or a return. */
  onRefresh: ((nowNs: number) => void) | undefined;

  constructor(
    readonly setting: ClusterSetting,
    draws: Draws,
    entity: number,
    readonly tally: Tally,
    private readonly queue = new EventQueue(),
  ) {
    const { requests } = this;
    const { workers, isEvenlySpaced } = setting;
    const stream = (purpose: number): UniformStream => new UniformStream(draws, entity, purpose);
    this.durations = stream(Purpose.Durations);
    this.picks = stream(Purpose.Picks);
    this.errors = stream(Purpose.Errors);
    this.backoff = stream(Purpose.Backoff);
    this.pools = new ConnectionPools(setting, queue, requests, tally, stream(Purpose.Handshakes), this);
    this.arrivals = new Arrivals(queue, isEvenlySpaced, stream(Purpose.Arrivals), stream(Purpose.Sources), workers);
    this.at = new Int32Array(workers).fill(NONE);
  }

  get nowNs(): number {
    return this.pools.nowNs;
  }

  /** Undefined where the worker does not have the cluster. */
  balancerOf(worker: number): Balancer | undefined {
    return this.balancers[worker];
  }

  loadOf(worker: number): Load {
    return this.arrivals.loads[worker];
  }

  /** Requests of all workers. */
  get perSecond(): number {
    return this.arrivals.loads.reduce((sum, { perSecond }) => sum + perSecond, 0);
  }

  /** Of all workers, for new requests. */
  get standingPools(): readonly Pool[] {
    const objects = new Set(this.balancers.map((balancer) => balancer?.object));
    return [...objects].flatMap((object) => object?.poolsInService ?? []);
  }

  /**
   * A worker replaces its cluster object, or drops it: the n-th time it is the n-th object of the proxy, whichever worker
   * gets there first. The endpoints follow.
   */
  swap(worker: number, spec: number, createdNs = this.nowNs): void {
    const { objects, balancers, setting } = this;
    const old = balancers[worker]?.object;
    const place = ++this.at[worker];
    if (place === objects.length) objects.push(this.newObject(spec, createdNs));
    const object = objects[place];
    balancers[worker] = object && this.newBalancer(object);
    if (old === undefined) return;
    for (const endpoint of setting.upstreams.keys()) this.drain(old, worker, endpoint);
  }

  /** The endpoints of the worker's cluster. Pools of those that stay are kept (envoy.md 6.1, 6.4). */
  setMembers(worker: number, members: readonly number[]): void {
    const balancer = this.balancers[worker];
    if (balancer === undefined) return;
    const { object } = balancer;
    for (const endpoint of balancer.members) {
      if (members.includes(endpoint)) continue;
      this.drain(object, worker, endpoint);
      object.detector?.forget(endpoint);
    }
    for (const endpoint of members) {
      if (!balancer.members.includes(endpoint)) object.joinedNs[endpoint] = this.nowNs;
    }
    balancer.setMembers(members);
  }

  setLoad(worker: number, load: Load): void {
    this.arrivals.setLoad(worker, load, this.nowNs);
  }

  /** What the endpoints take: only new connections meet it. */
  setConditions(conditions: number): void {
    this.pools.conditions = conditions;
  }

  /** For the drain time; here it is over with the next answer, see closeLeaving. */
  drainByServer(endpoints: readonly number[]): void {
    for (const endpoint of endpoints) this.pools.drainByServer(endpoint);
  }

  /** Ends what servers want to end and nobody has used. */
  closeLeaving(): void {
    for (const pool of this.standingPools) this.pools.closeLeaving(pool);
  }

  get conditions(): number {
    return this.pools.conditions;
  }

  /** Gives a pool without requests so many idle connections, in place of those that it has. */
  stock(pool: Pool, connections: number): void {
    this.pools.stock(pool, connections);
  }

  /** Requests arrive from a moment on. */
  resume(fromNs: number): void {
    this.pools.nowNs = fromNs;
    this.arrivals.open(fromNs);
    for (const place of this.objects.keys()) this.scheduleTick(place);
  }

  runUntil(toNs: number): void {
    while (this.queue.peekTime() < toNs) this.step();
    this.pools.nowNs = toNs;
  }

  /** No more requests arrive; those that have go on to their end. */
  finish(): void {
    this.arrivals.close();
    while (this.inFlight > 0 || this.pools.connecting > 0) this.step();
    this.queue.clear();
    for (const object of this.objects) if (object !== undefined) object.isTicking = false;
  }

  attached(request: number, pool: Pool, made: number): void {
    const { setting } = this;
    const durationMs =
      made === Connect.Cut
        ? setting.tcpHandshakeMs.quantile(MEDIAN)
        : setting.upstreams[pool.endpoint].durationMs.quantile(this.durations.next());
    this.queue.push(this.nowNs + msToNs(durationMs), 0, Happens.Answered, request, 0);
  }

  overflowed(request: number, isConnecting: boolean): void {
    this.end(request, isConnecting ? Outcome.WhileConnecting : Outcome.AtLimit);
  }

  notConnected(request: number, pool: Pool, made: number): void {
    this.report(pool, 0, true);
    this.fail(request, pool.endpoint, made === Connect.TlsFails ? Outcome.HandshakeFailed : Outcome.Refused);
  }

  private step(): void {
    const { queue, pools } = this;
    queue.pop();
    pools.nowNs = queue.time;
    switch (queue.kind) {
      case Happens.Arrival:
        if (this.arrivals.isCurrent(queue.a, queue.b)) this.arrive(queue.a);
        break;
      case Happens.Connected:
        pools.onConnected(queue.a, queue.b);
        break;
      case Happens.Answered:
        this.onAnswered(queue.a);
        break;
      case Happens.Retried:
        this.send(queue.a);
        break;
      case Happens.Tick:
        this.onTick(queue.a);
        break;
    }
  }

  private arrive(worker: number): void {
    const { tally, arrivals } = this;
    arrivals.scheduleNext(worker, this.nowNs);
    tally.arrived(this.nowNs);
    this.inFlight++;
    this.send(this.requests.add(worker, arrivals.pickSource(worker), this.nowNs));
  }

  /** An attempt, with the cluster as the worker has it by now (envoy.md 10.2). */
  private send(request: number): void {
    const { requests } = this;
    const worker = requests.worker[request];
    const balancer = this.balancers[worker];
    if (balancer === undefined) {
      this.end(request, Outcome.NoCluster);
      return;
    }
    const endpoint = balancer.pick(requests.tried[request], this.nowNs);
    if (endpoint === NONE) {
      this.end(request, balancer.members.length === 0 ? Outcome.NoEndpoint : Outcome.AllEjected);
      return;
    }
    requests.attempts[request]++;
    requests.sentNs[request] = this.nowNs;
    this.pools.enter(balancer.object.poolOf(worker, endpoint), request);
  }

  private onAnswered(request: number): void {
    const connection = this.requests.connection[request];
    const pool = this.pools.poolOf(connection);
    const { endpoint } = pool;
    const isCut = this.pools.madeOf(connection) === Connect.Cut;
    this.pools.release(connection);
    if (isCut) {
      this.report(pool, 0, true);
      this.fail(request, endpoint, Outcome.Cut);
      return;
    }
    const { errors } = this.setting.upstreams[endpoint];
    const ending = errors !== undefined && this.errors.next() < errors.share ? errors.ending : 'served';
    this.report(pool, endingOf(ending).code, false);
    if (ending === 'served') this.end(request, Outcome.Served);
    else this.fail(request, endpoint, outcomeOfError(ending));
  }

  private fail(request: number, endpoint: number, outcome: number): void {
    const { requests, setting, tally } = this;
    const object = this.balancers[requests.worker[request]]?.object;
    const attempts = requests.attempts[request];
    this.leaveRetries(request);
    const isOver = attempts >= setting.attempts(requests.source[request], ENDING_OF[outcome]);
    if (isOver || object?.mayRetry !== true) {
      this.end(request, isOver || object === undefined ? outcome : notRetried(outcome));
      return;
    }
    if (tally.isCounting) tally.retries++;
    object.retries++;
    requests.retryOf[request] = object;
    requests.tried[request] ??= [];
    requests.tried[request].push(endpoint);
    const backOffMs = longestBackOffMs(attempts) * this.backoff.next();
    this.queue.push(this.nowNs + msToNs(backOffMs), 0, Happens.Retried, request, 0);
  }

  private end(request: number, outcome: number): void {
    const { requests } = this;
    this.tally.finished(requests.source[request], outcome, this.nowNs);
    this.leaveRetries(request);
    requests.remove(request);
    this.inFlight--;
  }

  private leaveRetries(request: number): void {
    const object = this.requests.retryOf[request];
    if (object === undefined) return;
    object.retries--;
    this.requests.retryOf[request] = undefined;
  }

  private report({ object, worker, endpoint }: Pool, code: number, isLocalOrigin: boolean): void {
    const { detector } = object;
    const balancer = this.balancers[worker];
    // Of an object that is replaced nobody asks any more.
    if (detector === undefined || balancer?.object !== object) return;
    if (!detector.report(endpoint, code, isLocalOrigin, balancer.members.length, this.nowNs)) return;
    this.withdraw(object, endpoint);
    this.scheduleTick(this.objects.indexOf(object));
  }

  private onTick(place: number): void {
    const object = this.objects[place] as ClusterObject;
    object.isTicking = false;
    if (object.detector?.tick(this.nowNs)) this.refresh(object);
    this.scheduleTick(place);
  }

  private scheduleTick(place: number): void {
    const object = this.objects[place];
    if (object?.detector?.isRemembering !== true || object.isTicking) return;
    object.isTicking = true;
    this.queue.push(object.detector.nextTickNs(this.nowNs), 0, Happens.Tick, place, 0);
  }

  private drain(object: ClusterObject, worker: number, endpoint: number): void {
    const pool = object.retirePool(worker, endpoint);
    if (pool !== undefined) this.pools.drain(pool);
  }

  /** An endpoint is ejected: its connections go (envoy.md 6.6), and nobody picks it. */
  withdraw(object: ClusterObject, endpoint: number, nowNs = this.nowNs): void {
    for (let worker = 0; worker < this.setting.workers; worker++) this.drain(object, worker, endpoint);
    this.refresh(object, nowNs);
  }

  /** Who is in service has changed. */
  refresh(object: ClusterObject, nowNs = this.nowNs): void {
    for (const balancer of this.balancers) if (balancer?.object === object) balancer.refresh();
    this.onRefresh?.(nowNs);
  }

  private newObject(spec: number, createdNs: number): ClusterObject | undefined {
    if (spec === NO_SPEC) return undefined;
    return new ClusterObject(spec, this.setting.policyOf(spec), this.setting.upstreams.length, createdNs);
  }

  private newBalancer(object: ClusterObject): Balancer {
    const { upstreams, hashTables } = this.setting;
    return new Balancer(object, (endpoint) => upstreams[endpoint].id, hashTables, this.picks);
  }
}
