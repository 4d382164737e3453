/**
 * Which revision each proxy acts on, and what follows: propagation, skew, inconsistency, completion. A proxy acts on a
 * revision when its effects are complete there: routes and listeners loaded in all workers, all clusters of a DestinationRule added,
 * swapped, removed. While it is half applied the proxy counts for both. Reads the trace only.
 */

import { TupleIds } from '../kernel/tuple-ids.js';
import type { ObjectRevision } from '../mesh/group-scope.js';
import type { PushContents } from '../mesh/istiod/push-content.js';
import type { MeshModel } from '../mesh/model.js';
import { TraceKind, type TraceSink, XdsType } from '../trace/events.js';
import type { Exposure } from './exposure.js';
import { LoadedTables } from './loaded-tables.js';
import { RevisionStates } from './revision-states.js';
import { Stopwatch } from './stopwatch.js';
import type { Views } from './views.js';

export interface ConvergenceTotals {
  /** First proxy that acts on any part of the change → last that acts on all of it; to the horizon if unsettled. */
  readonly propagationNs: number;
  readonly skewNs: number;
  readonly inconsistentNs: number;
  /** First write → last proxy acts on the last revision; undefined when some proxy does not by the horizon. */
  readonly completeNs: number | undefined;
  /** Share of the concerned proxies that do not act on the last revision at the horizon. */
  readonly unsettledShare: number;
  /** Proxy time per pair of revisions, by name. */
  readonly states: readonly { readonly vs: string; readonly dr: string; readonly proxyNs: number }[];
}

type RevisionsIn = (table: number) => readonly ObjectRevision[];

export class Convergence implements TraceSink {
  readonly watches = [
    TraceKind.RoutesLoaded,
    TraceKind.ListenersLoaded,
    TraceKind.WorkerRoutes,
    TraceKind.WorkerListeners,
    TraceKind.ResponseApplied,
    TraceKind.EndpointCondition,
    TraceKind.WorkerCluster,
    TraceKind.WorkerEndpoints,
  ];
  private readonly model: MeshModel;
  private readonly workers: number;
  private readonly routes: LoadedTables;
  private readonly listeners: LoadedTables;
  /** Per proxy: what it acts on, and what is being applied (the same when nothing is). */
  private readonly rules: Int32Array;
  private readonly rulesTarget: Int32Array;
  /** The same of PeerAuthentications, for the sidecars that stand before endpoints. */
  private readonly policies: Int32Array;
  private readonly policiesTarget: Int32Array;
  /** Rules that the last endpoints were selected by. */
  private readonly endpointRules: Int32Array;
  private readonly stateSinceNs: Float64Array;
  private readonly states: RevisionStates;
  /** object → revision → proxies that act on it. */
  private readonly acting: number[][];
  /** Objects on whose revision two proxies differ. */
  private skewed = 0;
  private readonly skew = new Stopwatch();
  private readonly inconsistent = new Stopwatch();
  private firstNs: number | undefined;
  private lastNs = 0;
  private readonly concerned: Uint8Array;
  /** (rules, view), and by its number whether the view has all their clusters. */
  private readonly held = new TupleIds();
  private readonly holds: boolean[] = [];
  /** Pairs of rules, and by its number whether a cluster of both selects other endpoints. */
  private readonly pairs = new TupleIds();
  private readonly differs: boolean[] = [];

  /** Objects at their revisions in a route table, and in a listener table. */
  private readonly routesIn: RevisionsIn = (table) => this.model.snapshots.routeTables[table].revisions;
  private readonly listenersIn: RevisionsIn = (table) => this.model.snapshots.listenerTables.get(table).revisions;

  constructor(
    model: MeshModel,
    private readonly contents: PushContents,
    private readonly exposure: Exposure,
    private readonly views: Views,
  ) {
    this.model = model;
    this.workers = model.scenario.mesh.workersPerProxy;
    const { count, groupOf, groups } = model.proxies;
    const start = model.firstSnapshot;
    this.routes = new LoadedTables(model.proxies.byProxy(start.routes), this.workers);
    this.listeners = new LoadedTables(model.proxies.byProxy(start.listeners), this.workers);
    this.rules = model.proxies.byProxy(start.rules);
    this.rulesTarget = this.rules.slice();
    this.endpointRules = this.rules.slice();
    this.policies = new Int32Array(count).fill(start.policies);
    this.policiesTarget = this.policies.slice();
    this.stateSinceNs = new Float64Array(count);
    this.states = new RevisionStates(model);
    this.acting = model.objects.map((object) => object.revisions.map(() => 0));
    const last = model.lastSnapshot;
    const isConcerned = groups.map(
      (_, group) =>
        start.routes[group] !== last.routes[group] ||
        start.rules[group] !== last.rules[group] ||
        start.listeners[group] !== last.listeners[group],
    );
    this.concerned = Uint8Array.from(groupOf, (group) => Number(isConcerned[group]));
    if (start.policies !== last.policies) for (const p of model.inbound.endpointsOf.keys()) this.concerned[p] = 1;
    groups.forEach((group, g) => {
      this.count(this.routesIn(start.routes[g]), group.count);
      this.count(this.listenersIn(start.listeners[g]), group.count);
      this.count(model.snapshots.ruleSets[start.rules[g]], group.count);
    });
    this.count(model.snapshots.policySets[start.policies], model.inbound.endpointsOf.size);
    this.update(0);
  }

