/**
 * What requests meet at a worker with a given view (envoy.md 3.1, 10, 17): route → weighted cluster → cluster there?
 * (NC) → endpoints? (UH) → connection and answer (attempts.ts) → served.
 */
import { newSampler } from '../kernel/distribution.js';
import { TupleIds } from '../kernel/tuple-ids.js';
import { NO_CLUSTER } from '../mesh/listeners/tcp-proxy.js';
import type { MeshModel } from '../mesh/model.js';
import type { IstioBehaviour } from '../scenario/istio-behaviour.js';
import { istioBehaviour } from '../scenario/istio-versions.js';
import { requestEndings, type Serving } from './attempts.js';
import { type Cause, GOES_ON_ANYWAY, OF_MOMENTS } from './causes.js';
import { changingClusters } from './changing-clusters.js';
import { endpointKinds, type Moments } from './endpoint-kinds.js';
import { splitNoise } from './noise.js';
import { type RequestClass, requestClasses } from './request-classes.js';
import { type EndingName, endingOf, type Flag, type Flags, flagsOf } from './response-flags.js';
import { retryRules } from './retries.js';
import { decide, type Forward, type RouteDecision, type RoutePart } from './routing.js';
import { type Upstream, upstreamsOf } from './upstreams.js';
import { Absence, type View, Views } from './views.js';

export interface Bucket {
  readonly flag: Flags;
  readonly code: number;
  /** Host as the VirtualService names it. */
  readonly host: string;
  /** Host that the route chose; empty for none. */
  readonly destination: string;
  /** Subset that the route chose; empty for none. */
  readonly subset: string;
  readonly cause: Cause;
  /** It goes on as before the rollout, and is not its doing. */
  readonly noise: boolean;
  readonly kind: 'sidecar' | 'gateway';
}

/** Requests at a worker that end in the same way. */
interface BucketRate {
  readonly bucket: Bucket;
  readonly perSecond: number;
}

type End = Omit<Bucket, 'host' | 'kind' | 'noise'> & { readonly share: number };

/** What becomes of the requests of one class. */
interface ClassOutcome {
  /** At the worker. */
  readonly perSecond: number;
  /** What fails of them by the rollout's doing, as shares. */
  readonly lost: readonly { readonly flag: Flags; readonly code: number; readonly share: number }[];
}

/** All that happens at one worker with one view, in requests per second. */
export interface Outcome {
  readonly rates: readonly BucketRate[];
  /** By request class of the worker's group. */
  readonly classes: readonly ClassOutcome[];
  readonly failuresPerSecond: number;
  readonly errorsPerSecond: number;
  /** A route or listener names a cluster that is not there, or one without ready endpoints. */
  readonly contradicts: boolean;
}

/** What only a simulation of a cluster's connections can tell of its requests (sampled/). */
export interface ConnectionFacts {
  /** Share of requests that the cluster's limits refuse in a steady state of a group's proxies with this view. */
  overflowShare(view: View, cluster: number): number;
  /** Share of failures that a limit of retries at once keeps from being tried again, in the same state. */
  refusedRetryShare(group: number, view: View, cluster: number): number;
  /** Earlier requests decide about later ones: what fails at the endpoints is counted elsewhere. */
  isCountedApart(view: View, cluster: number): boolean;
}

/** By the rollout's doing. */
export function isFailure(bucket: Bucket): boolean {
  return bucket.code >= 400 && !bucket.noise;
}

/** By the rollout's doing. */
export function isError(bucket: Bucket): boolean {
  return bucket.code >= 500 && !bucket.noise;
}

export class Outcomes {
  readonly views = new Views();
  readonly classes: readonly (readonly RequestClass[])[];
  /** Of (group, view). */
  private readonly ids = new TupleIds();
  private readonly outcomes: Outcome[] = [];
  /** By route table. */
  private readonly decisions: (readonly RouteDecision[])[] = [];
  private readonly used: ReadonlySet<number>[] = [];
  /** group → clusters that it has in the end. */
  private readonly finallyDefined: readonly ReadonlySet<number>[];
  /** Clusters that appear or vanish in the course of the plan. */
  readonly changingClusters: readonly number[];
  readonly istio: IstioBehaviour;
  readonly serving: Serving;
  /** By number of the endpoint. */
  readonly upstreams: readonly Upstream[];
  private readonly facts: ConnectionFacts | undefined;

