/**
 * Requests to be seen: they arrive at each worker by chance, at the rates that the exposure counts with. One of the many
 * ways in which it could have happened; the numbers of the page come from the exact count.
 */
import { type Bucket, Draws, type Outcome, type RootKey } from '@xdsim/sim-core';
import type { SampledRequests, SampledSpan } from './picture.js';
import { isOf } from './sampled-failures.js';

/** More dots are neither seen nor clicked. */
const MOST = 20_000;
/** Apart from the purposes of the mesh. */
const PURPOSE = 0x2000;
const PURPOSE_FAILS = 0x2001;
const NS_PER_S = 1e9;

interface Request {
  readonly atNs: number;
  readonly proxy: number;
  outcome: number;
}

export class RequestSampler {
  private readonly draws: Draws;
  private readonly ordinals = new Map<number, number>();
  private readonly outcomes: Bucket[] = [];
  private readonly ids = new Map<Bucket, number>();
  private readonly requests: Request[] = [];
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

  /** @param spans in which some of those that are served here fail; in the order of time */
  finish(spans: readonly SampledSpan[]): SampledRequests {
    const sorted = this.requests.sort((a, b) => a.atNs - b.atNs || a.proxy - b.proxy);
    this.fail(sorted, spans);
    return {
      each: this.each,
      outcomes: this.outcomes,
      atNs: Float64Array.from(sorted, ({ atNs }) => atNs),
      proxy: Uint32Array.from(sorted, ({ proxy }) => proxy),
      outcome: Uint8Array.from(sorted, ({ outcome }) => outcome),
    };
  }

  private fail(requests: readonly Request[], spans: readonly SampledSpan[]): void {
    let next = 0;
    let active: readonly SampledSpan[] = [];
    requests.forEach((request, i) => {
      const { atNs, proxy } = request;
      const begun = next;
      while (next < spans.length && spans[next].fromNs <= atNs) next++;
      active = [...active, ...spans.slice(begun, next)].filter(({ toNs }) => atNs < toNs);
      const { code, host } = this.outcomes[request.outcome];
      if (active.length === 0 || code >= 400) return;
      let rest = this.draws.uniform(proxy, PURPOSE_FAILS, i);
      const span = active.find((one) => {
        if (!isOf(one, proxy) || one.bucket.host !== host) return false;
        rest -= one.ofHost;
        return rest < 0;
      });
      if (span !== undefined) request.outcome = this.idOf(span.bucket);
    });
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
