/**
 * A scenario and a plan, compiled for simulation: objects with their revisions, the clusters and endpoints that they
 * touch, the proxies. Built once per strategy and shared by all of its trials; what trials add to it (interned states)
 * changes no result.
 */

import type { Distribution } from '../kernel/distribution.js';
import { secures } from '../manifest/peer-authentication.js';
import type { TlsMode } from '../manifest/traffic-policy.js';
import type { DestinationRule, Gateway, ServiceObject, VirtualService } from '../manifest/types.js';
import { Takes } from '../rollout/connection-kinds.js';
import type { EndpointStep, PlannedWrite, RolloutPlan, WorkloadRollout } from '../rollout/plan.js';
import type { IstioBehaviour } from '../scenario/istio-behaviour.js';
import { istioBehaviour } from '../scenario/istio-versions.js';
import type { Scenario } from '../scenario/types.js';
import { Changes } from './changes.js';
import { type ClusterState, ClusterTable } from './cluster-table.js';
import { EndpointConditions } from './endpoint-conditions.js';
import { EndpointTable } from './endpoint-table.js';
import type { ScopeInput } from './group-scope.js';
import { Inbound } from './inbound.js';
import { InternedSets } from './interned-sets.js';
import { GroupListeners } from './listeners/group-listeners.js';
import { newProxies, type Proxies } from './proxies.js';
import { type Snapshot, Snapshots } from './snapshots.js';
import { portsOf, subsetsOf, touchedHosts } from './touched-hosts.js';
import { concernsHost, revisionsOf, ruleCombinations, type TrackedObject, trackedObjects } from './tracked-objects.js';

/** A workload's rollout, its pods as endpoints. */
export interface ModelRollout extends Omit<WorkloadRollout, 'added' | 'removed'> {
  readonly added: readonly number[];
  readonly removed: readonly number[];
}

/** A planned write, resolved: a revision of an object, endpoints, or both. */
export interface ModelWrite {
  readonly planned: PlannedWrite;
  /** Index into objects, or −1 for an endpoint. */
  readonly object: number;
  readonly revision: number;
  readonly endpoints: readonly EndpointPresence[];
  /** Pods that a controller replaces; undefined: it is no workload. */
  readonly rollout?: ModelRollout;
  /** Set of changes that its object tells istiod of. */
  readonly changes: number;
}

/** An index into endpoints, and whether that one is there from now on. */
export interface EndpointPresence {
  readonly endpoint: number;
  readonly isPresent: boolean;
}

export class MeshModel {
  readonly objects: readonly TrackedObject[];
  readonly writes: readonly ModelWrite[];
  readonly clusters: ClusterTable;
  readonly endpoints: EndpointTable;
  readonly changes: Changes;
  readonly clusterSets = new InternedSets();
  readonly proxies: Proxies;
  readonly snapshots: Snapshots;
  readonly istio: IstioBehaviour;
  /** Endpoints at the start, and the ready ones of them, as sets of `endpoints`. */
  readonly initialEndpoints: number;
  readonly initialReady: number;
  /** Endpoints that become ready, in the order of the plan's readiness. */
  readonly readiness: readonly number[];
  readonly inbound: Inbound;
  readonly conditions = new EndpointConditions();
  /** What each endpoint takes before the rollout, as an id of `conditions`. */
  readonly initialConditions: number;
  readonly serverChanges: readonly { readonly endpoint: number; readonly takes: number; readonly atMs: Distribution }[];
  /** As the manifests define them, in every revision. */
  readonly services: readonly ServiceObject[];
  /** endpoint → bits of Takes that clients have been sending it. */
  private readonly sentBefore: Uint8Array;

