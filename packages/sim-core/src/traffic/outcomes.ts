/**
 * What requests meet at a worker with a given view (envoy.md 3.1, 10, 17): route → weighted cluster → cluster there?
 * (NC) → endpoints? (UH) → connection (UF, after retries) → served.
 */
import type { RetryPolicy } from '../manifest/types.js';
import type { MeshModel } from '../mesh/model.js';
import { Takes } from '../rollout/connection-kinds.js';
import { type RequestClass, requestClasses } from './request-classes.js';
import { decide, type RouteDecision, type RoutePart } from './routing.js';
import { Absence, type View, Views } from './views.js';

/** Response flags that this model produces; `-` is a response without one. */
export type Flag = '-' | 'NC' | 'NR' | 'UH' | 'UF' | 'UC';

/** Why requests fail: which message was late, or what is missing. */
export type Cause =
  | 'served'
  | 'eds-late'
  | 'cds-late'
  | 'rds-late'
  | 'subset-undefined'
  | 'no-ready-endpoints'
  | 'endpoint-refuses'
  | 'server-expects-tls'
  | 'server-expects-plaintext'
  | 'no-route'
  | 'answered-by-route';

export interface Bucket {
  readonly flag: Flag;
  readonly code: number;
  /** Host as the VirtualService names it. */
  readonly host: string;
  /** Host that the route chose; empty for none. */
  readonly destination: string;
  /** Subset that the route chose; empty for none. */
  readonly subset: string;
  readonly cause: Cause;
  readonly kind: 'sidecar' | 'gateway';
}

/** All that happens at one worker with one view, in requests per second. */
export interface Outcome {
  readonly rates: readonly { readonly bucket: Bucket; readonly perSecond: number }[];
  readonly failuresPerSecond: number;
  readonly errorsPerSecond: number;
  /** A route names a cluster that is not there, or one without ready endpoints. */
  readonly contradicts: boolean;
}

export function isFailure(bucket: Bucket): boolean {
  return bucket.code >= 400;
}

export function isError(bucket: Bucket): boolean {
  return bucket.code >= 500;
}

export class Outcomes {
  readonly views = new Views();
  readonly classes: readonly (readonly RequestClass[])[];
  private readonly known: Map<number, number>[];
  private readonly outcomes: Outcome[] = [];
  private readonly decisions = new Map<number, readonly RouteDecision[]>();
  private readonly used = new Map<number, ReadonlySet<number>>();
  /** group → clusters that it has in the end. */
  private readonly finallyDefined: readonly ReadonlySet<number>[];
  /** Clusters that appear or vanish in the course of the plan. */
  readonly changingClusters: readonly number[];

  constructor(readonly model: MeshModel) {
    this.classes = requestClasses(model);
    this.known = model.proxies.groups.map(() => new Map());
    this.changingClusters = changingClusters(model);
    const last = model.lastSnapshot;
    this.finallyDefined = last.clusters.map(({ spec }) => new Set([...spec.keys()].filter((k) => spec[k] !== 0)));
  }

  /** Id of what the workers of a group with this view do. */
  idOf(group: number, view: number): number {
    let id = this.known[group].get(view);
    if (id === undefined) {
      id = this.outcomes.push(this.newOutcome(group, this.views.view(view))) - 1;
      this.known[group].set(view, id);
    }
    return id;
  }

  outcome(id: number): Outcome {
    return this.outcomes[id];
  }

  /** What each request class of the table's group does under a route table. */
  decisionsOf(routes: number): readonly RouteDecision[] {
    let decisions = this.decisions.get(routes);
    if (decisions === undefined) {
      const table = this.model.snapshots.routeTables[routes];
      decisions = this.classes[table.group].map(({ request }) => decide(this.model, table, request));
      this.decisions.set(routes, decisions);
    }
    return decisions;
  }

  /** Clusters that a route table sends requests to. */
  clustersUsedBy(routes: number): ReadonlySet<number> {
    let used = this.used.get(routes);
    if (used === undefined) {
      const decisions = this.decisionsOf(routes);
      used = new Set(decisions.flatMap((d) => (d.kind === 'forward' ? d.parts.map((part) => part.cluster) : [])));
      this.used.set(routes, used);
    }
    return used;
  }

  private newOutcome(group: number, view: View): Outcome {
    const { scenario, proxies } = this.model;
    const decisions = this.decisionsOf(view.routes);
    const byBucket = new Map<string, { bucket: Bucket; perSecond: number }>();
    let contradicts = false;
    this.classes[group].forEach(({ host, perSecond }, index) => {
      const perWorker = perSecond / scenario.mesh.workersPerProxy;
      for (const { share, ...result } of this.results(decisions[index], view, group)) {
        if (share * perWorker === 0) continue;
        const bucket = { ...result, host, kind: proxies.groups[group].kind };
        contradicts ||= bucket.flag === 'NC' || bucket.flag === 'UH';
        const key = JSON.stringify(bucket);
        const entry = byBucket.get(key) ?? { bucket, perSecond: 0 };
        entry.perSecond += share * perWorker;
        byBucket.set(key, entry);
      }
    });
    const rates = [...byBucket.values()];
    const sum = (counts: (bucket: Bucket) => boolean): number =>
      rates.reduce((total, rate) => total + (counts(rate.bucket) ? rate.perSecond : 0), 0);
    return { rates, failuresPerSecond: sum(isFailure), errorsPerSecond: sum(isError), contradicts };
  }

