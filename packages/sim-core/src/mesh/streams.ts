/**
 * Which istiod each proxy is connected to, and how it comes to another: connections end of age, with their istiod, by a reset,
 * or when a cut link is noticed; the proxy keeps its configuration, backs off and connects anew (istiod.md 1.11, 11.5–11.6).
 */
import { newSampler } from '../kernel/distribution.js';
import { msToNs } from '../kernel/time.js';
import { TraceKind } from '../trace/events.js';
import { drawNs, EventKind, PRIORITY, Purpose, type RunContext } from './context.js';
import type { Links } from './links.js';

/** What a stream needs of an istiod. */
export interface StreamServer {
  /** Up, and synced. */
  readonly accepts: boolean;
  connect(p: number): void;
  disconnect(p: number): void;
  fail(): void;
  recover(): void;
}

/** Proxies without a stream. */
const NOBODY = 0xffff;

/** istiod waits so long for streams to end by themselves; its keepalive notices a dead link after 30 + 10 s. */
const AGE_GRACE_MS = 10_000;
const KEEPALIVE_MS = 40_000;
const AGE_JITTER = 0.1;
/** Ends of age are scheduled for so long ahead. */
const AGES_AHEAD_NS = 1e10;

/** Why a stream ends: what nobody would notice any more need not happen. */
export const Ending = { OfAge: 0, Dead: 1 } as const;

/** Envoy's backoff for a lost gRPC stream: uniform below a bound that doubles (config/grpc_stream.h). */
const BACKOFF_MS = 500;
const BACKOFF_MAX_MS = 30_000;

/** New streams per second: min(15 + 5 · cores, 100), a second's wait at most, then refused (istiod.md 1.11). */
const STREAM_WAIT_NS = 1e9;
const NS_PER_MINUTE = 6e10;

export class Streams {
  readonly replicaOf: Uint16Array;
  private readonly attempts: Uint16Array;
  private readonly ordinal: Uint16Array;
  private readonly betweenStreamsNs: number;
  /** Per istiod: when it takes the next stream. */
  private readonly nextStreamNs: number[];

  constructor(
    private readonly ctx: RunContext,
    private readonly links: Links,
    private readonly servers: readonly StreamServer[],
    private readonly horizonNs: number,
    private readonly lost: (p: number) => void,
  ) {
    const { mesh } = ctx.model.scenario;
    const { count } = ctx.model.proxies;
    this.replicaOf = new Uint16Array(count);
    if (mesh.istiodReplicas > 1) {
      for (let p = 0; p < count; p++) {
        this.replicaOf[p] = Math.floor(ctx.draws.uniform(p, Purpose.Replica, 0) * mesh.istiodReplicas);
      }
    }
    this.attempts = new Uint16Array(count);
    this.ordinal = new Uint16Array(count);
    this.betweenStreamsNs = 1e9 / Math.min(15 + 5 * mesh.istiodCores, 100);
    this.nextStreamNs = servers.map(() => 0);
  }

  start(): void {
    const { ctx } = this;
    const { faults, mesh } = ctx.model.scenario;
    if (mesh.istiodReplicas > 1) {
      this.replicaOf.forEach((replica, p) => {
        ctx.sink.emit(TraceKind.StreamOpened, ctx.now, p, replica, 0, 0);
      });
    }
    if (mesh.maxConnectionAgeMin !== 'never') this.onAgesDue();
    faults.partitions.forEach(({ fromMs }, index) => {
      ctx.queue.push(msToNs(fromMs), PRIORITY, EventKind.LinkCut, index, 0);
    });
    faults.streamResets.forEach(({ atMs }, index) => {
      ctx.queue.push(msToNs(atMs), PRIORITY, EventKind.StreamReset, index, 0);
    });
    faults.istiodRestarts.forEach(({ atMs }, index) => {
      const at = drawNs(ctx, newSampler(atMs), index, Purpose.RestartAt, 0);
      ctx.queue.push(at, PRIORITY, EventKind.IstiodFails, index, 0);
    });
  }

  onLinkCut(index: number): void {
    const { ctx } = this;
    const { proxies, fromMs, toMs } = ctx.model.scenario.faults.partitions[index];
    for (const p of ctx.model.proxies.indexesOf(proxies)) {
      this.links.cut(p, msToNs(toMs));
      if (toMs - fromMs <= KEEPALIVE_MS || this.replicaOf[p] === NOBODY) continue;
      ctx.queue.push(ctx.now + msToNs(KEEPALIVE_MS), PRIORITY, EventKind.StreamEnds, p, this.links.tag(p, Ending.Dead));
    }
  }

  /**
   * A connection breaks, and both ends see it at once. TCP loses no single message of a stream that goes on: what is under
   * way is lost together, and the new stream brings everything again (istiod.md 11.5).
   */
  onReset(index: number): void {
    const { proxies } = this.ctx.model.scenario.faults.streamResets[index];
    for (const p of this.ctx.model.proxies.indexesOf(proxies)) {
      if (this.replicaOf[p] !== NOBODY) this.onEnds(p);
    }
  }