  constructor(
    readonly scenario: Scenario,
    readonly plan: RolloutPlan,
  ) {
    const { initial } = plan;
    this.istio = istioBehaviour(scenario.mesh.istio);
    this.objects = trackedObjects(plan);
    const hosts = touchedHosts(plan, this.objects);
    this.changes = new Changes(this.objects, hosts.length);
    const services = [...initial.services, ...revisionsOf<ServiceObject>(this.objects, ['Service', 'ServiceEntry'])];
    const rules = revisionsOf<DestinationRule>(this.objects, ['DestinationRule']);
    const virtualServices = revisionsOf<VirtualService>(this.objects, ['VirtualService']);
    this.clusters = new ClusterTable(
      hosts,
      hosts.map((host) => portsOf(host, services, virtualServices)),
      hosts.map((host) => subsetsOf(host, rules, virtualServices)),
    );
    // A trace shows the identities of contents: they are given here, not in the order in which trials meet them.
    for (const combination of ruleCombinations(this.objects, hosts)) this.clusters.newState(() => combination);
    this.endpoints = new EndpointTable(this.clusters, scenario.mesh.localities);
    const numbers = initial.endpoints.map((target) => this.endpoints.add(target));
    this.initialEndpoints = this.endpoints.sets.of(numbers);
    this.initialReady = this.endpoints.sets.of(numbers.filter((_, at) => initial.endpoints[at].endpoint.ready));
    this.writes = this.newWrites(plan.groups.flatMap((group) => group.writes));
    this.readiness = plan.readiness.map(({ target }) => this.endpoints.add(target));
    const gateways = [...initial.gateways, ...revisionsOf<Gateway>(this.objects, ['Gateway'])];
    this.proxies = newProxies(scenario.mesh, {
      gateways: [...new Map(gateways.map((gateway) => [gateway.meta.key, gateway])).values()],
      namedGateways: new Set(virtualServices.flatMap((service) => service.gateways)),
      namespace: homeNamespace(plan),
    });
    const input = {
      objects: this.objects,
      hosts,
      ...this.knownServices(hosts, services),
      filtersGatewayClusters: scenario.mesh.filterGatewayClusters,
    };
    const { groups } = this.proxies;
    const listeners = new GroupListeners(this.objects, initial, this.clusters, groups);
    this.snapshots = new Snapshots(input, this.clusters, groups, listeners);
    this.services = services;
    const { endpoints: all } = this.endpoints;
    this.inbound = new Inbound(this.endpoints, services, this.proxies.groups);
    this.sentBefore = this.connectionsSentTo(this.firstSnapshot);
    const { policies } = this.firstSnapshot;
    this.initialConditions = this.conditions.of(Uint8Array.from(all, (_, endpoint) => this.takes(endpoint, policies)));
    this.serverChanges = (plan.serverChanges ?? []).map(({ endpoint, takes, atMs }) => ({
      endpoint: all.findIndex((target) => target.endpoint.id === endpoint),
      takes,
      atMs,
    }));
  }

  /** Bits of Takes of an endpoint whose sidecar has been sent these PeerAuthentications. */
  takes(endpoint: number, policies: number): number {
    return this.inbound.takes(endpoint, this.snapshots.policies[policies], this.sentBefore[endpoint]);
  }

  /** The bit of Takes that a client with this cluster sends to an endpoint (istiod.md 8.2). */
  connectionKind(spec: number, endpoint: number): number {
    const { tls } = this.clusters.policyOf(spec);
    if (tls === 'AUTO') return this.endpoints.endpoints[endpoint].endpoint.hasSidecar ? Takes.Mtls : Takes.Plaintext;
    return CONNECTION_OF_MODE[tls];
  }

  /** Whether PeerAuthentications, in some revision, concern the workloads of a host. */
  isSecured(revisions: TrackedObject['revisions'], host: string): boolean {
    return revisions.some(
      (content) =>
        content?.type === 'PeerAuthentication' &&
        this.services.some((service) => service.hosts.includes(host) && secures(content, service)),
    );
  }

  private connectionsSentTo({ clusters }: Snapshot): Uint8Array {
    const sent = new Uint8Array(this.endpoints.endpoints.length);
    for (const { spec, selector } of clusters) {
      for (const [k, content] of spec.entries()) {
        if (content === 0) continue;
        const labels = this.clusters.labelsOf(selector[k]);
        const host = this.clusters.hosts[this.clusters.clusters[k].host];
        for (const endpoint of sent.keys()) {
          if (this.endpoints.isSelected(endpoint, host, labels))
            sent[endpoint] |= this.connectionKind(content, endpoint);
        }
      }
    }
    return sent;
  }

  snapshotId(revisions: readonly number[]): number {
    return this.snapshots.idOf(revisions);
  }

  /** Clusters of a group under a set of rules, by Snapshot.rules. */
  clusterState(rules: number): ClusterState {
    return this.snapshots.clusterStates[rules];
  }

  snapshot(id: number): Snapshot {
    return this.snapshots.get(id);
  }

  /** Watch events are numbered: the writes, the plan's readiness, then two for each endpoint, by what its slice says. */
  sliceEvent(endpoint: number, isReady: boolean): number {
    return this.writes.length + this.readiness.length + endpoint * 2 + (isReady ? 1 : 0);
  }

