/**
 * What one push sends to one proxy, type by type (istiod.md 4.3–4.5). Contents are interned: proxies that get the same
 * response share one id.
 */
import { TupleIds } from '../../kernel/tuple-ids.js';
import type { ResponseContent } from '../../trace/events.js';
import { XdsType } from '../../trace/events.js';
import { Extent } from '../changes.js';
import { InternedSets } from '../interned-sets.js';
import type { MeshModel } from '../model.js';
import type { Relevant } from './relevance.js';

/** A response with what the proxy needs to apply it. */
export interface Content extends ResponseContent {
  /** Identity of the proxy's clusters in the push context that it was made from, see Snapshot.rules. */
  readonly rules: number;
  /** Tracked clusters in it (CDS, EDS), as a set. */
  readonly clusters: number;
  /** Tracked clusters that it removes (CDS). */
  readonly removedClusters: number;
  /** Other clusters that come with it; below 0: that go (CDS). */
  readonly otherClusters: number;
  /** Ready endpoints of the mesh when it was made (EDS). */
  readonly ready: number;
  /** Route table of the proxy's group (RDS). */
  readonly routes: number;
  /** Listener table of the proxy's group (LDS). */
  readonly listeners: number;
  /** Identity of the PeerAuthentications, see Snapshot.policies (LDS). */
  readonly policies: number;
}

/** What istiod knows of a proxy when it makes a push for it. */
export interface Receiver {
  readonly group: number;
  /** Tracked clusters that it has been sent, and those whose endpoints it has subscribed to. */
  readonly sent: number;
  readonly subscribed: number;
  /** Listener table that it has been sent. */
  readonly listeners: number;
  /** Route configurations that it has asked for, as a set. */
  readonly routeConfigs: number;
  /** How many others it has been sent, and subscribed to. */
  readonly others: number;
  readonly otherSubscriptions: number;
}

/** Stands for a type where a subscription is answered. */
const ANSWER = 4;

export class PushContents {
  private readonly contents: Content[] = [];
  /** What contents depend on: a type and up to six numbers. */
  private readonly ids = new TupleIds();

  constructor(private readonly model: MeshModel) {}

  content(id: number): Content {
    return this.contents[id];
  }

  /**
   * A delta: clusters of the affected services and of what has come into scope, the static ones, and the removal of what
   * the proxy has been sent and is built no longer. Or every cluster.
   */
  cds(push: number, extent: Extent, relevant: Relevant, snapshot: number, to: Receiver): number {
    const isFull = extent === Extent.Full;
    const about = isFull ? -1 : relevant.rebuilt * 2 + relevant.othersRebuilt;
    const id = this.ids.of(XdsType.CDS, push, snapshot, about, to.group, to.sent, to.others);
    if (id === this.contents.length) this.contents.push(this.newCds(push, isFull, relevant, snapshot, to));
    return id;
  }

  /** EDS covers what the proxy has subscribed to: of the affected services, or all of it. */
  eds(push: number, extent: Extent, relevant: Relevant, snapshot: number, ready: number, to: Receiver): number {
    const isFull = extent === Extent.Full;
    const about = isFull ? -1 - to.otherSubscriptions : relevant.affected * 2 + relevant.othersAffected;
    const id = this.ids.of(XdsType.EDS, push, snapshot, about, to.group, to.subscribed, ready);
    if (id < this.contents.length) return id;
    const sets = this.model.clusterSets;
    if (isFull) {
      this.contents.push(this.newEds(push, snapshot, to.group, ready, to.subscribed, to.otherSubscriptions));
      return id;
    }
    const affected = sets.members(to.subscribed).filter((cluster) => sets.has(relevant.affected, cluster));
    const isGone = (cluster: number): boolean => this.isServiceGone(snapshot, to.group, cluster);
    const named = this.model.istio.goneServiceEds === 'empty' ? affected : affected.filter((k) => !isGone(k));
    this.contents.push({
      ...this.newEds(push, snapshot, to.group, ready, sets.of(named), relevant.othersAffected),
      removed: affected.length - named.length,
    });
    return id;
  }

  private isServiceGone(snapshot: number, group: number, cluster: number): boolean {
    return !this.model.snapshot(snapshot).scopes[group].hosts[this.model.clusters.clusters[cluster].host];
  }

