/**
 * A scenario and a plan, compiled for simulation: objects with their revisions, the clusters and endpoints that they
 * touch, the proxies. Built once per strategy and shared by all of its trials; what trials add to it (interned states)
 * changes no result.
 */
import type { DestinationRule, Gateway, ServiceObject, VirtualService } from '../manifest/types.js';
import type { EndpointStep, PlannedWrite, RolloutPlan } from '../rollout/plan.js';
import type { IstioBehaviour } from '../scenario/istio-behaviour.js';
import { istioBehaviour } from '../scenario/istio-versions.js';
import type { Scenario } from '../scenario/types.js';
import { Changes } from './changes.js';
import { type ClusterState, ClusterTable } from './cluster-table.js';
import { EndpointTable } from './endpoint-table.js';
import type { ScopeInput } from './group-scope.js';
import { InternedSets } from './interned-sets.js';
import { newProxies, type Proxies } from './proxies.js';
import { type Snapshot, Snapshots } from './snapshots.js';
import { isHttp, portsOf, subsetsOf, touchedHosts } from './touched-hosts.js';
import { concernsHost, revisionsOf, ruleCombinations, type TrackedObject, trackedObjects } from './tracked-objects.js';

/** A planned write, resolved: a revision of an object, endpoints, or both. */
export interface ModelWrite {
  readonly planned: PlannedWrite;
  /** Index into objects, or −1 for an endpoint. */
  readonly object: number;
  readonly revision: number;
  readonly endpoints: readonly EndpointPresence[];
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
    this.endpoints = new EndpointTable(this.clusters);
    const numbers = initial.endpoints.map((target) => this.endpoints.add(target));
    this.initialEndpoints = this.endpoints.sets.of(numbers);
    this.initialReady = this.endpoints.sets.of(numbers.filter((_, at) => initial.endpoints[at].endpoint.ready));
    this.writes = this.newWrites(plan.groups.flatMap((group) => group.writes));
    this.readiness = plan.readiness.map(({ target }) => this.endpoints.add(target));
    const gateways = [...initial.gateways, ...revisionsOf<Gateway>(this.objects, ['Gateway'])];
    this.proxies = newProxies(scenario.mesh, {
      gateways: [...new Map(gateways.map((gateway) => [gateway.meta.key, gateway])).values()],
      namedGateways: new Set(virtualServices.flatMap((service) => service.gateways)),
      httpPorts: Math.max(1, new Set(services.flatMap(({ ports }) => ports.filter(isHttp).map((p) => p.number))).size),
      namespace: homeNamespace(plan),
    });
    const input = {
      objects: this.objects,
      hosts,
      ...this.knownServices(hosts, services),
      filtersGatewayClusters: scenario.mesh.filterGatewayClusters,
    };
    this.snapshots = new Snapshots(input, this.clusters, this.proxies.groups);
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

/** Where sidecars live when the scenario does not say: with the first object that the rollout writes. */
function homeNamespace({ groups, initial }: RolloutPlan): string {
  const written = groups.flatMap((group) => group.writes.map(({ object }) => object));
  const objects = [...written, ...initial.virtualServices, ...initial.destinationRules];
  const first = objects.find((object) => object.type === 'VirtualService' || object.type === 'DestinationRule');
  return first === undefined ? 'default' : first.meta.namespace;
}
