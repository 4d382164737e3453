/**
 * What a merged request asks for at one group of proxies (istiod.md 4.3, 4.6): the changes that matter to it, by its scope
 * now and at its last push, and the clusters that they affect.
 */
import { TupleIds } from '../../kernel/tuple-ids.js';
import { type Change, Kind, seenKinds } from '../changes.js';
import type { GroupScope } from '../group-scope.js';
import type { MeshModel } from '../model.js';
import type { Snapshot } from '../snapshots.js';
import { concernsHost, type TrackedObject } from '../tracked-objects.js';

export interface Relevant {
  /** Kinds that matter, as bits; 0: the proxy is skipped, but its turn has been taken. */
  readonly kinds: number;
  /** Tracked clusters whose configuration is affected, as a set. */
  readonly rebuilt: number;
  /** The same, and those whose endpoints are affected. */
  readonly affected: number;
  /** Clusters of services that the rollout does not touch: rebuilt, affected. */
  readonly othersRebuilt: number;
  readonly othersAffected: number;
}

export class Relevance {
  /** (group, changes, snapshot, previous), and by its number what is relevant. */
  private readonly questions = new TupleIds();
  private readonly answers: Relevant[] = [];
  /** object → revision → touched hosts that it is about. */
  private readonly hostsOfRevision: readonly (readonly (readonly number[])[])[];

  constructor(private readonly model: MeshModel) {
    const { hosts } = model.clusters;
    const isAbout = (content: TrackedObject['revisions'][number], host: string): boolean =>
      concernsHost([content], host) || model.isSecured([content], host);
    this.hostsOfRevision = model.objects.map(({ revisions }) =>
      revisions.map((content) => hosts.flatMap((host, h) => (isAbout(content, host) ? [h] : []))),
    );
  }

  /**
   * @param changes set of changes
   * @param previous snapshot of the connection's last push
   */
  of(group: number, changes: number, snapshot: number, previous: number): Relevant {
    const question = this.questions.of(group, changes, snapshot, previous);
    if (question === this.answers.length) this.answers.push(this.newRelevant(group, changes, snapshot, previous));
    return this.answers[question];
  }

  private newRelevant(group: number, changes: number, snapshot: number, previous: number): Relevant {
    const { model } = this;
    const snapshots = [model.snapshot(snapshot), model.snapshot(previous)];
    const hostsIn = (change: Change): readonly number[] => this.hostsOf(change, snapshots);
    const isGateway = model.proxies.groups[group].kind === 'gateway';
    const isInScope = (change: Change): boolean =>
      snapshots.some(({ scopes }) => this.mattersIn(scopes[group], change, hostsIn));
    const matters = (change: Change): boolean => {
      // Of a gateway, only services that it cannot see do not matter (istio:pilot/pkg/xds/proxy_dependencies.go).
      if (!isGateway || change.kind === Kind.Service) return isInScope(change);
      return change.kind !== Kind.Sidecar;
    };
    const all = model.changes.members(changes);
    const mattering = all.filter(matters);
    const isWhole = mattering.length > 0 && model.istio.irrelevantChanges === 'counted';
    const relevant = (isWhole ? all : mattering).map((change) => this.seen(change, changes));
    const hostsOf = (counts: (change: Change) => boolean): number =>
      model.clusterSets.of(relevant.filter(counts).flatMap((c) => hostsIn(c).flatMap((h) => model.clusters.ofHost[h])));
    const others = (kinds: number): number =>
      relevant.some((change) => change.type === 'unrelated' && (change.kind & kinds) !== 0) ? 1 : 0;
    return {
      kinds: relevant.reduce((kinds, { kind }) => kinds | kind, 0),
      rebuilt: hostsOf((change) => change.kind !== Kind.Endpoints),
      affected: hostsOf(() => true),
      othersRebuilt: others(Kind.DestinationRule | Kind.Service),
      othersAffected: others(Kind.DestinationRule | Kind.Service | Kind.Endpoints),
    };
  }

  /** As istiod sees it within a whole request, whatever of it matters. */
  private seen(change: Change, changes: number): Change {
    const { changes: known, istio } = this.model;
    const isService = change.kind === Kind.Endpoints && (seenKinds(known.kinds(changes), istio) & Kind.Endpoints) === 0;
    return isService ? { ...change, kind: Kind.Service } : change;
  }

  private mattersIn(scope: GroupScope, change: Change, hostsIn: (change: Change) => readonly number[]): boolean {
    if (change.type === 'host') return scope.hosts[change.host];
    if (change.type === 'unrelated') return !scope.isLimited;
    const { object } = change;
    switch (change.kind) {
      case Kind.VirtualService:
        return scope.virtualServices.some((used) => used.object === object);
      case Kind.DestinationRule:
        return scope.rulesOfHost.some((rules) => rules.includes(object));
      case Kind.Service:
        return hostsIn(change).some((host) => scope.hosts[host]);
      case Kind.PeerAuthentication:
        // Clients choose between plaintext and mutual TLS by it, whatever their namespace.
        return true;
      case Kind.Sidecar:
        return scope.sidecar === object;
      default:
        return false;
    }
  }

  /** As its object is now, and as it was at the last push: a rule may have moved to another host (istiod.md 4.4). */
  private hostsOf(change: Change, snapshots: readonly Snapshot[]): readonly number[] {
    if (change.type === 'host') return [change.host];
    if (change.type === 'unrelated') return [];
    const { object } = change;
    return snapshots.flatMap(({ revisions }) => this.hostsOfRevision[object][revisions[object]]);
  }
}