  /**
   * The answer to a subscription: just the clusters asked for, from the last push context of the connection.
   * @param others how many clusters that the rollout does not touch
   */
  answer(snapshot: number, group: number, ready: number, clusters: number, others: number): number {
    const id = this.ids.of(ANSWER, snapshot, group, ready, clusters, others);
    if (id === this.contents.length) this.contents.push(this.newEds(-1, snapshot, group, ready, clusters, others));
    return id;
  }

  /** All listeners, and the removal of those that the proxy has been sent and that are no longer among them. */
  lds(push: number, snapshot: number, { group, listeners: sent }: Receiver): number {
    const id = this.ids.of(XdsType.LDS, push, snapshot, group, sent);
    if (id < this.contents.length) return id;
    const { listenerTables } = this.model.snapshots;
    const { listeners: all, policies } = this.model.snapshot(snapshot);
    const listeners = all[group];
    const { resources } = listenerTables.get(listeners);
    const removed = listenerTables.removed(sent, listeners);
    const parts = { resources, removed, listeners, policies };
    this.contents.push(this.newContent(XdsType.LDS, push, snapshot, group, parts));
    return id;
  }

  /** Every route configuration that the proxy has asked for, also one whose listener is gone. */
  rds(push: number, snapshot: number, { group, routeConfigs }: Receiver): number {
    return this.routesOf(push, snapshot, group, routeConfigs, this.model.proxies.groups[group].fixedRouteConfigs);
  }

  /** The answer to a request for more of them. */
  routeAnswer(snapshot: number, group: number, routeConfigs: number): number {
    return this.routesOf(-1, snapshot, group, routeConfigs, 0);
  }

  private routesOf(push: number, snapshot: number, group: number, routeConfigs: number, fixed: number): number {
    const id = this.ids.of(XdsType.RDS, push, snapshot, group, routeConfigs, fixed);
    if (id === this.contents.length) {
      const resources = fixed + this.model.snapshots.listenerTables.routeConfigs.size(routeConfigs);
      const routes = this.model.snapshot(snapshot).routes[group];
      this.contents.push(this.newContent(XdsType.RDS, push, snapshot, group, { resources, routes }));
    }
    return id;
  }

  /** Clusters in scope that the rollout does not touch. */
  private othersOf(snapshot: number, group: number): number {
    return this.model.snapshot(snapshot).scopes[group].otherClusters;
  }

  private newCds(
    push: number,
    isFull: boolean,
    { rebuilt, othersRebuilt }: Relevant,
    snapshot: number,
    to: Receiver,
  ): Content {
    const { clusterSets: sets } = this.model;
    const { spec } = this.model.snapshot(snapshot).clusters[to.group];
    const built = [...spec.keys()].filter((cluster) => spec[cluster] !== 0);
    const told = built.filter((k) => isFull || sets.has(rebuilt, k) || !sets.has(to.sent, k));
    const gone = sets.members(to.sent).filter((cluster) => spec[cluster] === 0);
    const all = this.othersOf(snapshot, to.group);
    const coming = all - to.others;
    const others = isFull ? all : othersRebuilt + Math.max(0, coming);
    return this.newContent(XdsType.CDS, push, snapshot, to.group, {
      resources: told.length + others + this.model.proxies.groups[to.group].staticClusters,
      removed: gone.length + Math.max(0, -coming),
      clusters: sets.of(told),
      removedClusters: sets.of(gone),
      otherClusters: coming,
    });
  }

  private newEds(
    push: number,
    snapshot: number,
    group: number,
    ready: number,
    clusters: number,
    others: number,
  ): Content {
    const resources = this.model.clusterSets.size(clusters) + others;
    return this.newContent(XdsType.EDS, push, snapshot, group, { resources, clusters, ready });
  }

  /** All contents have their fields in one order, so that reading them is fast. */
  private newContent(
    type: XdsType,
    push: number,
    snapshot: number,
    group: number,
    parts: Partial<Content> & Pick<Content, 'resources'>,
  ): Content {
    return {
      type,
      push,
      rules: this.model.snapshot(snapshot).rules[group],
      resources: parts.resources,
      removed: parts.removed ?? 0,
      clusters: parts.clusters ?? InternedSets.EMPTY,
      removedClusters: parts.removedClusters ?? InternedSets.EMPTY,
      otherClusters: parts.otherClusters ?? 0,
      ready: parts.ready ?? InternedSets.EMPTY,
      routes: parts.routes ?? 0,
      listeners: parts.listeners ?? 0,
      policies: parts.policies ?? 0,
    };
  }
}