  constructor(
    readonly model: MeshModel,
    newFacts?: (outcomes: Outcomes) => ConnectionFacts,
  ) {
    const { mesh, traffic } = model.scenario;
    this.istio = istioBehaviour(mesh.istio);
    this.serving = { durationMs: newSampler(traffic.requestDurationMs), resetShare: traffic.backgroundResetShare };
    this.upstreams = upstreamsOf(model);
    this.facts = newFacts?.(this);
    this.classes = requestClasses(model);
    this.changingClusters = changingClusters(model);
    const last = model.lastSnapshot;
    this.finallyDefined = last.clusters.map(({ spec }) => new Set([...spec.keys()].filter((k) => spec[k] !== 0)));
  }

  /** Id of what the workers of a group with this view do. */
  idOf(group: number, view: number): number {
    const id = this.ids.of(group, view);
    if (id === this.outcomes.length) this.outcomes.push(this.newOutcome(group, this.views.view(view)));
    return id;
  }

  outcome(id: number): Outcome {
    return this.outcomes[id];
  }

  /** What each request class of the table's group does under a route table. */
  decisionsOf(routes: number): readonly RouteDecision[] {
    if (this.decisions[routes] === undefined) {
      const table = this.model.snapshots.routeTables[routes];
      this.decisions[routes] = this.classes[table.group].map(({ request }) => decide(this.model, table, request));
    }
    return this.decisions[routes];
  }

  /** Clusters that a route table sends requests to. */
  clustersUsedBy(routes: number): ReadonlySet<number> {
    if (this.used[routes] === undefined) {
      const decisions = this.decisionsOf(routes);
      this.used[routes] = new Set(
        decisions.flatMap((d) => (d.kind === 'forward' ? d.parts.map((part) => part.cluster) : [])),
      );
    }
    return this.used[routes];
  }

  /**
   * How the requests of a class end at a worker with a view, in requests per second, while endpoints do what no view shows.
   * @param usually what they have been doing before the rollout
   */
  ratesAt(group: number, index: number, view: View, moments?: Moments, usually?: Moments): BucketRate[] {
    const { host, perSecond: perProxy } = this.classes[group][index];
    const { kind } = this.model.proxies.groups[group];
    const perSecond = perProxy / this.model.scenario.mesh.workersPerProxy;
    const ends = this.withNoise(group, index, this.ends(group, index, view, moments), usually);
    return ends.flatMap(({ share, ...end }) =>
      share > 0 ? [{ bucket: { ...end, host, kind }, perSecond: share * perSecond }] : [],
    );
  }

  private newOutcome(group: number, view: View): Outcome {
    const { scenario, proxies } = this.model;
    const { kind } = proxies.groups[group];
    const byBucket = new Map<string, { bucket: Bucket; perSecond: number }>();
    const classes = this.classes[group].map(({ host, perSecond: perProxy }, index): ClassOutcome => {
      const perSecond = perProxy / scenario.mesh.workersPerProxy;
      const ends = this.withNoise(group, index, this.ends(group, index, view)).filter(({ share }) => share > 0);
      const lost: ClassOutcome['lost'][number][] = [];
      for (const { share, ...end } of ends) {
        const bucket = { ...end, host, kind };
        if (isFailure(bucket)) lost.push({ flag: end.flag, code: end.code, share });
        if (perSecond === 0) continue;
        const key = JSON.stringify(bucket);
        const entry = byBucket.get(key) ?? { bucket, perSecond: 0 };
        entry.perSecond += share * perSecond;
        byBucket.set(key, entry);
      }
      return { perSecond, lost };
    });
    const rates = [...byBucket.values()];
    const sum = (counts: (bucket: Bucket) => boolean): number =>
      rates.reduce((total, rate) => total + (counts(rate.bucket) ? rate.perSecond : 0), 0);
    return {
      rates,
      classes,
      failuresPerSecond: sum(isFailure),
      errorsPerSecond: sum(isError),
      contradicts: rates.some(({ bucket: { flag } }) => flag === 'NC' || flag === 'UH') || this.listenersMiss(view),
    };
  }

