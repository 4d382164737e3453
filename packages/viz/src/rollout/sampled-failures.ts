/**
 * Failures that the engine knows for all proxies of a kind together, to a quarter of a second: what pools and outlier
 * detection do, from a sample of proxies, and what overloaded endpoints do. They are shown at every proxy of the groups
 * that send such requests, as the share of them that fails.
 */
import type { Bucket, Rollout } from '@xdsim/sim-core';
import { merged, type RateStep, type RequestCut, type RolloutPicture, type SampledSpan, type Span } from './picture.js';

const NS_PER_SECOND = 1e9;

interface Sender {
  readonly firstProxy: number;
  readonly count: number;
  /** Of all of its proxies together. */
  readonly perSecond: number;
  readonly toHost: number;
}

export interface SampledPicture {
  /** While there are clearly more of them than usual. */
  readonly spans: readonly SampledSpan[];
  readonly windows: readonly Span[];
  /** Expected 5xx per second while they last; these overlap. */
  readonly rates: readonly (Span & Pick<RateStep, 'perSecond'>)[];
}

/** @param firstNs before it nothing has changed anywhere: the first quarter of a second starts then */
export function sampledPicture({ strategy, others }: Rollout, firstNs: number): SampledPicture {
  const { outcomes } = strategy.prepared;
  const windows = merged(others.failingSpans.map((span) => from(firstNs, span)));
  const spans: SampledSpan[] = [];
  const rates: (Span & { perSecond: number })[] = [];
  for (const { bucket, bins } of others.timed) {
    const senders = sendersOf(outcomes, bucket);
    const all = senders.reduce((sum, { perSecond }) => sum + perSecond, 0);
    const toHost = senders.reduce((sum, sender) => sum + sender.toHost, 0);
    for (const bin of bins.spans) {
      const span = from(firstNs, bin);
      const perSecond = (bins.at(bin.fromNs) * NS_PER_SECOND) / (span.toNs - span.fromNs);
      if (bucket.code >= 500) rates.push({ ...span, perSecond });
      if (!windows.some(({ fromNs, toNs }) => fromNs < span.toNs && span.fromNs < toNs)) continue;
      for (const { firstProxy, count } of senders) {
        spans.push({
          ...span,
          firstProxy,
          count,
          bucket,
          share: Math.min(1, perSecond / all),
          ofHost: Math.min(1, perSecond / toHost),
        });
      }
    }
  }
  return { spans: spans.sort((a, b) => a.fromNs - b.fromNs), windows, rates };
}

/** Of a bin at least a tenth is left, so that its rate does not become a spike. */
function from(firstNs: number, { fromNs, toNs }: Span): Span {
  const latestNs = toNs - (toNs - fromNs) / 10;
  return { fromNs: Math.min(latestNs, Math.max(firstNs, fromNs)), toNs };
}

/** Groups of proxies whose requests can end so. */
function sendersOf(outcomes: Rollout['strategy']['prepared']['outcomes'], { kind, host }: Bucket): Sender[] {
  const { model, views } = outcomes;
  const { workersPerProxy } = model.scenario.mesh;
  return model.proxies.groups.flatMap(({ firstProxy, count, kind: own }, group) => {
    const { rates } = outcomes.outcome(outcomes.idOf(group, views.initial(model, group)));
    const sum = (counts: (bucket: Bucket) => boolean): number =>
      rates.reduce((total, rate) => total + (counts(rate.bucket) ? rate.perSecond : 0), 0) * workersPerProxy * count;
    const toHost = sum((bucket) => bucket.host === host);
    return own === kind && toHost > 0 ? [{ firstProxy, count, perSecond: sum(() => true), toHost }] : [];
  });
}

/** Together for the workers and classes of a proxy. */
export function requestCuts({ others }: Rollout): RequestCut[] {
  const cuts = new Map<string, { proxy: number; atNs: number; count: number }>();
  for (const { proxy, atNs, expected } of others.cut) {
    const cut = cuts.get(`${proxy} ${atNs}`) ?? { proxy, atNs, count: 0 };
    cut.count += expected;
    cuts.set(`${proxy} ${atNs}`, cut);
  }
  return [...cuts.values()].sort((a, b) => a.atNs - b.atNs);
}

const last = new WeakMap<RolloutPicture, { readonly ns: number; readonly spans: readonly SampledSpan[] }>();

/** Those of one moment, which is mostly asked for many proxies. */
export function sampledAt(picture: RolloutPicture, ns: number): readonly SampledSpan[] {
  const known = last.get(picture);
  if (known?.ns === ns) return known.spans;
  const spans = picture.sampled.filter(({ fromNs, toNs }) => fromNs <= ns && ns < toNs);
  last.set(picture, { ns, spans });
  return spans;
}

export function isOf({ firstProxy, count }: SampledSpan, proxy: number): boolean {
  return firstProxy <= proxy && proxy < firstProxy + count;
}

/** What most of a proxy's sampled failures are at a moment, and the share of its requests that all of them are. */
export function sampledFailure(
  picture: RolloutPicture,
  proxy: number,
  ns: number,
): { readonly share: number; readonly bucket: Bucket | undefined } {
  const own = sampledAt(picture, ns).filter((span) => isOf(span, proxy));
  const share = own.reduce((sum, span) => sum + span.share, 0);
  return { share: Math.min(1, share), bucket: own.toSorted((a, b) => b.share - a.share)[0]?.bucket };
}
