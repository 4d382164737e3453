/**
 * A scenario and a plan, compiled for simulation: objects with their revisions, the clusters and endpoints that they
 * touch, the proxies. Built once per strategy and shared by all of its trials; what trials add to it (interned states)
 * changes no result.
 */
import type { DestinationRule, Gateway, ServiceObject, VirtualService } from '../manifest/types.js';
import type { PlannedWrite, RolloutPlan } from '../rollout/plan.js';
import type { Scenario } from '../scenario/types.js';
import { type ClusterState, ClusterTable } from './cluster-table.js';
import { EndpointTable } from './endpoint-table.js';
import { InternedSets } from './interned-sets.js';
import { newProxies, type Proxies } from './proxies.js';
import { Changed } from './push-request.js';
import { isHttp, portsOf, subsetsOf, touchedHosts } from './touched-hosts.js';
import {
  concernsHost,
  flagsOf,
  isVirtualServiceBoundTo,
  revisionsOf,
  ruleCombinations,
  type TrackedObject,
  trackedObjects,
} from './tracked-objects.js';

/** A planned write, resolved: either a revision of an object or an endpoint. */
export interface ModelWrite {
  readonly planned: PlannedWrite;
  /** Index into objects, or −1 for an endpoint. */
  readonly object: number;
  readonly revision: number;
  /** Index into endpoints, or −1. */
  readonly endpoint: number;
  readonly flags: number;
  /** Affected hosts, see affectedHosts. */
  readonly hosts: number;
}

/** The routes that a group of proxies gets: the VirtualServices bound to it, at one revision each. */
export interface RouteTable {
  readonly group: number;
  readonly virtualServices: readonly VirtualService[];
  /** Every VirtualService of the model that is bound to the group in some revision. */
  readonly revisions: readonly ObjectRevision[];
}

/** Indexes into `objects` and its revisions. */
export interface ObjectRevision {
  readonly object: number;
  readonly revision: number;
}

/** One push context's view of the configuration. */
export interface Snapshot {
  /** object → revision. */
  readonly revisions: readonly number[];
  readonly clusters: ClusterState;
  /** Identity of `clusters`: which revision of which DestinationRule made it. */
  readonly rules: number;
  /** group → route table id. */
  readonly routes: Int32Array;
}

export class MeshModel {
  readonly objects: readonly TrackedObject[];
  readonly writes: readonly ModelWrite[];
  readonly clusters: ClusterTable;
  readonly endpoints: EndpointTable;
  readonly hostSets = new InternedSets();
  readonly clusterSets = new InternedSets();
  readonly proxies: Proxies;
  readonly routeTables: RouteTable[] = [];
  /** By Snapshot.rules: the DestinationRules, at one revision each. */
  readonly ruleSets: (readonly ObjectRevision[])[] = [];
  /** Services whose clusters the rollout does not touch: one cluster each. */
  readonly untouchedServices: number;
  /** Ready endpoints at the start, as a set of `endpoints`. */
  readonly initialReady: number;
  /** Endpoints that become ready, in the order of the plan's readiness. */
  readonly readiness: readonly number[];

  private readonly hostClusters: number[] = [];
  private readonly snapshots: Snapshot[] = [];
  private readonly snapshotIds = new Map<string, number>();
  private readonly clusterStates: ClusterState[] = [];
  private readonly ruleSetIds = new Map<string, number>();
  private readonly routeTableIds = new Map<string, number>();

  constructor(
    readonly scenario: Scenario,
    readonly plan: RolloutPlan,
  ) {
    const { initial } = plan;
    this.objects = trackedObjects(plan);
    const hosts = touchedHosts(plan, this.objects);
    const services = [...initial.services, ...revisionsOf<ServiceObject>(this.objects, ['Service', 'ServiceEntry'])];
    const rules = revisionsOf<DestinationRule>(this.objects, ['DestinationRule']);
    const virtualServices = revisionsOf<VirtualService>(this.objects, ['VirtualService']);
    this.clusters = new ClusterTable(
      hosts,
      hosts.map((host) => portsOf(host, services, virtualServices)),
      hosts.map((host) => subsetsOf(host, rules, virtualServices)),
    );
    // A trace shows the identities of contents: they are given here, not in the order in which trials meet them.
    for (const combination of ruleCombinations(this.objects, hosts)) this.clusters.newState(combination);
    this.endpoints = new EndpointTable(this.clusters);
    this.initialReady = this.endpoints.sets.of(
      initial.endpoints.flatMap((target) => {
        const number = this.endpoints.add(target);
        return target.endpoint.ready ? [number] : [];
      }),
    );
    this.writes = this.newWrites(plan.groups.flatMap((group) => group.writes));
    this.readiness = plan.readiness.map(({ target }) => this.endpoints.add(target));
    const gateways = [...initial.gateways, ...revisionsOf<Gateway>(this.objects, ['Gateway'])];
    this.proxies = newProxies(
      scenario.mesh,
      [...new Map(gateways.map((gateway) => [gateway.meta.key, gateway])).values()],
      new Set(virtualServices.flatMap((service) => service.gateways)),
      Math.max(1, new Set(services.flatMap((service) => service.ports.filter(isHttp).map((p) => p.number))).size),
    );
    this.untouchedServices = Math.max(0, scenario.mesh.services - hosts.length);
  }