  /** TCP connections go by the listener: one may name a cluster that is not there, or one without endpoints. */
  private listenersMiss({ listeners, spec, endpoints }: View): boolean {
    const { clusters } = this.model.snapshots.listenerTables.get(listeners);
    const { sets } = this.model.endpoints;
    return [...clusters].some((k) => k === NO_CLUSTER || (k >= 0 && (spec[k] === 0 || sets.size(endpoints[k]) === 0)));
  }

  /** Ends that go on anyway are noise as far as they were there before the rollout, class by class. */
  private withNoise(
    group: number,
    index: number,
    ends: readonly End[],
    usually?: Moments,
  ): (End & { noise: boolean })[] {
    if (!ends.some(({ cause }) => GOES_ON_ANYWAY.has(cause))) return ends.map((end) => ({ ...end, noise: false }));
    const before = this.views.view(this.views.initial(this.model, group));
    return splitNoise(ends, this.ends(group, index, before, usually));
  }

  /** How the requests of a class end at a worker with this view; shares add up to 1. */
  private ends(group: number, index: number, view: View, moments?: Moments): End[] {
    const decision = this.decisionsOf(view.routes)[index];
    const nowhere = { destination: '', subset: '', share: 1 };
    switch (decision.kind) {
      case 'no-route':
        return [{ ...answerOf('no-route'), ...nowhere, cause: 'no-route' }];
      case 'answer':
        return [{ flag: '-', code: decision.code, ...nowhere, cause: 'answered-by-route' }];
      case 'forward':
        return decision.parts.flatMap((part) => this.forwarded(part, decision, view, group, moments));
    }
  }

  private forwarded(
    part: RoutePart,
    { retries, timeoutMs }: Forward,
    view: View,
    group: number,
    moments: Moments | undefined,
  ): End[] {
    const { cluster, host: destination, subset, share } = part;
    const end = (name: EndingName, cause: Cause): End => ({ ...answerOf(name), destination, subset, cause, share });
    if (cluster < 0) return [end('served', 'served')];
    if (view.spec[cluster] === 0) return [end('no-cluster', this.causeOfAbsence(cluster, view, group))];
    const kinds = endpointKinds(this.model, this.upstreams, view, cluster, moments);
    if (kinds.length === 0) return [end('no-host', 'no-ready-endpoints')];
    const isApart = this.facts?.isCountedApart(view, cluster) ?? false;
    if (isApart && moments === undefined) return [end('served', 'served')];
    const refused = isApart ? 0 : (this.facts?.overflowShare(view, cluster) ?? 0);
    const rules = retryRules(
      retries,
      this.istio,
      this.model.clusters.policyOf(view.spec[cluster]).hashKey !== undefined,
    );
    const refusedRetries = this.facts?.refusedRetryShare(group, view, cluster) ?? 0;
    const endings = requestEndings(kinds, rules, timeoutMs, this.serving, refusedRetries);
    const ends = endings.map(({ ending, isExhausted, isRefused, ...ended }): End => {
      const flag = flagsOf(ending, isExhausted ? 'URX' : isRefused ? 'UO' : undefined);
      const part = share * (1 - refused) * ended.share;
      return { flag, code: endingOf(ending).code, destination, subset, cause: ended.cause, share: part };
    });
    if (isApart) {
      const befallen = ends.filter(({ cause }) => OF_MOMENTS.has(cause));
      const served = befallen.reduce((left, ended) => left - ended.share, share);
      return [{ ...end('served', 'served'), share: served }, ...befallen];
    }
    return refused === 0 ? ends : [{ ...end('overflow', 'pool-overflow'), share: share * refused }, ...ends];
  }

  /** Why a cluster that routes name is not there, in a view of the group. */
  causeOfAbsence(cluster: number, view: View, group: number): Cause {
    if (view.absence[cluster] === Absence.Warming) return 'eds-late';
    if (view.absence[cluster] === Absence.Removed) return 'rds-late';
    return this.finallyDefined[group].has(cluster) ? 'cds-late' : 'subset-undefined';
  }
}

function answerOf(name: EndingName): { readonly flag: Flag; readonly code: number } {
  const { flag, code } = endingOf(name);
  return { flag, code };
}
