/**
 * One rollout as the page draws it: plain data, made from the trace by the worker and given to the page whole, so that
 * playing and scrubbing ask nobody. All times are ns since the first write was sent.
 */
import type { Bucket, RolloutWindow, TrialResult } from '@xdsim/sim-core';

/** In the order in which istiod sends them; rows and legends have it too. */
export const XDS_TYPES = ['CDS', 'EDS', 'LDS', 'RDS'] as const;
export type XdsTypeName = (typeof XDS_TYPES)[number];

export interface Span {
  readonly fromNs: number;
  readonly toNs: number;
}

interface ProxyLine {
  readonly id: string;
  readonly kind: 'sidecar' | 'gateway';
  /** Last change of what its workers do; undefined where there was none. */
  readonly convergedNs: number | undefined;
}

export interface WriteMark {
  readonly action: 'apply' | 'delete';
  /** `Kind/namespace/name` */
  readonly object: string;
  readonly revision: string;
  readonly sentNs: number;
  readonly committedNs: number;
}

/** A watch event of the rollout reaches an istiod and enters its debounce. */
export interface Delivery {
  readonly istiod: number;
  readonly atNs: number;
  /** The write that it tells of; undefined: an endpoint, or churn. */
  readonly write: number | undefined;
}

/** From the first event that istiod waits with to the last response of the push. */
export interface PushMark {
  readonly istiod: number;
  readonly push: number;
  readonly mergedEvents: number;
  readonly debounceNs: number;
  readonly startedNs: number;
  readonly queuedNs: number;
  readonly doneNs: number;
  /** Object → revision, of the push context. */
  readonly revisions: Readonly<Record<string, string>>;
}

/** One response, from istiod to Envoy's main thread. Moments after the horizon are missing. */
export interface Message {
  readonly istiod: number;
  readonly proxy: number;
  readonly type: XdsTypeName;
  readonly resources: number;
  readonly removed: number;
  /** undefined: the answer to a subscription. */
  readonly push: number | undefined;
  readonly sentNs: number;
  readonly receivedNs: number | undefined;
  /** Its stream ended before it arrived. */
  readonly lostNs: number | undefined;
  readonly startedNs: number | undefined;
  readonly appliedNs: number | undefined;
}

/** A subscription on its way: from Envoy's request to istiod's answer. */
export interface Subscription {
  readonly istiod: number;
  readonly proxy: number;
  readonly sentNs: number;
  readonly answeredNs: number | undefined;
}

/** At least one worker of the proxy fails requests with this flag. */
export interface FailingSpan extends Span {
  readonly proxy: number;
  readonly flag: string;
  readonly cause: Bucket['cause'];
}

/** Requests of a proxy that were in flight to a pod when it stopped, and fail at that moment; an expected number. */
export interface RequestCut {
  readonly proxy: number;
  readonly atNs: number;
  readonly count: number;
}

/** Some requests of these proxies fail; which of them is not known. */
export interface SampledSpan extends Span {
  readonly firstProxy: number;
  readonly count: number;
  readonly bucket: Bucket;
  /** Of all of their requests, and of those to the bucket's host. */
  readonly share: number;
  readonly ofHost: number;
}

export interface RateStep {
  readonly atNs: number;
  readonly perSecond: number;
}

/** Which revision something acts on: of before, of after, of a step between, or its workers differ. */
export type Phase = 'same' | 'old' | 'between' | 'new' | 'mixed';

/** What all workers of a proxy do together. */
export interface ProxyState {
  readonly routes: Phase;
  readonly clusters: Phase;
  /** Clusters that wait for endpoints. */
  readonly warming: readonly string[];
  /** Share of its requests that fail, and what most of them meet. */
  readonly failing: number;
  readonly bucket: Bucket | undefined;
}

/** Proxy p was in `states[state[i]]` from `atNs[i]` on, for i from `first[p]` up to, and without, `first[p + 1]`. */
export interface ProxyStates {
  readonly states: readonly ProxyState[];
  readonly first: Uint32Array;
  readonly atNs: Float64Array;
  readonly state: Uint16Array;
}

/** Ready endpoints of a subset in the API server, constant between steps. */
export interface SubsetLine {
  readonly host: string;
  readonly subset: string;
  readonly steps: readonly { readonly atNs: number; readonly ready: number }[];
}

/** Push queue of one istiod, constant between steps. */
export interface QueueLine {
  readonly atNs: Float64Array;
  readonly waiting: Int32Array;
  readonly inService: Int32Array;
}