  /** What a watch event that is no write says of which endpoint. */
  endpointEvent(event: number): EndpointPresence {
    const index = event - this.writes.length;
    if (index < this.readiness.length) return { endpoint: this.readiness[index], isPresent: true };
    const slice = index - this.readiness.length;
    return { endpoint: Math.floor(slice / 2), isPresent: slice % 2 === 1 };
  }

  /** Touched hosts that any of some endpoints serves. */
  hostsServedBy(endpoints: readonly EndpointPresence[]): readonly number[] {
    const served = new Set(endpoints.flatMap(({ endpoint }) => this.endpoints.endpoints[endpoint].hosts));
    return this.clusters.hosts.flatMap((host, h) => (served.has(host) ? [h] : []));
  }

  /** Touched hosts of a service object, in any of its revisions. */
  hostsOfService(object: number): readonly number[] {
    const { revisions } = this.objects[object];
    return this.clusters.hosts.flatMap((host, h) => (concernsHost(revisions, host) ? [h] : []));
  }

  /** Snapshot before the rollout, and after the last write of the plan. */
  get firstSnapshot(): Snapshot {
    return this.snapshot(this.firstSnapshotId);
  }

  get firstSnapshotId(): number {
    return this.snapshotId(this.objects.map(() => 0));
  }

  /** group → route configurations before the rollout, as a set of the listener tables'. */
  get firstRouteConfigs(): readonly number[] {
    const { listenerTables } = this.snapshots;
    return [...this.firstSnapshot.listeners].map((table) => listenerTables.get(table).routeConfigs);
  }

  get lastSnapshot(): Snapshot {
    return this.snapshot(this.snapshotId(this.objects.map((object) => object.revisions.length - 1)));
  }

  /** @param services in every revision */
  private knownServices(
    hosts: readonly string[],
    services: readonly ServiceObject[],
  ): Pick<ScopeInput, 'services' | 'definedHosts' | 'anonymousServices'> {
    const { initial } = this.plan;
    const written = new Set(this.objects.map(({ key }) => key));
    const definedHosts = new Set(services.flatMap((service) => service.hosts));
    const there = initial.services.flatMap((service) => service.hosts);
    const named = new Set([...there, ...hosts.filter((host) => !definedHosts.has(host))]);
    return {
      services: initial.services.filter(({ meta }) => !written.has(meta.key)),
      definedHosts,
      anonymousServices: Math.max(0, this.scenario.mesh.services - named.size),
    };
  }

  private newWrites(writes: readonly PlannedWrite[]): ModelWrite[] {
    const seen = this.objects.map(() => 0);
    const numbers = new Map(this.objects.map(({ key }, object) => [key, object]));
    return writes.map((planned) => {
      const { action, object: content } = planned;
      if (content.type === 'Rollout') {
        const pods = (targets: WorkloadRollout['added']) => targets.map((target) => this.endpoints.add(target));
        const rollout = { ...content, added: pods(content.added), removed: pods(content.removed) };
        return { planned, object: -1, revision: -1, endpoints: [], changes: InternedSets.EMPTY, rollout };
      }
      const own: readonly EndpointStep[] = content.type === 'Endpoint' ? [{ action, target: content }] : [];
      const endpoints = [...own, ...(planned.endpoints ?? [])].map((step) => ({
        endpoint: this.endpoints.add(step.target),
        isPresent: step.action === 'apply',
      }));
      const object = own.length > 0 ? undefined : numbers.get(planned.key);
      if (object === undefined) return { planned, object: -1, revision: -1, endpoints, changes: InternedSets.EMPTY };
      const revision = this.objects[object].written[seen[object]++];
      return { planned, object, revision, endpoints, changes: this.changes.ofObject(object) };
    });
  }
}

const CONNECTION_OF_MODE: Readonly<Record<Exclude<TlsMode, 'AUTO'>, number>> = {
  DISABLE: Takes.Plaintext,
  SIMPLE: Takes.Tls,
  MUTUAL: Takes.Tls,
  ISTIO_MUTUAL: Takes.Mtls,
};

/** Where sidecars live when the scenario does not say: with the first object that the rollout writes. */
function homeNamespace({ groups, initial }: RolloutPlan): string {
  const written = groups.flatMap((group) => group.writes.map(({ object }) => object));
  const objects = [...written, ...initial.virtualServices, ...initial.destinationRules];
  const first = objects.find((object) => object.type === 'VirtualService' || object.type === 'DestinationRule');
  return first === undefined ? 'default' : first.meta.namespace;
}