  private results(
    decision: RouteDecision,
    view: View,
    group: number,
  ): (Omit<Bucket, 'host' | 'kind'> & { share: number })[] {
    switch (decision.kind) {
      case 'no-route':
        return [{ flag: 'NR', code: 404, destination: '', subset: '', cause: 'no-route', share: 1 }];
      case 'answer':
        return [{ flag: '-', code: decision.code, destination: '', subset: '', cause: 'answered-by-route', share: 1 }];
      case 'forward':
        return decision.parts.flatMap((part) => this.forwarded(part, decision.retries, view, group));
    }
  }

  private forwarded(part: RoutePart, retries: RetryPolicy | undefined, view: View, group: number) {
    const { cluster, host: destination, subset, share } = part;
    const served = { flag: '-' as Flag, code: 200, destination, subset, cause: 'served' as Cause };
    if (cluster < 0) return [{ ...served, share }];
    if (view.spec[cluster] === 0) {
      return [
        { flag: 'NC' as Flag, code: 503, destination, subset, cause: this.causeOfAbsence(cluster, view, group), share },
      ];
    }
    const ready = this.model.endpoints.sets.members(view.endpoints[cluster]);
    if (ready.length === 0)
      return [{ flag: 'UH' as Flag, code: 503, destination, subset, cause: 'no-ready-endpoints' as Cause, share }];
    const ends = this.connectionEnds(ready, view.spec[cluster], view.conditions);
    const { refused, cut } = connecting(ready.length, ends.refusing, ends.cutting, connectAttempts(retries));
    const failed = { code: 503, destination, subset };
    return [
      { ...failed, flag: 'UF' as Flag, cause: ends.refusalCause, share: share * refused },
      { ...failed, flag: 'UC' as Flag, cause: 'server-expects-tls' as Cause, share: share * cut },
      { ...served, share: share * (1 - refused - cut) },
    ];
  }

  /** How new connections to a cluster's endpoints end (envoy.md 7.2): none of the bits that the client sends is taken. */
  private connectionEnds(ready: readonly number[], spec: number, conditions: number) {
    let refusing = 0;
    let cutting = 0;
    let refusalCause: Cause = 'endpoint-refuses';
    for (const endpoint of ready) {
      const takes = this.model.conditions.takes(conditions, endpoint);
      const sent = this.model.connectionKind(spec, endpoint);
      if ((takes & sent) !== 0) continue;
      // A server that awaits a handshake hears a request, and closes: the connection had been made.
      if (takes !== Takes.Nothing && sent === Takes.Plaintext) cutting++;
      else refusing++;
      if (takes !== Takes.Nothing && sent !== Takes.Plaintext) refusalCause = 'server-expects-plaintext';
    }
    return { refusing, cutting, refusalCause };
  }

  private causeOfAbsence(cluster: number, view: View, group: number): Cause {
    if (view.absence[cluster] === Absence.Warming) return 'eds-late';
    if (view.absence[cluster] === Absence.Removed) return 'rds-late';
    return this.finallyDefined[group].has(cluster) ? 'cds-late' : 'subset-undefined';
  }
}

/** Istio retries connect failures twice unless the route says otherwise (istiod.md 8.3). */
const DEFAULT_RETRIES = 2;

/** `retry_on` conditions under which Envoy retries a connection failure. */
const RETRIES_CONNECT_FAILURE = ['connect-failure', 'gateway-error', '5xx', 'reset'];

/** Attempts that a request has to find an endpoint that accepts its connection. */
export function connectAttempts(retries: RetryPolicy | undefined): number {
  if (retries === undefined) return 1 + DEFAULT_RETRIES;
  const applies = retries.retryOn?.some((condition) => RETRIES_CONNECT_FAILURE.includes(condition)) ?? true;
  return applies ? 1 + retries.attempts : 1;
}

/** Extra picks of a retry to avoid endpoints already tried (envoy.md 10.5). */
export const HOST_SELECTION_ATTEMPTS = 5;

/**
 * How a request that looks for a connection ends, as probabilities: `refused` by every attempt, or `cut` after one was
 * made, which is never retried by default (envoy.md 10.2).
 */
function connecting(
  total: number,
  refusing: number,
  cutting: number,
  attempts: number,
): { readonly refused: number; readonly cut: number } {
  if (refusing + cutting === 0) return { refused: 0, cut: 0 };
  let cut = cutting / total;
  // tried[n]: probability that all attempts so far were refused, by n distinct endpoints.
  let tried = [0, refusing / total];
  for (let attempt = 1; attempt < attempts; attempt++) {
    const next = new Array<number>(tried.length + 1).fill(0);
    tried.forEach((probability, n) => {
      let allTried = 1;
      for (let pick = 0; pick <= HOST_SELECTION_ATTEMPTS; pick++) allTried *= n / total;
      next[n] += probability * allTried;
      const fresh = n === total ? 0 : (1 - allTried) / (total - n);
      next[n + 1] += probability * fresh * (refusing - n);
      cut += probability * fresh * cutting;
    });
    tried = next;
  }
  return { refused: tried.reduce((sum, probability) => sum + probability, 0), cut };
}

function changingClusters(model: MeshModel): number[] {
  const { firstSnapshot: start, objects } = model;
  const states = objects.flatMap((object, index) =>
    object.kind === 'Gateway'
      ? []
      : object.revisions.map((_, revision) =>
          model.snapshot(model.snapshotId(objects.map((_, other) => (other === index ? revision : 0)))),
        ),
  );
  return [...model.clusters.clusters.keys()].filter((cluster) =>
    states.some(({ clusters }) =>
      clusters.some(({ spec }, group) => (spec[cluster] !== 0) !== (start.clusters[group].spec[cluster] !== 0)),
    ),
  );
}