/** Requests that arrive by chance at the rates of the model: to be looked at, not counted. */
export interface SampledRequests {
  /** Each stands for so many. */
  readonly each: number;
  readonly outcomes: readonly Bucket[];
  /** Sorted. */
  readonly atNs: Float64Array;
  readonly proxy: Uint32Array;
  readonly outcome: Uint8Array;
}

/** Long-lived connections of a proxy whose listener has been replaced; expected numbers. */
export interface ConnectionDrain extends Span {
  readonly proxy: number;
  readonly atStart: number;
  /** Of these, the ones that are cut at its end; undefined: it lasts to the horizon. */
  readonly cut: number | undefined;
}

/** Long-lived connections of a proxy that are cut at one moment. */
export interface ConnectionCut {
  readonly proxy: number;
  readonly atNs: number;
  readonly count: number;
  readonly by: 'drain' | 'server';
}

/** TCP connections and streams. They come and go at the same rate, so that what changes is how many of them drain. */
export interface LongLivedPicture {
  /** By proxy, before the rollout; expected numbers. */
  readonly open: Float64Array;
  readonly drains: readonly ConnectionDrain[];
  /** In the order of time. */
  readonly cuts: readonly ConnectionCut[];
}

export interface RolloutPicture {
  readonly strategy: string;
  readonly trial: number;
  readonly scenario: string;
  readonly seed: string;
  readonly source: string;
  /** The last event, or the end of the last window if that is later and not the horizon. */
  readonly endNs: number;
  readonly horizonNs: number;
  readonly debounce: { readonly afterNs: number; readonly maxNs: number };
  readonly pushSlots: number;
  readonly istiods: number;
  readonly requestsPerSecond: number;
  readonly proxies: readonly ProxyLine[];
  /** Proxies in the order in which they converge. */
  readonly order: Uint32Array;
  readonly writes: readonly WriteMark[];
  readonly deliveries: readonly Delivery[];
  /** Times of churn events per istiod. */
  readonly churn: readonly Float64Array[];
  readonly pushes: readonly PushMark[];
  readonly queues: readonly QueueLine[];
  /** In the order in which they were sent. */
  readonly messages: readonly Message[];
  readonly subscriptions: readonly Subscription[];
  readonly states: ProxyStates;
  /** Exact, and sampled in the order of time. */
  readonly failing: readonly FailingSpan[];
  readonly sampled: readonly SampledSpan[];
  /** While the sampled ones are clear. */
  readonly sampledWindows: readonly Span[];
  /** In the order of time. */
  readonly requestCuts: readonly RequestCut[];
  readonly windows: readonly RolloutWindow[];
  /** Times in which a proxy has no stream, and in which an istiod is away. */
  readonly offline: readonly (Span & { readonly proxy: number })[];
  readonly down: readonly (Span & { readonly istiod: number })[];
  /** Expected 5xx per second over all proxies; constant between steps. */
  readonly errorRate: readonly RateStep[];
  readonly subsets: readonly SubsetLine[];
  readonly longLived: LongLivedPicture;
  readonly requests: SampledRequests;
  /** Time of every event of the trace, for steps. */
  readonly eventNs: Float64Array;
  readonly result: TrialResult;
}

/** Time that lies in at least one of the spans. */
export function totalNs(spans: readonly Span[]): number {
  return merged(spans).reduce((sum, { fromNs, toNs }) => sum + toNs - fromNs, 0);
}

/** Spans that touch or overlap become one. */
export function merged(spans: readonly Span[]): Span[] {
  const union: { fromNs: number; toNs: number }[] = [];
  for (const { fromNs, toNs } of [...spans].sort((a, b) => a.fromNs - b.fromNs)) {
    const last = union.at(-1);
    if (last !== undefined && fromNs <= last.toNs) last.toNs = Math.max(last.toNs, toNs);
    else union.push({ fromNs, toNs });
  }
  return union;
}

/** But for those of a moment, which have no length to be drawn. */
export function windowSpans(
  { windows, sampledWindows }: RolloutPicture,
  state: RolloutWindow['state'],
): readonly Span[] {
  const spans = windows
    .filter((window) => window.state === state && window.fromMs < window.toMs)
    .map(({ fromMs, toMs }) => ({ fromNs: Math.round(fromMs * 1e6), toNs: Math.round(toMs * 1e6) }));
  return state === 'failing' && sampledWindows.length > 0 ? merged([...spans, ...sampledWindows]) : spans;
}
