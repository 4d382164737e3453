/**
 * What one istiod knows of each of its proxies, and so what it makes for them: which types a push sends, and what each of
 * them holds and costs.
 */
import { XdsType } from '../../trace/events.js';
import { cdsExtent, Extent, edsExtent, isEndpointsOnly, Kind, sendsListeners, sendsRoutes } from '../changes.js';
import { InternedSets } from '../interned-sets.js';
import type { MeshModel } from '../model.js';
import type { SubscriptionRequest } from '../subscriptions.js';
import { IstiodCosts } from './istiod-costs.js';
import type { PushContents } from './push-content.js';
import type { MergedRequests } from './push-queue.js';
import { Relevance, type Relevant } from './relevance.js';

/** A response that is no part of a push. */
const NO_PUSH = -1;

const ALL: Relevant = { kinds: 0, rebuilt: 0, affected: 0, othersRebuilt: 0, othersAffected: 0 };

const bit = (type: XdsType): number => 1 << type;
/** What a new stream is answered, in the order in which Envoy asks. */
export const ALL_TYPES = bit(XdsType.CDS) | bit(XdsType.EDS) | bit(XdsType.LDS) | bit(XdsType.RDS);
/** A CDS request is answered, and makes istiod push EDS beside it (istiod.md 4.5). */
export const CLUSTER_TYPES = bit(XdsType.CDS) | bit(XdsType.EDS);

/** What a proxy says on a new stream that it has. */
export interface Claims {
  readonly clusters: number;
  readonly listeners: number;
  /** Route configurations that it wants, as a set. */
  readonly routeConfigs: number;
  /** How many clusters that the rollout does not touch. */
  readonly others: number;
  /** Some cluster warms, so that it does not ask for CDS. */
  readonly isWarming: boolean;
}

export class Responses {
  readonly work: IstiodCosts;
  /** Clusters sent and subscribed; snapshot of the last push, that requests are answered from. */
  private readonly sent: Int32Array;
  private readonly subscribed: Int32Array;
  /** Listener table sent. */
  private readonly listeners: Int32Array;
  /** Route configurations asked for. */
  private readonly routeConfigs: Int32Array;
  /** How many other clusters sent, and subscribed. */
  private readonly others: Int32Array;
  private readonly otherSubscriptions: Int32Array;
  private readonly lastSnapshot: Int32Array;
  /** Snapshot of the push before: what was in scope then still matters to this one. */
  private readonly previousSnapshot: Int32Array;
  /** Route tables whose routes are in the cache: any change of a VirtualService makes new ones (istiod.md 13). */
  private readonly cachedRoutes: Set<number>;
  /** How often routes have been dropped from the cache; and when the routes were made that the proxy is about to get. */
  private drops = 0;
  private readonly dropsBefore: Int32Array;
  private readonly relevance: Relevance;
  /** What is known of the proxy that a push is made for: one object for all, since there are a hundred thousand. */
  private readonly to = {
    group: 0,
    sent: 0,
    subscribed: 0,
    listeners: 0,
    routeConfigs: 0,
    others: 0,
    otherSubscriptions: 0,
  };

  constructor(
    private readonly model: MeshModel,
    private readonly contents: PushContents,
    /** The requests that are processed. */
    private readonly current: MergedRequests,
    /** The endpoints, read live. */
    private readonly ready: () => number,
  ) {
    const { proxies } = model;
    this.work = new IstiodCosts(model);
    this.relevance = new Relevance(model);
    this.cachedRoutes = new Set(model.firstSnapshot.routes);
    this.dropsBefore = new Int32Array(model.proxies.count);
    const initial = model.firstSnapshot.clusters.map(({ spec }) =>
      model.clusterSets.of([...spec.keys()].filter((cluster) => spec[cluster] !== 0)),
    );
    this.sent = proxies.byProxy(initial);
    this.subscribed = this.sent.slice();
    this.listeners = proxies.byProxy(model.firstSnapshot.listeners);
    this.routeConfigs = proxies.byProxy(model.firstRouteConfigs);
    this.others = proxies.byProxy(model.firstSnapshot.scopes.map(({ otherClusters }) => otherClusters));
    this.otherSubscriptions = this.others.slice();
    this.lastSnapshot = new Int32Array(proxies.count).fill(model.firstSnapshotId);
    this.previousSnapshot = this.lastSnapshot.slice();
  }

  /**
   * A push context is about to be pushed. Its unrelated VirtualServices and services are in the routes of every sidecar that
   * sees all of the mesh (istio:pilot/pkg/networking/core/route/route_cache.go, Key and DependentConfigs).
   */
  onPushContext(changes: number, snapshot: number): void {
    const { model, cachedRoutes } = this;
    if ((model.changes.unrelatedKinds(changes) & (Kind.VirtualService | Kind.Service)) === 0) return;
    const { scopes } = model.snapshot(snapshot);
    this.drops++;
    for (const table of cachedRoutes) {
      if (!scopes[model.snapshots.routeTables[table].group].isLimited) cachedRoutes.delete(table);
    }
  }

  /** Another process: nothing is in its cache. */
  onRestart(): void {
    this.drops++;
    this.cachedRoutes.clear();
  }

  /** A new stream: the proxy tells what it has, and is answered from the current push context. */
  connect(p: number, { clusters, listeners, routeConfigs, others }: Claims, snapshot: number): void {
    this.sent[p] = clusters;
    this.subscribed[p] = clusters;
    this.listeners[p] = listeners;
    this.routeConfigs[p] = routeConfigs;
    this.others[p] = others;
    this.otherSubscriptions[p] = others;
    this.lastSnapshot[p] = snapshot;
    this.previousSnapshot[p] = snapshot;
  }

