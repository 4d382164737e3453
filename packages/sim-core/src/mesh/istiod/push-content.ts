/**
 * What one push sends to one proxy, type by type (istiod.md 4.3–4.5), and what it costs to make. Contents are interned:
 * proxies that get the same response share one id.
 */
import { usToNs } from '../../kernel/time.js';
import type { ResponseContent } from '../../trace/events.js';
import { XdsType } from '../../trace/events.js';
import { InternedSets } from '../interned-sets.js';
import type { MeshModel } from '../model.js';
import { sendsCds, sendsEds, sendsFullCds, sendsFullEds, sendsListenersAndRoutes } from '../push-request.js';

/** A response with what the proxy needs to apply it. */
export interface Content extends ResponseContent {
  /** Snapshot that it was made from. */
  readonly snapshot: number;
  /** Tracked clusters in it (CDS, EDS), as a set. */
  readonly clusters: number;
  /** Tracked clusters that it removes (CDS). */
  readonly removedClusters: number;
  /** Ready endpoints of the mesh when it was made (EDS). */
  readonly ready: number;
  /** Route table of the proxy's group (RDS). */
  readonly routes: number;
}

/** What istiod knows of a proxy when it makes a push for it. */
export interface Receiver {
  readonly group: number;
  /** Clusters that it has been sent, and those whose endpoints it has subscribed to. */
  readonly sent: number;
  readonly subscribed: number;
}

/** The four types, and answers to subscriptions. */
const KINDS = 5;
const ANSWER = 4;
const ARGUMENTS = 5;

export class PushContents {
  private readonly contents: Content[] = [];
  private readonly ids = new Map<string, number>();
  /** Arguments and result of the last lookup of each kind: proxy after proxy asks for the same. */
  private readonly recent = Array.from({ length: KINDS }, () => ({ arguments: new Float64Array(ARGUMENTS), id: -1 }));

  constructor(private readonly model: MeshModel) {}

  content(id: number): Content {
    return this.contents[id];
  }

  /** Bit per XdsType that a push with these flags sends. */
  static types(flags: number): number {
    const bit = (type: number, sent: boolean): number => (sent ? 1 << type : 0);
    return (
      bit(XdsType.CDS, sendsCds(flags)) |
      bit(XdsType.EDS, sendsEds(flags)) |
      bit(XdsType.LDS, sendsListenersAndRoutes(flags)) |
      bit(XdsType.RDS, sendsListenersAndRoutes(flags))
    );
  }

  /**
   * CDS is a delta: every existing cluster of the affected services, the static ones, and the removal of what the proxy
   * has been sent and is built no longer.
   */
  cds(push: number, flags: number, hosts: number, snapshot: number, to: Receiver): number {
    const { model } = this;
    const full = sendsFullCds(flags);
    const affected = full ? model.clusterSets.of(model.clusters.clusters.keys()) : model.rebuiltClusters(hosts);
    return this.intern(XdsType.CDS, push, snapshot, full ? -1 : affected, to.group, to.sent, () => {
      const { spec } = model.snapshot(snapshot).clusters;
      const members = model.clusterSets.members(affected);
      const built = members.filter((cluster) => spec[cluster] !== 0);
      const gone = members.filter((cluster) => spec[cluster] === 0 && model.clusterSets.has(to.sent, cluster));
      const others = full ? model.untouchedServices : 0;
      return {
        ...this.empty(XdsType.CDS, push, snapshot),
        resources: built.length + others + model.proxies.groups[to.group].staticClusters,
        removed: gone.length,
        clusters: model.clusterSets.of(built),
        removedClusters: model.clusterSets.of(gone),
      };
    });
  }

  /** EDS covers what the proxy has subscribed to: of the affected services, or all of it. */
  eds(push: number, flags: number, hosts: number, snapshot: number, ready: number, to: Receiver): number {
    const full = sendsFullEds(flags);
    const affected = full ? -1 : this.model.affectedClusters(hosts);
    return this.intern(XdsType.EDS, push, snapshot, ready, affected, to.subscribed, () => {
      const sets = this.model.clusterSets;
      const clusters = full
        ? to.subscribed
        : sets.of(sets.members(to.subscribed).filter((cluster) => sets.has(affected, cluster)));
      return this.newEds(push, snapshot, ready, clusters, full ? this.model.untouchedServices : 0);
    });
  }

  /** The answer to a subscription: just the clusters asked for, from the last push context of the connection. */
  answer(snapshot: number, ready: number, clusters: number): number {
    return this.intern(ANSWER, snapshot, ready, clusters, 0, 0, () => this.newEds(-1, snapshot, ready, clusters, 0));
  }

  lds(push: number, snapshot: number, group: number): number {
    return this.intern(XdsType.LDS, push, snapshot, group, 0, 0, () => ({
      ...this.empty(XdsType.LDS, push, snapshot),
      resources: this.model.proxies.groups[group].listeners,
    }));
  }

  rds(push: number, snapshot: number, group: number): number {
    return this.intern(XdsType.RDS, push, snapshot, group, 0, 0, () => ({
      ...this.empty(XdsType.RDS, push, snapshot),
      resources: this.model.proxies.groups[group].routeConfigs,
      routes: this.model.snapshot(snapshot).routes[group],
    }));
  }

  /** CPU time to make and encode a response, in ns; `subscribed` counts all of the proxy's EDS subscriptions. */
  costNs(type: XdsType, resources: number, subscribed: number, isSidecar: boolean): number {
    const { istiod } = this.model.scenario.costs;
    const { services } = this.model.scenario.mesh;
    switch (type) {
      case XdsType.CDS:
        return usToNs(istiod.cdsUs + istiod.cdsPerClusterUs * resources);
      case XdsType.EDS:
        return usToNs(istiod.edsUs + istiod.edsPerSubscribedUs * subscribed + istiod.edsPerResourceUs * resources);
      case XdsType.LDS:
        return usToNs(istiod.ldsUs + istiod.ldsPerServiceUs * services);
      case XdsType.RDS:
        return usToNs(istiod.rdsUs + (isSidecar ? istiod.rdsPerServiceUs * services : 0));
    }
  }

  private newEds(push: number, snapshot: number, ready: number, clusters: number, others: number): Content {
    return {
      ...this.empty(XdsType.EDS, push, snapshot),
      resources: this.model.clusterSets.size(clusters) + others,
      clusters,
      ready,
    };
  }

  private empty(type: XdsType, push: number, snapshot: number): Content {
    const none = InternedSets.EMPTY;
    return {
      type,
      push,
      snapshot,
      resources: 0,
      removed: 0,
      clusters: none,
      removedClusters: none,
      ready: none,
      routes: 0,
    };
  }

  private intern(kind: number, a: number, b: number, c: number, d: number, e: number, make: () => Content): number {
    const recent = this.recent[kind];
    const last = recent.arguments;
    if (recent.id >= 0 && last[0] === a && last[1] === b && last[2] === c && last[3] === d && last[4] === e) {
      return recent.id;
    }
    const key = `${kind},${a},${b},${c},${d},${e}`;
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
    recent.id = id;
    return id;
  }
}
