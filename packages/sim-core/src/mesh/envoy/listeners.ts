/**
 * Envoy's listeners, for every proxy: what LDS changes is taken over at once, and the filter chains that it replaces drain
 * for the drain time: their connections go on until then, and what is left is cut (envoy.md 11.2–11.4).
 */
import { msToNs } from '../../kernel/time.js';
import { TraceKind } from '../../trace/events.js';
import { EventKind, PRIORITY, type RunContext } from '../context.js';
import { Fifos } from '../fifos.js';
import type { Workers } from './workers.js';

export class Listeners {
  /** proxy → listener table. */
  readonly tables: Int32Array;
  /** Drains that are under way, in the order in which they end: table, table replaced, inbound. */
  private readonly draining: Fifos;
  private readonly drainNs: number;

  constructor(
    private readonly ctx: RunContext,
    private readonly workers: Workers,
  ) {
    const { count, groupOf } = ctx.model.proxies;
    const start = ctx.model.firstSnapshot;
    this.tables = Int32Array.from(groupOf, (group) => start.listeners[group]);
    this.draining = new Fifos(count);
    this.drainNs = msToNs(ctx.model.scenario.mesh.drainTimeS * 1000);
  }

  /** @param isInboundReplaced the sidecar's inbound listener has other filter chains than before */
  apply(p: number, table: number, isInboundReplaced: boolean): void {
    const { ctx, draining } = this;
    const replaced = this.tables[p];
    if (table !== replaced) {
      this.tables[p] = table;
      ctx.sink.emit(TraceKind.ListenersLoaded, ctx.now, p, table, 0, 0);
      this.workers.postListeners(p, table);
    }
    const drains = ctx.model.snapshots.listenerTables.replaced(replaced, table).length > 0;
    if (!drains && !isInboundReplaced) return;
    const inbound = Number(isInboundReplaced);
    ctx.sink.emit(TraceKind.ListenerDraining, ctx.now, p, table, replaced, inbound);
    draining.push(p, table);
    draining.push(p, replaced);
    draining.push(p, inbound);
    ctx.queue.push(ctx.now + this.drainNs, PRIORITY, EventKind.DrainOver, p, 0);
  }

  onDrainOver(p: number): void {
    const { ctx, draining } = this;
    const table = draining.shift(p);
    const replaced = draining.shift(p);
    ctx.sink.emit(TraceKind.ListenerDrained, ctx.now, p, table, replaced, draining.shift(p));
  }
}
