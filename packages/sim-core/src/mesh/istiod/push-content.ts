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
  /** Ready endpoints of the mesh when it was made (EDS). */
  readonly ready: number;
  /** Route table of the proxy's group (RDS). */
  readonly routes: number;
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
   * @param sent clusters that the proxy has been sent
   */
  cds(push: number, extent: Extent, relevant: Relevant, snapshot: number, group: number, sent: number): number {
    const isFull = extent === Extent.Full;
    const about = isFull ? -1 : relevant.rebuilt * 2 + relevant.othersRebuilt;
    const id = this.ids.of(XdsType.CDS, push, snapshot, about, group, sent);
    if (id === this.contents.length) this.contents.push(this.newCds(push, isFull, relevant, snapshot, group, sent));
    return id;
  }

  /**
   * EDS covers what the proxy has subscribed to: of the affected services, or all of it.
   * @param subscribed clusters whose endpoints the proxy has subscribed to
   */
  eds(
    push: number,
    extent: Extent,
    relevant: Relevant,
    snapshot: number,
    group: number,
    subscribed: number,
    ready: number,
  ): number {
    const isFull = extent === Extent.Full;
    const about = isFull ? -1 : relevant.affected * 2 + relevant.othersAffected;
    const id = this.ids.of(XdsType.EDS, push, snapshot, about, group, subscribed, ready);
    if (id === this.contents.length) {
      const sets = this.model.clusterSets;
      const clusters = isFull
        ? subscribed
        : sets.of(sets.members(subscribed).filter((cluster) => sets.has(relevant.affected, cluster)));
      const others = isFull ? this.othersOf(snapshot, group) : relevant.othersAffected;
      this.contents.push(this.newEds(push, snapshot, group, ready, clusters, others));
    }
    return id;
  }

  /** The answer to a subscription: just the clusters asked for, from the last push context of the connection. */
  answer(snapshot: number, group: number, ready: number, clusters: number): number {
    const id = this.ids.of(ANSWER, snapshot, group, ready, clusters);
    if (id === this.contents.length) this.contents.push(this.newEds(-1, snapshot, group, ready, clusters, 0));
    return id;
  }

  lds(push: number, snapshot: number, group: number): number {
    const id = this.ids.of(XdsType.LDS, push, snapshot, group);
    const resources = this.model.proxies.groups[group].listeners;
    if (id === this.contents.length) {
      this.contents.push(this.newContent(XdsType.LDS, push, snapshot, group, { resources }));
    }
    return id;
  }

  rds(push: number, snapshot: number, group: number): number {
    const id = this.ids.of(XdsType.RDS, push, snapshot, group);
    if (id === this.contents.length) {
      const resources = this.model.proxies.groups[group].routeConfigs;
      const routes = this.model.snapshot(snapshot).routes[group];
      this.contents.push(this.newContent(XdsType.RDS, push, snapshot, group, { resources, routes }));
    }
    return id;
  }

  /** Clusters that the rollout does not touch: one for each other service in scope. */
  othersOf(snapshot: number, group: number): number {
    return this.model.snapshot(snapshot).scopes[group].otherServices;
  }

  private newCds(
    push: number,
    isFull: boolean,
    { rebuilt, othersRebuilt }: Relevant,
    snapshot: number,
    group: number,
    sent: number,
  ): Content {
    const { clusterSets: sets } = this.model;
    const { spec } = this.model.snapshot(snapshot).clusters[group];
    const built = [...spec.keys()].filter((cluster) => spec[cluster] !== 0);
    const told = built.filter((k) => isFull || sets.has(rebuilt, k) || !sets.has(sent, k));
    const gone = sets.members(sent).filter((cluster) => spec[cluster] === 0);
    const others = isFull ? this.othersOf(snapshot, group) : othersRebuilt;
    return this.newContent(XdsType.CDS, push, snapshot, group, {
      resources: told.length + others + this.model.proxies.groups[group].staticClusters,
      removed: gone.length,
      clusters: sets.of(told),
      removedClusters: sets.of(gone),
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
      ready: parts.ready ?? InternedSets.EMPTY,
      routes: parts.routes ?? 0,
    };
  }
}
