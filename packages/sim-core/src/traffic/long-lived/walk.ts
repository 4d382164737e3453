/**
 * Long-lived connections one by one: the oracle of the expected numbers in long-lived.ts, and what a lab sees of its own.
 * Each is walked through the proxy as Envoy does; it knows no share and no expectation, so that an error there cannot
 * repeat itself here.
 */
import { nsToMs } from '../../kernel/time.js';
import type { FilterChain } from '../../mesh/listeners/listener-tables.js';
import { NO_CLUSTER } from '../../mesh/listeners/tcp-proxy.js';
import type { MeshModel } from '../../mesh/model.js';
import { TraceKind, type TraceSink } from '../../trace/events.js';
import type { Exposure } from '../exposure.js';
import type { Outcomes } from '../outcomes.js';
import type { View } from '../views.js';
import type { Flow } from './flows.js';

/** Somebody who wants a connection for a time, and connects anew when a proxy cuts it. */
export interface Client {
  readonly proxy: number;
  readonly worker: number;
  readonly flow: Flow;
  /** May lie before the first write. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Uniform numbers in [0, 1), for what is left to chance. */
  readonly pick: () => number;
}

export type ConnectionEnd =
  | 'refused'
  | 'ended'
  | 'drained'
  | 'closedIdle'
  | 'expired'
  | 'cut'
  | 'cutByServer'
  | 'openAtEnd';

export interface WalkedConnection {
  readonly client: Client;
  readonly openedMs: number;
  readonly endedMs: number;
  readonly end: ConnectionEnd;
}

interface Connection {
  readonly client: Client;
  readonly openedMs: number;
  readonly chain: number;
  /** −1: of a cluster that the rollout does not touch. */
  readonly endpoint: number;
  readonly limitMs: number;
  readonly limitEnd: 'closedIdle' | 'expired';
  /** Number of the load of listeners that replaced its chain; −1: none has. */
  drain: number;
}

export class ConnectionWalk implements TraceSink {
  readonly connections: WalkedConnection[] = [];
  private readonly model: MeshModel;
  private readonly waiting: Client[];
  private live: Connection[] = [];
  /** Nothing that is open ends by itself before. */
  private nextEndMs = Infinity;
  /** Views of the workers as they were before the event that is being handled. */
  private readonly views: Int32Array;
  private readonly listeners: Int32Array;
  /** proxy → loads so far, and those whose drains are under way. */
  private readonly loads = new Map<number, { count: number; readonly draining: number[]; over: number }>();
  private readonly taken: Int32Array;
  private readonly serverDrains = new Map<number, number[]>();

  constructor(
    private readonly outcomes: Outcomes,
    private readonly exposure: Exposure,
    clients: readonly Client[],
  ) {
    const { model } = outcomes;
    this.model = model;
    this.waiting = [...clients].sort((a, b) => b.fromMs - a.fromMs);
    const { workersPerProxy } = model.scenario.mesh;
    const { count, groupOf } = model.proxies;
    const worker = (i: number): [number, number] => [Math.floor(i / workersPerProxy), i % workersPerProxy];
    this.views = Int32Array.from({ length: count * workersPerProxy }, (_, i) => exposure.viewAt(...worker(i)));
    this.listeners = Int32Array.from(this.views, (_, i) => model.firstSnapshot.listeners[groupOf[worker(i)[0]]]);
    this.taken = new Int32Array(this.views.length);
  }

  emit(kind: TraceKind, timeNs: number, proxy: number, a: number, b: number, c: number): void {
    const atMs = nsToMs(timeNs);
    this.advance(atMs);
    this.look(kind, proxy);
    switch (kind) {
      case TraceKind.PodGone:
        this.cut(({ endpoint }) => endpoint === a, 'cutByServer', atMs);
        break;
      case TraceKind.ListenersLoaded:
        this.loadsOf(proxy).count++;
        break;
      case TraceKind.WorkerListeners:
        this.takeOver(proxy, a, b, atMs);
        break;
      case TraceKind.ListenerDraining:
        if (a !== b) this.loadsOf(proxy).draining.push(this.loadsOf(proxy).count - 1);
        if (c === 1) this.serverDrains.set(proxy, [...(this.serverDrains.get(proxy) ?? []), atMs]);
        break;
      case TraceKind.ListenerDrained:
        if (a !== b) this.endDrain(proxy, atMs);
        if (c === 1) this.cutByServer(proxy, (this.serverDrains.get(proxy) as number[]).shift() as number, atMs);
        break;
    }
  }

  finish(horizonNs: number): readonly WalkedConnection[] {
    const atMs = nsToMs(horizonNs);
    this.advance(atMs);
    for (const connection of this.live) this.close(connection, 'openAtEnd', atMs);
    this.live = [];
    return this.connections;
  }

  /** Up to a moment nothing changes but by the clients, and by the age of connections. */
  private advance(atMs: number): void {
    while (this.waiting.length > 0 && this.waiting[this.waiting.length - 1].fromMs <= atMs) {
      const client = this.waiting.pop() as Client;
      this.open(client, client.fromMs);
    }
    if (atMs < this.nextEndMs) return;
    this.nextEndMs = Infinity;
    this.live = this.live.filter((connection) => {
      const { client, openedMs, limitMs, limitEnd, drain } = connection;
      const limitedMs = openedMs + limitMs;
      const endMs = Math.min(client.toMs, limitedMs);
      if (endMs > atMs) {
        this.nextEndMs = Math.min(this.nextEndMs, endMs);
        return true;
      }
      const end = limitedMs < client.toMs ? limitEnd : drain < 0 ? 'ended' : 'drained';
      this.close(connection, end, endMs);
      return false;
    });
  }

