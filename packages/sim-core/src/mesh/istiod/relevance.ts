/**
 * What a merged request asks for at one group of proxies (istiod.md 4.3, 4.6): the changes that matter to it, by its scope
 * now and at its last push, and the clusters that they affect.
 */
import { TupleIds } from '../../kernel/tuple-ids.js';
import { type Change, Kind, seenKinds } from '../changes.js';
import type { GroupScope } from '../group-scope.js';
import type { MeshModel } from '../model.js';
import { concernsHost } from '../tracked-objects.js';

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
  private readonly hostsOfObject: readonly (readonly number[])[];

  constructor(private readonly model: MeshModel) {
    const { hosts } = model.clusters;
    this.hostsOfObject = model.objects.map(({ revisions }) =>
      hosts.flatMap((host, h) => (concernsHost(revisions, host) || model.isSecured(revisions, host) ? [h] : [])),
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
    const isGateway = model.proxies.groups[group].kind === 'gateway';
    const scopes = [model.snapshot(snapshot).scopes[group], model.snapshot(previous).scopes[group]];
    const isInScope = (change: Change): boolean => scopes.some((scope) => this.mattersIn(scope, change));
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
      model.clusterSets.of(relevant.filter(counts).flatMap((c) => this.hostsOf(c).flatMap((h) => this.clustersOf(h))));
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

  private mattersIn(scope: GroupScope, change: Change): boolean {
    if (change.type === 'host') return scope.hosts[change.host];
    if (change.type === 'unrelated') return !scope.isLimited;
    const { object } = change;
    switch (change.kind) {
      case Kind.VirtualService:
        return scope.virtualServices.some((used) => used.object === object);
      case Kind.DestinationRule:
        return scope.rulesOfHost.some((rules) => rules.includes(object));
      case Kind.Service:
        return this.hostsOfObject[object].some((host) => scope.hosts[host]);
      case Kind.PeerAuthentication:
        // Clients choose between plaintext and mutual TLS by it, whatever their namespace.
        return true;
      case Kind.Sidecar:
        return scope.sidecar === object;
      default:
        return false;
    }
  }

  private hostsOf(change: Change): readonly number[] {
    if (change.type === 'host') return [change.host];
    return change.type === 'object' ? this.hostsOfObject[change.object] : [];
  }

  private clustersOf(host: number): readonly number[] {
    return this.model.clusters.ofHost[host];
  }
}