  startPush(p: number, snapshot: number): void {
    this.previousSnapshot[p] = this.lastSnapshot[p];
    this.lastSnapshot[p] = snapshot;
  }

  subscribe(p: number, { added, dropped, others, routeConfigs }: SubscriptionRequest): void {
    const { routeConfigs: routeSets } = this.model.snapshots.listenerTables;
    this.routeConfigs[p] = routeSets.union(this.routeConfigs[p], routeConfigs);
    const sets = this.model.clusterSets;
    this.subscribed[p] = sets.union(sets.difference(this.subscribed[p], dropped), added);
    this.otherSubscriptions[p] += others;
  }

  /** Bit per XdsType that the push in progress sends. */
  types(p: number): number {
    const { kinds } = this.relevantTo(p);
    const lds = sendsListeners(kinds) ? bit(XdsType.LDS) : 0;
    const rds = sendsRoutes(kinds) ? bit(XdsType.RDS) : 0;
    const cds = this.cdsExtent(p) === Extent.None ? 0 : bit(XdsType.CDS);
    const eds = edsExtent(kinds, this.model.istio) === Extent.None ? 0 : bit(XdsType.EDS);
    return cds | eds | lds | rds;
  }

  isEndpointsOnly(p: number): boolean {
    return isEndpointsOnly(this.model.changes.kinds(this.current.changes[p]));
  }

  /** The response of a type as of now, or −1 where there is nothing to send. */
  ofPush(p: number, type: XdsType): number {
    const relevant = this.relevantTo(p);
    const extent = type === XdsType.CDS ? this.cdsExtent(p) : edsExtent(relevant.kinds, this.model.istio);
    return this.newContent(p, type, this.current.push[p], extent, relevant);
  }

  /** The whole of a type, as a request for it is answered. */
  whole(p: number, type: XdsType): number {
    return this.newContent(p, type, NO_PUSH, Extent.Full, ALL);
  }

  /** The answer to a subscription. */
  answer(p: number, { added, others, routeConfigs }: SubscriptionRequest): number {
    const [snapshot, group] = [this.lastSnapshot[p], this.groupOf(p)];
    if (routeConfigs !== InternedSets.EMPTY) return this.contents.routeAnswer(snapshot, group, routeConfigs);
    return this.contents.answer(snapshot, group, this.ready(), added, Math.max(0, others));
  }

  /** Keeps in mind what the proxy has been sent. */
  onSent(p: number, content: number): void {
    const { type, clusters, removedClusters, otherClusters, routes, listeners } = this.contents.content(content);
    // What was made before the last drop is not taken (istio:pilot/pkg/model/typed_xds_cache.go).
    if (type === XdsType.RDS && this.dropsBefore[p] === this.drops) this.cachedRoutes.add(routes);
    if (type === XdsType.LDS) this.listeners[p] = listeners;
    if (type !== XdsType.CDS) return;
    const sets = this.model.clusterSets;
    this.sent[p] = sets.difference(sets.union(this.sent[p], clusters), removedClusters);
    this.others[p] += otherClusters;
  }

  costNs(p: number, content: number): number {
    const { type, resources, routes } = this.contents.content(content);
    const subscribed = this.otherSubscriptions[p] + this.model.clusterSets.size(this.subscribed[p]);
    const { routeTables } = this.model.snapshots;
    const services = type === XdsType.RDS ? routeTables[routes].services : this.servicesInScope(p);
    return this.work.responseNs(type, resources, subscribed, services, this.cachedRoutes.has(routes));
  }

  answerCostNs(p: number, content: number): number {
    const { type, resources } = this.contents.content(content);
    return type === XdsType.RDS ? this.costNs(p, content) : this.work.responseNs(type, resources, 0, 0, true);
  }

  servicesInScope(p: number): number {
    return this.model.snapshot(this.lastSnapshot[p]).scopes[this.groupOf(p)].services;
  }

  private newContent(p: number, type: XdsType, push: number, extent: Extent, relevant: Relevant): number {
    const { contents } = this;
    const snapshot = this.lastSnapshot[p];
    const group = this.groupOf(p);
    const { to } = this;
    to.group = group;
    to.sent = this.sent[p];
    to.subscribed = this.subscribed[p];
    to.listeners = this.listeners[p];
    to.routeConfigs = this.routeConfigs[p];
    to.others = this.others[p];
    to.otherSubscriptions = this.otherSubscriptions[p];
    switch (type) {
      case XdsType.CDS:
        return contents.cds(push, extent, relevant, snapshot, to);
      case XdsType.EDS: {
        const id = contents.eds(push, extent, relevant, snapshot, this.ready(), to);
        const { resources, removed } = contents.content(id);
        return resources + removed === 0 ? -1 : id;
      }
      case XdsType.LDS:
        return contents.lds(push, snapshot, to);
      case XdsType.RDS:
        this.dropsBefore[p] = this.drops;
        return contents.rds(push, snapshot, to);
    }
  }

  private cdsExtent(p: number): Extent {
    const { kind } = this.model.proxies.groups[this.groupOf(p)];
    const isFiltered = kind === 'gateway' && this.model.scenario.mesh.filterGatewayClusters;
    return cdsExtent(this.relevantTo(p).kinds, { kind, isFiltered }, this.model.istio);
  }

  private relevantTo(p: number): Relevant {
    return this.relevance.of(this.groupOf(p), this.current.changes[p], this.lastSnapshot[p], this.previousSnapshot[p]);
  }

  private groupOf(p: number): number {
    return this.model.proxies.groupOf[p];
  }
}