  /** Of age, reset, or found dead. */
  onEnds(p: number): void {
    const replica = this.replicaOf[p];
    this.close(p);
    this.servers[replica].disconnect(p);
  }

  onIstiodFails(index: number): void {
    const { ctx } = this;
    const { replica: number, downMs } = ctx.model.scenario.faults.istiodRestarts[index];
    const replica = number - 1;
    if (this.servers[replica] === undefined || !this.servers[replica].accepts) return;
    this.servers[replica].fail();
    ctx.sink.emit(TraceKind.IstiodDown, ctx.now, -1, replica, 0, 0);
    this.replicaOf.forEach((its, p) => {
      if (its === replica) this.close(p);
    });
    const down = drawNs(ctx, newSampler(downMs), index, Purpose.RestartDown, 0);
    ctx.queue.push(ctx.now + down, PRIORITY, EventKind.IstiodReturns, replica, 0);
  }

  onIstiodReturns(replica: number): void {
    this.servers[replica].recover();
  }

  /** An attempt reaches the Service: kube-proxy picks one of the ready istiods, which may have too many already. */
  onReconnect(p: number): void {
    const { ctx } = this;
    const ready = [...this.servers.keys()].filter((replica) => this.servers[replica].accepts);
    const pick = ctx.draws.uniform(p, Purpose.Replica, this.ordinal[p]);
    const replica = ready[Math.floor(pick * ready.length)];
    const isCut = this.links.cutUntil(p) > ctx.now;
    const start = replica === undefined ? Infinity : Math.max(ctx.now, this.nextStreamNs[replica]);
    if (isCut || start - ctx.now > STREAM_WAIT_NS) {
      this.retry(p);
      return;
    }
    this.nextStreamNs[replica] = start + this.betweenStreamsNs;
    const delay = drawNs(ctx, ctx.delays.xdsOneWayMs, p, Purpose.Upstream, -1 - this.ordinal[p]);
    ctx.queue.push(Math.round(start) + delay, PRIORITY, EventKind.StreamAccepted, p, replica);
  }

  onAccepted(p: number, replica: number): void {
    const { ctx } = this;
    if (!this.servers[replica].accepts) {
      this.retry(p);
      return;
    }
    this.attempts[p] = 0;
    this.replicaOf[p] = replica;
    ctx.sink.emit(TraceKind.StreamOpened, ctx.now, p, replica, 0, 0);
    this.servers[replica].connect(p);
    const age = this.ageNs(p);
    if (age < Infinity) this.scheduleEnd(p, ctx.now + Math.round(age));
  }

  /**
   * Those of the first streams that come of age in the next while, so that the queue holds few of them: with a hundred
   * thousand in it, every other event would take longer.
   */
  onAgesDue(): void {
    const { ctx } = this;
    const toNs = ctx.now + AGES_AHEAD_NS;
    for (let p = 0; p < this.ordinal.length; p++) {
      if (this.ordinal[p] > 0) continue;
      // Before the first write its stream has lived for any share of its age.
      const at = Math.round(this.ageNs(p) * ctx.draws.uniform(p, Purpose.ConnectionAge, 0));
      if (at >= ctx.now && at < toNs) this.scheduleEnd(p, at);
    }
    if (toNs <= this.horizonNs) ctx.queue.push(toNs, PRIORITY, EventKind.AgesDue, 0, 0);
  }

  private close(p: number): void {
    const { ctx } = this;
    ctx.sink.emit(TraceKind.StreamClosed, ctx.now, p, this.replicaOf[p], 0, 0);
    this.replicaOf[p] = NOBODY;
    this.links.end(p);
    this.lost(p);
    this.retry(p);
  }

  private retry(p: number): void {
    const { ctx } = this;
    const bound = Math.min(BACKOFF_MAX_MS, BACKOFF_MS * (1 << Math.min(this.attempts[p]++, 6)));
    const wait = msToNs(bound * ctx.draws.uniform(p, Purpose.Backoff, this.ordinal[p]++));
    ctx.queue.push(ctx.now + wait, PRIORITY, EventKind.Reconnect, p, 0);
  }

  private ageNs(p: number): number {
    const { draws, model } = this.ctx;
    const { maxConnectionAgeMin } = model.scenario.mesh;
    if (maxConnectionAgeMin === 'never') return Infinity;
    const jitter = 1 + AGE_JITTER * (2 * draws.uniform(p, Purpose.ConnectionAge, 1 + this.ordinal[p]) - 1);
    return maxConnectionAgeMin * NS_PER_MINUTE * jitter + msToNs(AGE_GRACE_MS);
  }

  private scheduleEnd(p: number, atNs: number): void {
    this.ctx.queue.push(atNs, PRIORITY, EventKind.StreamEnds, p, this.links.tag(p, Ending.OfAge));
  }
}