  emit(kind: TraceKind, timeNs: number, proxy: number, a: number, b: number): void {
    switch (kind) {
      case TraceKind.RoutesLoaded:
        this.leaveState(proxy, timeNs);
        this.start(this.routes, this.routesIn, proxy, a);
        this.enterState(timeNs);
        break;
      case TraceKind.ListenersLoaded:
        this.leaveState(proxy, timeNs);
        this.start(this.listeners, this.listenersIn, proxy, a);
        this.enterState(timeNs);
        break;
      case TraceKind.WorkerRoutes:
        this.routes.onWorker(proxy, a, b);
        this.settle(proxy, timeNs);
        break;
      case TraceKind.WorkerListeners:
        this.listeners.onWorker(proxy, a, b);
        this.settle(proxy, timeNs);
        break;
      case TraceKind.ResponseApplied:
        this.onApplied(proxy, a, timeNs);
        break;
      case TraceKind.EndpointCondition:
        this.settle(this.model.inbound.serverOf[a], timeNs);
        break;
      case TraceKind.WorkerCluster:
      case TraceKind.WorkerEndpoints:
        this.settle(proxy, timeNs);
        break;
    }
  }

  /** Now: proxies disagree, or one contradicts itself. */
  get isInconsistent(): boolean {
    return this.inconsistent.isRunning;
  }

  finish(horizonNs: number): ConvergenceTotals {
    const { count } = this.model.proxies;
    const last = this.model.lastSnapshot;
    let concerned = 0;
    let unsettled = 0;
    for (let p = 0; p < count; p++) {
      this.leaveState(p, horizonNs);
      if (this.concerned[p] === 0) continue;
      concerned++;
      const group = this.model.proxies.groupOf[p];
      const rules = last.rules[group];
      const isRuled = this.rules[p] === rules && this.rulesTarget[p] === rules;
      const isRouted = isAt(this.routes, p, last.routes[group]) && isAt(this.listeners, p, last.listeners[group]);
      const isServer = this.model.inbound.endpointsOf.has(p);
      if (!isRuled || !isRouted || (isServer && this.policies[p] !== last.policies)) unsettled++;
    }
    const endNs = unsettled > 0 ? horizonNs : this.lastNs;
    return {
      propagationNs: this.firstNs === undefined ? 0 : endNs - this.firstNs,
      skewNs: this.skew.stop(horizonNs),
      inconsistentNs: this.inconsistent.stop(horizonNs),
      completeNs: unsettled > 0 ? undefined : this.lastNs,
      unsettledShare: concerned === 0 ? 0 : unsettled / concerned,
      states: this.states.list,
    };
  }

  private onApplied(p: number, id: number, timeNs: number): void {
    const content = this.contents.content(id);
    const { rules } = content;
    if (content.type === XdsType.EDS) {
      this.endpointRules[p] = rules;
      this.settle(p, timeNs);
    }
    if (content.type === XdsType.LDS) this.startPolicies(p, content.policies, timeNs);
    if (content.type !== XdsType.CDS || rules === this.rulesTarget[p]) return;
    this.leaveState(p, timeNs);
    this.abandon(this.model.snapshots.ruleSets[this.rules[p]], this.model.snapshots.ruleSets[this.rulesTarget[p]]);
    this.rulesTarget[p] = rules;
    if (rules !== this.rules[p]) this.count(this.model.snapshots.ruleSets[rules], 1);
    this.enterState(timeNs);
    this.settle(p, timeNs);
  }

  private startPolicies(p: number, policies: number, timeNs: number): void {
    if (policies === this.policiesTarget[p] || !this.model.inbound.endpointsOf.has(p)) return;
    const { policySets } = this.model.snapshots;
    this.abandon(policySets[this.policies[p]], policySets[this.policiesTarget[p]]);
    this.policiesTarget[p] = policies;
    if (policies !== this.policies[p]) this.count(policySets[policies], 1);
    this.firstNs ??= timeNs;
    this.settle(p, timeNs);
  }

  private start(tables: LoadedTables, revisionsIn: RevisionsIn, p: number, table: number): void {
    this.abandon(revisionsIn(tables.acting[p]), revisionsIn(tables.target[p]));
    tables.target[p] = table;
    if (table !== tables.acting[p]) this.count(revisionsIn(table), 1);
  }

  private end(tables: LoadedTables, revisionsIn: RevisionsIn, p: number): void {
    this.count(revisionsIn(tables.acting[p]), -1);
    tables.acting[p] = tables.target[p];
  }