  /** What its workers see from now on; a condition of an endpoint is seen by all. */
  private look(kind: TraceKind, proxy: number): void {
    const { workersPerProxy } = this.model.scenario.mesh;
    const isForAll = kind === TraceKind.EndpointCondition;
    if (proxy < 0 && !isForAll) return;
    const first = isForAll ? 0 : proxy * workersPerProxy;
    const end = isForAll ? this.views.length : first + workersPerProxy;
    for (let i = first; i < end; i++) {
      this.views[i] = this.exposure.viewAt(Math.floor(i / workersPerProxy), i % workersPerProxy);
    }
  }

  private open(client: Client, atMs: number): void {
    if (client.toMs < atMs) return;
    const view = this.outcomes.views.view(this.views[this.indexOf(client.proxy, client.worker)]);
    const taker = client.flow.takerIn(view.listeners);
    const endpoint = typeof taker === 'string' ? undefined : this.connect(client, taker, view);
    if (typeof taker === 'string' || endpoint === undefined) {
      const end = client.flow.type === 'tcp' ? 'refused' : undefined;
      // A stream that does not open is a request that fails.
      if (end !== undefined) this.connections.push({ client, openedMs: atMs, endedMs: atMs, end });
      return;
    }
    const { idleTimeoutMs = Infinity, maxDurationMs = Infinity } = taker.tcp ?? {};
    const isIdle = client.flow.load.quietMs >= idleTimeoutMs && idleTimeoutMs < maxDurationMs;
    this.nextEndMs = Math.min(this.nextEndMs, client.toMs, atMs + (isIdle ? idleTimeoutMs : maxDurationMs));
    this.live.push({
      client,
      openedMs: atMs,
      chain: taker.id,
      endpoint,
      limitMs: isIdle ? idleTimeoutMs : maxDurationMs,
      limitEnd: isIdle ? 'closedIdle' : 'expired',
      drain: -1,
    });
  }

  /** The endpoint that it gets; undefined: none. */
  private connect({ flow, pick }: Client, { tcp }: FilterChain, view: View): number | undefined {
    const decision = flow.type === 'tcp' ? undefined : this.outcomes.decisionsOf(view.routes)[flow.requests];
    const parts = tcp?.destinations ?? (decision?.kind === 'forward' ? decision.parts : []);
    const chosen = chosenPart(parts, pick());
    if (chosen === undefined || chosen.cluster === NO_CLUSTER) return undefined;
    if (chosen.cluster < 0) return -1;
    const spec = view.spec[chosen.cluster];
    const ready = this.model.endpoints.sets.members(view.endpoints[chosen.cluster]);
    if (spec === 0 || ready.length === 0) return undefined;
    const endpoint = ready[Math.floor(pick() * ready.length)];
    const takes = this.model.conditions.takes(view.conditions, endpoint);
    return (takes & this.model.connectionKind(spec, endpoint)) === 0 ? undefined : endpoint;
  }

  private takeOver(p: number, worker: number, table: number, atMs: number): void {
    const index = this.indexOf(p, worker);
    const replaced = this.model.snapshots.listenerTables.replaced(this.listeners[index], table);
    this.listeners[index] = table;
    const load = this.taken[index]++;
    for (const connection of this.live) {
      const isOwn = connection.client.proxy === p && connection.client.worker === worker;
      if (isOwn && connection.drain < 0 && replaced.includes(connection.chain)) connection.drain = load;
    }
    if (load < this.loadsOf(p).over) this.cut(({ client, drain }) => client.proxy === p && drain === load, 'cut', atMs);
  }

  private endDrain(p: number, atMs: number): void {
    const loads = this.loadsOf(p);
    const load = loads.draining.shift() as number;
    loads.over = load + 1;
    this.cut(({ client, drain }) => client.proxy === p && drain === load, 'cut', atMs);
  }

  private cutByServer(p: number, startMs: number, atMs: number): void {
    const endpoints = this.model.inbound.endpointsOf.get(p) ?? [];
    this.cut(({ endpoint, openedMs }) => endpoints.includes(endpoint) && openedMs <= startMs, 'cutByServer', atMs);
  }

  private cut(isMeant: (connection: Connection) => boolean, end: 'cut' | 'cutByServer', atMs: number): void {
    const meant = this.live.filter(isMeant);
    this.live = this.live.filter((connection) => !isMeant(connection));
    for (const connection of meant) {
      this.close(connection, end, atMs);
      this.open(connection.client, atMs);
    }
  }

  private close({ client, openedMs }: Connection, end: ConnectionEnd, endedMs: number): void {
    this.connections.push({ client, openedMs, endedMs, end });
  }

  private loadsOf(p: number) {
    let loads = this.loads.get(p);
    if (loads === undefined) {
      loads = { count: 0, draining: [], over: 0 };
      this.loads.set(p, loads);
    }
    return loads;
  }

  private indexOf(p: number, worker: number): number {
    return p * this.model.scenario.mesh.workersPerProxy + worker;
  }
}

function chosenPart<P extends { readonly share: number }>(parts: readonly P[], u: number): P | undefined {
  let rest = u;
  for (const part of parts) {
    rest -= part.share;
    if (rest < 0) return part;
  }
  return parts[parts.length - 1];
}
