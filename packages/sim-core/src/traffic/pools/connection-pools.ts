/**
 * Connections of one cluster of one proxy: who gets one, who waits, who is refused, and how each of them ends
 * (envoy.md 5, 8; source/common/conn_pool/conn_pool_base.cc).
 */
import type { EventQueue } from '../../kernel/event-queue.js';
import type { UniformStream } from '../../kernel/random.js';
import { msToNs } from '../../kernel/time.js';
import { NONE, type Pool } from './cluster-object.js';
import { ConnectionTable } from './connection-table.js';
import { Happens } from './happens.js';
import type { RequestTable } from './request-table.js';
import { type ClusterSetting, Connect } from './setting.js';
import { End, type Tally } from './tally.js';

/** What a pool tells of its requests. */
export interface PoolUser {
  /** It is on its way to the endpoint. */
  attached(request: number, pool: Pool, made: number): void;
  /** A limit refuses it. */
  overflowed(request: number, isConnecting: boolean): void;
  notConnected(request: number, pool: Pool, made: number): void;
}

export class ConnectionPools {
  /** Long before anything happens. */
  nowNs = Number.NEGATIVE_INFINITY;
  /** What the endpoints take at the moment. */
  conditions = 0;
  /** Connections that are being made. */
  connecting = 0;
  private readonly connections = new ConnectionTable();
  /** Endpoint → what it took until then ends with the next answer. */
  private readonly drainedNs: Float64Array;

  constructor(
    private readonly setting: ClusterSetting,
    private readonly queue: EventQueue,
    private readonly requests: RequestTable,
    private readonly tally: Tally,
    private readonly handshakes: UniformStream,
    private readonly user: PoolUser,
  ) {
    this.drainedNs = new Float64Array(setting.upstreams.length).fill(Number.NEGATIVE_INFINITY);
  }

  /** A request that has picked its endpoint. */
  enter(pool: Pool, request: number): void {
    pool.countArrival();
    this.expire(pool);
    if (pool.firstReady !== NONE) {
      this.attach(pool.firstReady, request);
    } else if (pool.object.waiting >= pool.object.policy.http1MaxPendingRequests) {
      this.user.overflowed(request, this.connecting > 0);
    } else {
      this.requests.wait(pool, request);
      this.connectForWaiting(pool);
    }
  }

  /** @param stamp of the attempt, which may have been given up meanwhile */
  onConnected(connection: number, stamp: number): void {
    const { connections } = this;
    if (connections.stamp[connection] !== stamp) return;
    const pool = connections.poolOf[connection];
    const made = connections.made[connection];
    connections.isConnecting[connection] = 0;
    pool.connecting--;
    this.connecting--;
    if (made === Connect.Refused || made === Connect.TlsFails) {
      this.close(connection, End.Failed);
      // All that wait, for whichever connection: they shall decide, and not be stuck (onConnectFailed).
      for (let waiting = pool.waiting; waiting > 0; waiting--) {
        this.user.notConnected(this.requests.takeFirstWaiting(pool), pool, made);
      }
      return;
    }
    this.tally.connected(pool.endpoint, this.nowNs);
    connections.madeNs[connection] = this.nowNs;
    this.makeReady(connection);
  }

  /** The response is over, or the connection was cut instead of it. */
  release(connection: number): void {
    const { connections } = this;
    const pool = connections.poolOf[connection];
    connections.streams[connection]--;
    pool.inFlight--;
    pool.object.requests--;
    pool.object.active[pool.endpoint]--;
    if (this.isLeaving(connection)) {
      connections.isDraining[connection] = 1;
      connections.takeFromReady(connection);
    }
    if (connections.isDraining[connection] === 0) this.makeReady(connection);
    else if (connections.streams[connection] === 0) this.closeAndReplace(connection);
  }

  /**
   * The server replaces the filter chains that its connections came through: every answer on one of these asks for its end
   * (`Connection: close`, GOAWAY; envoy.md 11.4).
   */
  drainByServer(endpoint: number): void {
    this.drainedNs[endpoint] = this.nowNs;
  }

  /** Those that got no answer for the whole drain time are closed by the server. */
  closeLeaving(pool: Pool): void {
    const { connections } = this;
    for (const connection of connections.ready(pool)) {
      if (connections.streams[connection] === 0 && this.isLeaving(connection)) this.close(connection, End.ClosedIdle);
    }
  }

  /** Idle connections close at once, busy ones with their last request; who waits is still served (envoy.md 5.2). */
  drain(pool: Pool): void {
    const { connections } = this;
    this.expire(pool);
    pool.isDraining = true;
    while (pool.firstReady !== NONE) {
      const connection = pool.firstReady;
      connections.takeFromReady(connection);
      if (connections.streams[connection] === 0) this.close(connection, End.ClosedIdle);
    }
    if (pool.waiting > 0) return;
    for (const connection of connections.connecting(pool)) {
      pool.connecting--;
      this.connecting--;
      this.close(connection, End.ClosedIdle);
    }
  }

