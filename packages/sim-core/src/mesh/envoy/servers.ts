/**
 * Envoy as a server: what the inbound listeners of a sidecar take, by the PeerAuthentications of its last LDS
 * (envoy.md 7.3). Connections that are open have been taken; it is new ones that meet the change.
 */
import { newSampler } from '../../kernel/distribution.js';
import { TraceKind } from '../../trace/events.js';
import { drawNs, EventKind, PRIORITY, Purpose, type RunContext } from '../context.js';

export class Servers {
  /** endpoint → what it takes once all that is under way has happened. */
  private readonly takes: Uint8Array;
  /** proxy → when its last change reaches its workers. */
  private readonly lastNs = new Map<number, number>();
  private readonly ordinal: Int32Array;

  constructor(private readonly ctx: RunContext) {
    const { model } = ctx;
    this.takes = Uint8Array.from(model.endpoints.endpoints, (_, endpoint) =>
      model.conditions.takes(model.initialConditions, endpoint),
    );
    this.ordinal = new Int32Array(model.endpoints.endpoints.length);
  }

  /** Changes that no proxy decides: a server that is no sidecar. */
  start(): void {
    const { ctx } = this;
    ctx.model.serverChanges.forEach(({ endpoint, takes, atMs }, change) => {
      const at = drawNs(ctx, newSampler(atMs), change, Purpose.ServerChange, 0);
      ctx.queue.push(at, PRIORITY, EventKind.ServerChanged, endpoint, takes);
    });
  }

  /** @returns whether its inbound listeners have other filter chains than before */
  onListeners(p: number, policies: number): boolean {
    const { ctx, takes } = this;
    const { model } = ctx;
    const endpoints = model.inbound.endpointsOf.get(p);
    if (endpoints === undefined) return false;
    let isReplaced = false;
    for (const endpoint of endpoints) {
      const now = model.takes(endpoint, policies);
      if (takes[endpoint] === now) continue;
      takes[endpoint] = now;
      isReplaced = true;
      const delay = drawNs(ctx, ctx.delays.workerPostMs, endpoint, Purpose.ServerPost, this.ordinal[endpoint]++);
      const at = Math.max(ctx.now + delay, this.lastNs.get(p) ?? 0);
      this.lastNs.set(p, at);
      ctx.queue.push(at, PRIORITY, EventKind.ServerChanged, endpoint, now);
    }
    return isReplaced;
  }

  onChanged(endpoint: number, takes: number): void {
    const { ctx } = this;
    ctx.sink.emit(TraceKind.EndpointCondition, ctx.now, -1, endpoint, takes, 0);
  }
}