  /** A change that the next one overtakes: what it had begun counts no longer. */
  private abandon(acts: readonly ObjectRevision[], target: readonly ObjectRevision[]): void {
    if (acts !== target) this.count(target, -1);
  }

  /** Ends the half-applied state where everything has arrived. */
  private settle(p: number, timeNs: number): void {
    const { model } = this;
    if (p >= 0 && this.policies[p] !== this.policiesTarget[p] && this.areServersComplete(p)) {
      this.count(model.snapshots.policySets[this.policies[p]], -1);
      this.policies[p] = this.policiesTarget[p];
      this.lastNs = timeNs;
    }
    const isRulesDone = this.rules[p] !== this.rulesTarget[p] && this.areClustersComplete(p);
    const isRoutesDone = this.routes.isDone(p);
    const isListenersDone = this.listeners.isDone(p);
    if (!isRulesDone && !isRoutesDone && !isListenersDone) {
      this.update(timeNs);
      return;
    }
    this.leaveState(p, timeNs);
    if (isRulesDone) {
      this.count(model.snapshots.ruleSets[this.rules[p]], -1);
      this.rules[p] = this.rulesTarget[p];
    }
    if (isRoutesDone) this.end(this.routes, this.routesIn, p);
    if (isListenersDone) this.end(this.listeners, this.listenersIn, p);
    this.lastNs = timeNs;
    this.enterState(timeNs);
  }

  private areServersComplete(p: number): boolean {
    const endpoints = this.model.inbound.endpointsOf.get(p) ?? [];
    const target = this.policiesTarget[p];
    return endpoints.every((endpoint) => this.exposure.takes(endpoint) === this.model.takes(endpoint, target));
  }

  private areClustersComplete(p: number): boolean {
    const target = this.rulesTarget[p];
    for (let w = 0; w < this.workers; w++) {
      if (!this.hasClustersOf(this.exposure.viewAt(p, w), target)) return false;
    }
    return this.endpointRules[p] === target || !this.differInSelectors(this.rules[p], target);
  }

  private hasClustersOf(view: number, rules: number): boolean {
    const held = this.held.of(rules, view);
    if (held === this.holds.length) {
      const { spec } = this.model.clusterState(rules);
      this.holds.push(this.views.view(view).spec.every((content, cluster) => content === spec[cluster]));
    }
    return this.holds[held];
  }

  private differInSelectors(a: number, b: number): boolean {
    const pair = this.pairs.of(a, b);
    if (pair === this.differs.length) {
      const before = this.model.clusterState(a);
      const after = this.model.clusterState(b);
      const isOther = (selector: number, k: number): boolean =>
        before.spec[k] !== 0 && after.spec[k] !== 0 && before.selector[k] !== selector;
      this.differs.push(after.selector.some(isOther));
    }
    return this.differs[pair];
  }

  private count(revisions: readonly ObjectRevision[], change: number): void {
    for (const { object, revision } of revisions) {
      const acting = this.acting[object];
      const before = isSkewed(acting);
      acting[revision] += change;
      this.skewed += Number(isSkewed(acting)) - Number(before);
    }
  }

  /** Adds the time since the last change of state; a half-applied proxy is in the old pair and in the new. */
  private leaveState(p: number, timeNs: number): void {
    const duration = timeNs - this.stateSinceNs[p];
    this.stateSinceNs[p] = timeNs;
    if (duration === 0 || this.concerned[p] === 0) return;
    this.addRules(p, this.rules[p], duration);
    if (this.rules[p] !== this.rulesTarget[p]) this.addRules(p, this.rulesTarget[p], duration);
  }

  private addRules(p: number, rules: number, durationNs: number): void {
    const { listeners } = this;
    this.addTables(p, rules, listeners.acting[p], durationNs);
    if (listeners.isHalfApplied(p)) this.addTables(p, rules, listeners.target[p], durationNs);
  }

  private addTables(p: number, rules: number, listeners: number, durationNs: number): void {
    const { routes, states } = this;
    states.add(routes.acting[p], listeners, rules, durationNs);
    if (routes.isHalfApplied(p)) states.add(routes.target[p], listeners, rules, durationNs);
  }

  private enterState(timeNs: number): void {
    this.firstNs ??= timeNs;
    this.update(timeNs);
  }

  private update(timeNs: number): void {
    const isSkewed = this.skewed > 0;
    this.skew.set(isSkewed, timeNs);
    this.inconsistent.set(isSkewed || this.exposure.isContradicting, timeNs);
  }
}

function isAt({ acting, target }: LoadedTables, p: number, table: number): boolean {
  return acting[p] === table && target[p] === table;
}

function isSkewed(acting: readonly number[]): boolean {
  let revisions = 0;
  for (const proxies of acting) if (proxies > 0) revisions++;
  return revisions > 1;
}