  /** The push context's state for one revision of each object; the same revisions give the same id. */
  snapshotId(revisions: readonly number[]): number {
    const key = revisions.join(',');
    let id = this.snapshotIds.get(key);
    if (id === undefined) {
      id = this.snapshots.length;
      this.snapshots.push({
        revisions: [...revisions],
        ...this.clusterStateOf(revisions),
        routes: Int32Array.from(this.proxies.groups, (_, group) => this.routeTableOf(revisions, group)),
      });
      this.snapshotIds.set(key, id);
    }
    return id;
  }

  /** Clusters under a set of rules, by Snapshot.rules. */
  clusterState(rules: number): ClusterState {
    return this.clusterStates[rules];
  }

  snapshot(id: number): Snapshot {
    return this.snapshots[id];
  }

  /** Set of affected hosts: by their configuration, or only by their endpoints, which rebuilds no cluster. */
  private affectedHosts(hosts: readonly number[], onlyEndpoints: boolean): number {
    return this.hostSets.of(hosts.map((host) => host * 2 + (onlyEndpoints ? 1 : 0)));
  }

  /** The hosts that an endpoint serves, as affected by their endpoints only. */
  hostsOfEndpoint(endpoint: number): number {
    const { hosts } = this.endpoints.endpoints[endpoint];
    return this.affectedHosts(
      this.hostIndexes((host) => hosts.includes(host)),
      true,
    );
  }

  /** Clusters of the hosts whose configuration is affected, as a set id. */
  rebuiltClusters(hosts: number): number {
    this.hostClusters[hosts * 2] ??= this.clusterSets.of(
      this.hostSets.members(hosts).flatMap((host) => (host % 2 === 0 ? this.clusters.ofHost[host / 2] : [])),
    );
    return this.hostClusters[hosts * 2];
  }

  /** Clusters of all affected hosts, as a set id. */
  affectedClusters(hosts: number): number {
    this.hostClusters[hosts * 2 + 1] ??= this.clusterSets.of(
      this.hostSets.members(hosts).flatMap((host) => this.clusters.ofHost[host >> 1]),
    );
    return this.hostClusters[hosts * 2 + 1];
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

  private clusterStateOf(revisions: readonly number[]): { clusters: ClusterState; rules: number } {
    const used = this.objects.flatMap((object, index) =>
      object.kind === 'DestinationRule' ? [{ object: index, revision: revisions[index] }] : [],
    );
    const key = used.map(({ object, revision }) => `${object}.${revision}`).join(',');
    let rules = this.ruleSetIds.get(key);
    if (rules === undefined) {
      const contents = used.map(({ object, revision }) => this.objects[object].revisions[revision]);
      rules = this.ruleSets.push(used) - 1;
      this.ruleSetIds.set(key, rules);
      this.clusterStates.push(this.clusters.newState(contents.filter((c) => c !== undefined) as DestinationRule[]));
    }
    return { clusters: this.clusterStates[rules], rules };
  }

  private routeTableOf(revisions: readonly number[], group: number): number {
    const { gateways } = this.proxies.groups[group];
    const bound = this.objects.flatMap((object, index) => {
      const isBound = object.revisions.some((content) => isVirtualServiceBoundTo(content, gateways));
      return isBound ? [{ object: index, revision: revisions[index] }] : [];
    });
    const key = `${group}:${bound.map(({ object, revision }) => `${object}.${revision}`).join(',')}`;
    let id = this.routeTableIds.get(key);
    if (id === undefined) {
      const virtualServices = bound
        .map(({ object, revision }) => this.objects[object].revisions[revision])
        .filter((content) => isVirtualServiceBoundTo(content, gateways));
      id = this.routeTables.push({ group, virtualServices: virtualServices as VirtualService[], revisions: bound }) - 1;
      this.routeTableIds.set(key, id);
    }
    return id;
  }

  private newWrites(writes: readonly PlannedWrite[]): ModelWrite[] {
    const seen = this.objects.map(() => 0);
    return writes.map((planned) => {
      if (planned.object.type === 'Endpoint') {
        const endpoint = this.endpoints.add(planned.object);
        const hosts = this.hostsOfEndpoint(endpoint);
        return { planned, object: -1, revision: -1, endpoint, flags: Changed.Endpoints, hosts };
      }
      const object = this.objects.findIndex((candidate) => candidate.key === planned.key);
      const { revisions, written } = this.objects[object];
      return {
        planned,
        object,
        revision: written[seen[object]++],
        endpoint: -1,
        flags: flagsOf(planned.object, revisions),
        hosts: this.affectedHosts(
          this.hostIndexes((host) => concernsHost(revisions, host)),
          false,
        ),
      };
    });
  }

  private hostIndexes(matches: (host: string) => boolean): number[] {
    return this.clusters.hosts.flatMap((host, index) => (matches(host) ? [index] : []));
  }
}
