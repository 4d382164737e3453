/**
 * What one push sends to one proxy, type by type (istiod.md 4.3–4.5). Contents are interned: proxies that get the same
 * response share one id.
 */
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
  /** How many others it has been sent, and subscribed to. */
  readonly others: number;
  readonly otherSubscriptions: number;
}

/** The four types, and answers to subscriptions. */
const KINDS = 5;
const ANSWER = 4;
const ARGUMENTS = 6;

export class PushContents {
  private readonly contents: Content[] = [];
  private readonly ids = new Map<string, number>();
  /** Arguments and result of the last lookup of each kind: proxy after proxy asks for the same. */
  private readonly recent = Array.from({ length: KINDS }, () => ({ arguments: new Float64Array(ARGUMENTS), id: -1 }));

  constructor(private readonly model: MeshModel) {}

  content(id: number): Content {
    return this.contents[id];
  }

  /**
   * A delta: clusters of the affected services and of what has come into scope, the static ones, and the removal of what
   * the proxy has been sent and is built no longer. Or every cluster.
   */
  cds(push: number, extent: Extent, relevant: Relevant, snapshot: number, to: Receiver): number {
    const { rebuilt, othersRebuilt } = relevant;
    const isFull = extent === Extent.Full;
    const about = isFull ? -1 : rebuilt * 2 + othersRebuilt;
    return this.intern(XdsType.CDS, push, snapshot, about, to.group, to.sent, to.others, () => {
      const { clusterSets: sets } = this.model;
      const { spec } = this.model.snapshot(snapshot).clusters[to.group];
      const built = [...spec.keys()].filter((cluster) => spec[cluster] !== 0);
      const sent = built.filter((k) => isFull || sets.has(rebuilt, k) || !sets.has(to.sent, k));
      const gone = sets.members(to.sent).filter((cluster) => spec[cluster] === 0);
      const all = this.othersOf(snapshot, to.group);
      const coming = all - to.others;
      const others = isFull ? all : othersRebuilt + Math.max(0, coming);
      return {
        ...this.empty(XdsType.CDS, push, snapshot, to.group),
        resources: sent.length + others + this.model.proxies.groups[to.group].staticClusters,
        removed: gone.length + Math.max(0, -coming),
        clusters: sets.of(sent),
        removedClusters: sets.of(gone),
        otherClusters: coming,
      };
    });
  }

  /** EDS covers what the proxy has subscribed to: of the affected services, or all of it. */
  eds(push: number, extent: Extent, relevant: Relevant, snapshot: number, ready: number, to: Receiver): number {
    const isFull = extent === Extent.Full;
    const about = isFull ? -1 - to.otherSubscriptions : relevant.affected * 2 + relevant.othersAffected;
    return this.intern(XdsType.EDS, push, snapshot, ready, about, to.subscribed, to.group, () => {
      const sets = this.model.clusterSets;
      if (isFull) return this.newEds(push, snapshot, to.group, ready, to.subscribed, to.otherSubscriptions);
      const affected = sets.members(to.subscribed).filter((cluster) => sets.has(relevant.affected, cluster));
      const isGone = (cluster: number): boolean => this.isServiceGone(snapshot, to.group, cluster);
      const named = this.model.istio.goneServiceEds === 'empty' ? affected : affected.filter((k) => !isGone(k));
      return {
        ...this.newEds(push, snapshot, to.group, ready, sets.of(named), relevant.othersAffected),
        removed: affected.length - named.length,
      };
    });
  }

  private isServiceGone(snapshot: number, group: number, cluster: number): boolean {
    return !this.model.snapshot(snapshot).scopes[group].hosts[this.model.clusters.clusters[cluster].host];
  }

  /**
   * The answer to a subscription: just the clusters asked for, from the last push context of the connection.
   * @param others how many clusters that the rollout does not touch
   */
  answer(snapshot: number, group: number, ready: number, clusters: number, others: number): number {
    return this.intern(ANSWER, snapshot, ready, clusters, group, others, 0, () =>
      this.newEds(-1, snapshot, group, ready, clusters, others),
    );
  }

  /** All listeners, and the removal of those that the proxy has been sent and that are no longer among them. */
  lds(push: number, snapshot: number, { group, listeners: sent }: Receiver): number {
    return this.intern(XdsType.LDS, push, snapshot, group, sent, 0, 0, () => {
      const { snapshots } = this.model;
      const { listeners: all, policies } = this.model.snapshot(snapshot);
      const listeners = all[group];
      return {
        ...this.empty(XdsType.LDS, push, snapshot, group),
        resources: snapshots.listenerTables.get(listeners).resources,
        removed: snapshots.listenerTables.removed(sent, listeners),
        listeners,
        policies,
      };
    });
  }

  rds(push: number, snapshot: number, group: number): number {
    return this.intern(XdsType.RDS, push, snapshot, group, 0, 0, 0, () => ({
      ...this.empty(XdsType.RDS, push, snapshot, group),
      resources: this.model.proxies.groups[group].routeConfigs,
      routes: this.model.snapshot(snapshot).routes[group],
    }));
  }

  /** Clusters in scope that the rollout does not touch. */
  private othersOf(snapshot: number, group: number): number {
    return this.model.snapshot(snapshot).scopes[group].otherClusters;
  }

  private newEds(
    push: number,
    snapshot: number,
    group: number,
    ready: number,
    clusters: number,
    others: number,
  ): Content {
    return {
      ...this.empty(XdsType.EDS, push, snapshot, group),
      resources: this.model.clusterSets.size(clusters) + others,
      clusters,
      ready,
    };
  }

  private empty(type: XdsType, push: number, snapshot: number, group: number): Content {
    const none = InternedSets.EMPTY;
    return {
      type,
      push,
      rules: this.model.snapshot(snapshot).rules[group],
      resources: 0,
      removed: 0,
      clusters: none,
      removedClusters: none,
      otherClusters: 0,
      ready: none,
      routes: 0,
      listeners: 0,
      policies: 0,
    };
  }

  private intern(
    kind: number,
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
    f: number,
    make: () => Content,
  ): number {
    const recent = this.recent[kind];
    const last = recent.arguments;
    const isRepeated =
      last[0] === a && last[1] === b && last[2] === c && last[3] === d && last[4] === e && last[5] === f;
    if (recent.id >= 0 && isRepeated) return recent.id;
    const key = `${kind},${a},${b},${c},${d},${e},${f}`;
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.contents.push(make()) - 1;
      this.ids.set(key, id);
    }
    last[0] = a;
    last[1] = b;
    last[2] = c;
    last[3] = d;
    last[4] = e;
    last[5] = f;
    recent.id = id;
    return id;
  }
}
