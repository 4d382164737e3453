/** What becomes of long-lived connections, as spans and moments. */
import type { FateListener } from '@xdsim/sim-core';
import type { ConnectionCut, ConnectionDrain, LongLivedPicture } from './picture.js';

const NS_PER_MS = 1e6;

interface OpenDrain {
  readonly proxy: number;
  readonly fromNs: number;
  atStart: number;
}

export class ConnectionFates implements FateListener {
  private readonly open: Float64Array;
  private readonly draining = new Map<object, OpenDrain>();
  private readonly ended: ConnectionDrain[] = [];
  private readonly cuts: ConnectionCut[] = [];

  constructor(proxies: number) {
    this.open = new Float64Array(proxies);
  }

  openAtStart(proxy: number, count: number): void {
    this.open[proxy] += count;
  }

  /** The workers of a proxy follow one after another: theirs is one drain. */
  drains(proxy: number, drain: object, atMs: number, count: number): void {
    const known = this.draining.get(drain);
    if (known !== undefined) known.atStart += count;
    else this.draining.set(drain, { proxy, fromNs: Math.round(atMs * NS_PER_MS), atStart: count });
  }

  cutDrained(proxy: number, drain: object, atMs: number, count: number): void {
    const toNs = Math.round(atMs * NS_PER_MS);
    const known = this.draining.get(drain);
    if (known !== undefined) this.ended.push({ ...known, toNs, cut: count });
    this.draining.delete(drain);
    this.cut(proxy, toNs, count, 'drain');
  }

  cutByServer(proxy: number, atMs: number, count: number): void {
    this.cut(proxy, Math.round(atMs * NS_PER_MS), count, 'server');
  }

  finish(horizonNs: number): LongLivedPicture {
    const lasting = [...this.draining.values()].map((drain) => ({ ...drain, toNs: horizonNs, cut: undefined }));
    return { open: this.open, drains: [...this.ended, ...lasting], cuts: this.cuts };
  }

  private cut(proxy: number, atNs: number, count: number, by: ConnectionCut['by']): void {
    if (count > 0) this.cuts.push({ proxy, atNs, count, by });
  }
}
