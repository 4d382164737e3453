/**
 * The stream between each proxy and its istiod: one order each way, delays, links that are slow or cut, and what the
 * sender can have under way before it blocks (istiod.md 3.5).
 */
import { msToNs } from '../kernel/time.js';
import { XdsType } from '../trace/events.js';
import { drawNs, EventKind, PRIORITY, Purpose, type RunContext } from './context.js';
import type { PushContents } from './istiod/push-content.js';

/** HTTP/2 window of a stream at the agent (istiod.md 3.5). */
const WINDOW_BYTES = 1 << 20;

/** Bytes per resource, and per service of a sidecar's routes: test/lab/scale. */
const BYTES = { cluster: 385, endpoints: 321, listener: 3232, routedService: 374 } as const;

/** An epoch is a stream's number modulo this; the rest of an event's argument is its payload. */
const EPOCHS = 256;

export class Links {
  private readonly ordinal: Int32Array;
  private readonly epoch: Uint8Array;
  /** Last delivery per direction. */
  private readonly lastDown: Float64Array;
  private readonly lastUp: Float64Array;
  private readonly downPush: Int32Array;
  private readonly downDelay: Float64Array;
  /** Of the few links that are slow, and until when those are cut that are in a partition. */
  private readonly holdNs = new Map<number, number>();
  private readonly cutUntilNs = new Map<number, number>();
  /** What a slow or cut link has not delivered yet; other links are never full. */
  private readonly underWay = new Map<number, { atNs: number; bytes: number }[]>();

  constructor(
    private readonly ctx: RunContext,
    private readonly contents: PushContents,
  ) {
    const { proxies, scenario } = ctx.model;
    const { count } = proxies;
    this.ordinal = new Int32Array(count);
    this.epoch = new Uint8Array(count);
    this.lastDown = new Float64Array(count);
    this.lastUp = new Float64Array(count);
    this.downPush = new Int32Array(count).fill(-2);
    this.downDelay = new Float64Array(count);
    for (const [id, holdMs] of Object.entries(scenario.faults.slowProxies)) {
      for (const p of proxies.indexesOf([id])) this.holdNs.set(p, msToNs(holdMs));
    }
  }

  /** Marks an event of the proxy's stream, so that it counts only while that stream lives. */
  tag(p: number, payload: number): number {
    return payload * EPOCHS + this.epoch[p];
  }

  isCurrent(p: number, tagged: number): boolean {
    return (tagged & (EPOCHS - 1)) === this.epoch[p];
  }

  static payload(tagged: number): number {
    return tagged >> 8;
  }

  /** The stream has ended: what is under way on it is lost. */
  end(p: number): void {
    this.epoch[p]++;
    this.lastDown[p] = 0;
    this.lastUp[p] = 0;
    this.underWay.delete(p);
  }

  cut(p: number, untilNs: number): void {
    this.cutUntilNs.set(p, Math.max(this.cutUntil(p), untilNs));
  }

  /** When a cut link works again; 0 or past: it does. */
  cutUntil(p: number): number {
    return this.cutUntilNs.size === 0 ? 0 : (this.cutUntilNs.get(p) ?? 0);
  }

  /**
   * A response leaves istiod. The delay is drawn once per push: the messages of one push share the stream's luck.
   * @returns when the sender can go on
   */
  deliver(p: number, id: number): number {
    const { ctx } = this;
    const content = this.contents.content(id);
    const { push } = content;
    if (push !== this.downPush[p] || push < 0) {
      this.downPush[p] = push;
      this.downDelay[p] = drawNs(ctx, ctx.delays.xdsOneWayMs, p, Purpose.Downstream, this.ordinal[p]++);
    }
    const start = Math.max(ctx.now, this.cutUntil(p));
    const holdNs = this.holdNs.size === 0 ? 0 : (this.holdNs.get(p) ?? 0);
    const at = Math.max(this.lastDown[p], start + this.downDelay[p]) + holdNs;
    this.lastDown[p] = at;
    ctx.queue.push(at, PRIORITY, EventKind.ResponseArrived, p, this.tag(p, id));
    return holdNs > 0 || start > ctx.now ? this.sentAt(p, at, this.bytesOf(id)) : ctx.now;
  }

  sendUp(p: number, request: number): void {
    const { ctx } = this;
    const delay = drawNs(ctx, ctx.delays.xdsOneWayMs, p, Purpose.Upstream, this.ordinal[p]++);
    this.lastUp[p] = Math.max(this.lastUp[p], Math.max(ctx.now, this.cutUntil(p)) + delay);
    ctx.queue.push(this.lastUp[p], PRIORITY, EventKind.RequestArrived, p, this.tag(p, request));
  }

  /** A send returns when the message fits into the window beside what has not been delivered. */
  private sentAt(p: number, atNs: number, bytes: number): number {
    const { now } = this.ctx;
    const waiting = (this.underWay.get(p) ?? []).filter((message) => message.atNs > now);
    let total = waiting.reduce((sum, message) => sum + message.bytes, bytes);
    let sent = now;
    for (const message of waiting) {
      if (total <= WINDOW_BYTES) break;
      total -= message.bytes;
      sent = message.atNs;
    }
    waiting.push({ atNs, bytes });
    this.underWay.set(p, waiting);
    return sent;
  }

  /** Size of a response on the wire. */
  bytesOf(id: number): number {
    const { type, resources, routes } = this.contents.content(id);
    switch (type) {
      case XdsType.CDS:
        return BYTES.cluster * resources;
      case XdsType.EDS:
        return BYTES.endpoints * resources;
      case XdsType.LDS:
        return BYTES.listener * resources;
      case XdsType.RDS:
        return BYTES.routedService * Math.max(resources, this.ctx.model.snapshots.routeTables[routes].services);
    }
  }
}