  /** A pool without requests has so many connections, as far as the limit lets it, used a moment ago. */
  stock(pool: Pool, count: number): void {
    const { connections } = this;
    const { object } = pool;
    const { maxConnections, maxRequestsPerConnection: most } = object.policy;
    const made = this.setting.connect(object.spec, pool.endpoint, this.conditions);
    while (pool.connections > 0) connections.remove(pool.firstReady);
    while (pool.connections < count && (pool.connections === 0 || object.connections < maxConnections)) {
      const connection = connections.add(pool, made);
      if (most !== Number.POSITIVE_INFINITY) connections.served[connection] = pool.connections % most;
      connections.idleSinceNs[connection] = this.nowNs;
      connections.madeNs[connection] = this.nowNs;
      connections.putFirst(connection);
    }
  }

  private connectForWaiting(pool: Pool): void {
    const { object } = pool;
    const { maxConcurrentStreams, maxConnections } = object.policy;
    while (pool.waiting > pool.connecting * maxConcurrentStreams) {
      // A pool without any connection may always have one (envoy.md 8.3).
      if (object.connections >= maxConnections && pool.connections > 0) return;
      this.open(pool);
    }
  }

  private open(pool: Pool): void {
    const { setting, handshakes, connections } = this;
    const { object, endpoint } = pool;
    let made = setting.connect(object.spec, endpoint, this.conditions);
    let delayMs = setting.tcpHandshakeMs.quantile(handshakes.next());
    if (made === Connect.Tls || made === Connect.TlsFails)
      delayMs += setting.tlsHandshakeMs.quantile(handshakes.next());
    if (delayMs > object.policy.connectTimeoutMs) {
      delayMs = object.policy.connectTimeoutMs;
      made = Connect.Refused;
    }
    const connection = connections.add(pool, made);
    connections.isConnecting[connection] = 1;
    pool.connecting++;
    this.connecting++;
    if (this.tally.isCounting) this.tally.opened++;
    this.queue.push(this.nowNs + msToNs(delayMs), 0, Happens.Connected, connection, connections.stamp[connection]);
  }

  /** Requests that wait take it; what is left of it waits for others. */
  private makeReady(connection: number): void {
    const { connections } = this;
    const pool = connections.poolOf[connection];
    if (connections.streams[connection] === 0) connections.idleSinceNs[connection] = this.nowNs;
    connections.putFirst(connection);
    while (pool.waiting > 0 && pool.firstReady !== NONE) {
      this.attach(pool.firstReady, this.requests.takeFirstWaiting(pool));
    }
    if (!pool.isDraining || connections.isDraining[connection] === 1) return;
    connections.takeFromReady(connection);
    if (connections.streams[connection] === 0) this.closeAndReplace(connection);
  }

  private attach(connection: number, request: number): void {
    const { connections, requests, tally } = this;
    const pool = connections.poolOf[connection];
    const { object } = pool;
    const { policy } = object;
    if (object.requests >= policy.http2MaxRequests) {
      this.user.overflowed(request, false);
      return;
    }
    const made = connections.made[connection];
    const streams = ++connections.streams[connection];
    const isLast = ++connections.served[connection] >= policy.maxRequestsPerConnection || made === Connect.Cut;
    if (isLast) connections.isDraining[connection] = 1;
    if (isLast || streams === policy.maxConcurrentStreams) connections.takeFromReady(connection);
    requests.connection[request] = connection;
    pool.inFlight++;
    object.requests++;
    object.active[pool.endpoint]++;
    if (tally.isCounting) {
      tally.requestsTo[pool.endpoint]++;
      tally.waits?.add(this.nowNs - requests.sentNs[request], tally.weight);
    }
    this.user.attached(request, pool, made);
  }

  poolOf(connection: number): Pool {
    return this.connections.poolOf[connection];
  }

  madeOf(connection: number): number {
    return this.connections.made[connection];
  }

  private isLeaving(connection: number): boolean {
    const { madeNs, poolOf } = this.connections;
    return madeNs[connection] <= this.drainedNs[poolOf[connection].endpoint];
  }

  private closeAndReplace(connection: number): void {
    const pool = this.connections.poolOf[connection];
    const isCut = this.connections.made[connection] === Connect.Cut;
    const isDrained = pool.isDraining || this.isLeaving(connection);
    this.close(connection, isCut ? End.Cut : isDrained ? End.Drained : End.Retired);
    this.connectForWaiting(pool);
  }

  private close(connection: number, end: number): void {
    this.connections.remove(connection);
    this.tally.ended(end);
  }

  private expire(pool: Pool): void {
    const { connections } = this;
    const timeoutNs = msToNs(pool.object.policy.idleTimeoutMs);
    while (pool.lastReady !== NONE) {
      const connection = pool.lastReady;
      if (connections.streams[connection] > 0) return;
      if (this.nowNs - connections.idleSinceNs[connection] <= timeoutNs) return;
      this.close(connection, End.Expired);
    }
  }
}
