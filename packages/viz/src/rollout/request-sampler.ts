/**
 * Requests to be seen: they arrive at each worker by chance, at the rates that the exposure counts with. One of the many
 * ways in which it could have happened; the numbers of the page come from the exact count.
 */
import { type Bucket, Draws, type Outcome, type RootKey } from '@xdsim/sim-core';
import type { SampledRequests } from './picture.js';

/** More dots are neither seen nor clicked. */
const MOST = 20_000;
/** Apart from the purposes of the mesh. */
const PURPOSE = 0x2000;
const NS_PER_S = 1e9;

export class RequestSampler {
  private readonly draws: Draws;
  private readonly ordinals = new Map<number, number>();
  private readonly outcomes: Bucket[] = [];
  private readonly ids = new Map<Bucket, number>();
  private readonly requests: { readonly atNs: number; readonly proxy: number; readonly outcome: number }[] = [];
  readonly each: number;

  constructor(
    { root, trial }: { readonly root: RootKey; readonly trial: number },
    requestsPerSecond: number,
    private readonly untilNs: number,
    private readonly workers: number,
  ) {
    this.draws = new Draws(root, trial);
    this.each = Math.max(1, Math.ceil((requestsPerSecond * untilNs) / NS_PER_S / MOST));
  }

  /** One worker does the same thing for a while. */
  add(proxy: number, worker: number, { rates }: Outcome, fromNs: number, toNs: number): void {
    const endNs = Math.min(toNs, this.untilNs);
    const total = rates.reduce((sum, { perSecond }) => sum + perSecond, 0);
    if (total === 0) return;
    const entity = proxy * this.workers + worker;
    const gapNs = (): number => (-Math.log(this.next(entity)) * NS_PER_S * this.each) / total;
    for (let at = fromNs + gapNs(); at < endNs; at += gapNs()) {
      let rest = this.next(entity) * total;
      const rate = rates.find(({ perSecond }) => {
        rest -= perSecond;
        return rest < 0;
      });
      this.requests.push({ atNs: Math.round(at), proxy, outcome: this.idOf((rate ?? rates[0]).bucket) });
    }
  }

  finish(): SampledRequests {
    const sorted = this.requests.sort((a, b) => a.atNs - b.atNs || a.proxy - b.proxy);
    return {
      each: this.each,
      outcomes: this.outcomes,
      atNs: Float64Array.from(sorted, ({ atNs }) => atNs),
      proxy: Uint32Array.from(sorted, ({ proxy }) => proxy),
      outcome: Uint8Array.from(sorted, ({ outcome }) => outcome),
    };
  }

  private next(entity: number): number {
    const ordinal = this.ordinals.get(entity) ?? 0;
    this.ordinals.set(entity, ordinal + 1);
    return this.draws.uniform(entity, PURPOSE, ordinal);
  }

  private idOf(bucket: Bucket): number {
    let id = this.ids.get(bucket);
    if (id === undefined) {
      const same = this.outcomes.findIndex((known) => JSON.stringify(known) === JSON.stringify(bucket));
      id = same >= 0 ? same : this.outcomes.push(bucket) - 1;
      this.ids.set(bucket, id);
    }
    return id;
  }
}
