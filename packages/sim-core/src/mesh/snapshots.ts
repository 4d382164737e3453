/** The states of the configuration that push contexts are made from, and what each group of proxies gets of them. */
import { withDelegates } from '../manifest/delegates.js';
import { mtlsMode } from '../manifest/peer-authentication.js';
import type { DestinationRule, PeerAuthentication, VirtualService } from '../manifest/types.js';
import type { ClusterState, ClusterTable } from './cluster-table.js';
import { creationRanks } from './creation-order.js';
import { type GroupScope, groupScope, type ObjectRevision, type ScopeInput } from './group-scope.js';
import { type GroupListeners, isLayer4Only } from './listeners/group-listeners.js';
import type { ListenerTables } from './listeners/listener-tables.js';
import type { ProxyGroup } from './proxies.js';

/** The routes that a group of proxies gets. */
export interface RouteTable {
  readonly group: number;
  /** At one revision each, with the routes of their delegates; the oldest first. */
  readonly virtualServices: readonly VirtualService[];
  /** Every VirtualService that is bound to the group in some revision. */
  readonly revisions: readonly ObjectRevision[];
  /** touched host → the group has its clusters; what is out of a sidecar's scope goes through unrouted. */
  readonly hosts: readonly boolean[];
  /** Services that a sidecar's route configurations carry; 0 at a gateway. */
  readonly services: number;
}

/** One push context's view of the configuration, by group of proxies where it differs. */
export interface Snapshot {
  /** object → revision. */
  readonly revisions: readonly number[];
  readonly scopes: readonly GroupScope[];
  readonly clusters: readonly ClusterState[];
  /** Identity of `clusters`: which revision of which DestinationRule made it, and what is in scope. */
  readonly rules: Int32Array;
  /** group → route table id. */
  readonly routes: Int32Array;
  /** group → listener table id. */
  readonly listeners: Int32Array;
  /** Identity of the PeerAuthentications, see Snapshots.policies. */
  readonly policies: number;
}

export class Snapshots {
  readonly routeTables: RouteTable[] = [];
  /** By Snapshot.rules: the DestinationRules, at one revision each. */
  readonly ruleSets: (readonly ObjectRevision[])[] = [];
  readonly clusterStates: ClusterState[] = [];
  /** By Snapshot.policies: the PeerAuthentications, at one revision each. */
  readonly policies: (readonly PeerAuthentication[])[] = [];
  readonly policySets: (readonly ObjectRevision[])[] = [];
  private readonly snapshots: Snapshot[] = [];
  private readonly ids = new Map<string, number>();
  private readonly ruleSetIds = new Map<string, number>();
  private readonly routeTableIds = new Map<string, number>();
  private readonly policyIds = new Map<string, number>();
  private readonly ranks: readonly number[];

  constructor(
    private readonly input: ScopeInput,
    private readonly clusters: ClusterTable,
    private readonly groups: readonly ProxyGroup[],
    private readonly listeners: GroupListeners,
  ) {
    this.ranks = creationRanks(input.objects);
  }

  get listenerTables(): ListenerTables {
    return this.listeners.tables;
  }

  /** The state for one revision of each object; the same revisions give the same id. */
  idOf(revisions: readonly number[]): number {
    const key = revisions.join(',');
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.snapshots.push(this.newSnapshot([...revisions])) - 1;
      this.ids.set(key, id);
    }
    return id;
  }

  get(id: number): Snapshot {
    return this.snapshots[id];
  }

  private newSnapshot(revisions: readonly number[]): Snapshot {
    const scopes = this.groups.map((group) => groupScope(this.input, group, revisions));
    const policies = this.policiesOf(revisions);
    const isPlaintext = this.plaintextHosts(policies);
    const rules = Int32Array.from(scopes, (scope, group) =>
      this.rulesOf(scope, revisions, isPlaintext, this.groups[group].locality),
    );
    return {
      revisions,
      scopes,
      clusters: [...rules].map((id) => this.clusterStates[id]),
      rules,
      routes: Int32Array.from(scopes, (scope, group) => this.routesOf(scope, this.groups[group].scopeGroup)),
      listeners: Int32Array.from(scopes, (scope, group) => this.listeners.idOf(scope, group, revisions)),
      policies,
    };
  }

  private policiesOf(revisions: readonly number[]): number {
    const contents = this.input.objects.map(({ revisions: all }, object) => all[revisions[object]]);
    const policies = contents.filter((content) => content?.type === 'PeerAuthentication');
    const used = this.input.objects.flatMap(({ kind, revisions: all }, object) => {
      // Not there before it came or after it went is the same.
      const revision = all.indexOf(all[revisions[object]]);
      return kind === 'PeerAuthentication' ? [{ object, revision }] : [];
    });
    const key = used.map(({ revision }) => revision).join(',');
    let id = this.policyIds.get(key);
    if (id === undefined) {
      id = this.policies.push(policies) - 1;
      this.policySets.push(used);
      this.policyIds.set(key, id);
    }
    return id;
  }

  /** touched host → auto mTLS sends plaintext, because its workloads take nothing else (istiod.md 8.2). */
  private plaintextHosts(policies: number): boolean[] {
    return this.input.hosts.map((host) => {
      const service = this.input.services.find((candidate) => candidate.hosts.includes(host));
      if (service === undefined) return false;
      const workload = { namespace: service.meta.namespace, labels: service.selector ?? {} };
      return mtlsMode(this.policies[policies], workload) === 'DISABLE';
    });
  }

  private rulesOf(
    scope: GroupScope,
    revisions: readonly number[],
    isPlaintext: readonly boolean[],
    locality: string,
  ): number {
    const { objects } = this.input;
    const used = scope.boundRules;
    const applied = scope.rulesOfHost
      .map((rules, h) => {
        const ports = scope.ports[h]?.join(' ');
        return scope.hosts[h] ? `${rules.join(' ')}:${ports}${isPlaintext[h] ? 'p' : ''}` : '-';
      })
      .join('/');
    const key = `${used.map(({ object, revision }) => `${object}.${revision}`).join(',')}|${applied}|${locality}`;
    let id = this.ruleSetIds.get(key);
    if (id === undefined) {
      id = this.ruleSets.push(used) - 1;
      this.ruleSetIds.set(key, id);
      const content = (object: number) => objects[object].revisions[revisions[object]] as DestinationRule;
      this.clusterStates.push(
        this.clusters.newState(
          (h) => (scope.hosts[h] ? scope.rulesOfHost[h].map(content) : undefined),
          scope.ports,
          isPlaintext,
          locality,
        ),
      );
    }
    return id;
  }

  private routesOf(scope: GroupScope, group: number): number {
    const { objects } = this.input;
    const { kind } = this.groups[group];
    // What has TCP and TLS routes only is in the listeners.
    const isRouted = ({ object }: ObjectRevision): boolean => !isLayer4Only(objects[object].revisions);
    const bound = scope.boundVirtualServices.filter(isRouted);
    const routed = scope.virtualServices.filter(isRouted);
    const hosts = kind === 'sidecar' ? scope.hosts : scope.hosts.map(() => true);
    const services = kind === 'sidecar' ? scope.services : 0;
    const imported = routed.map(({ object, revision }) => `${object}.${revision}`).join(',');
    const named = bound.map(({ object, revision }) => `${object}.${revision}`).join(',');
    const key = `${group}:${named}|${imported}|${hosts.map(Number).join('')}|${services}`;
    let id = this.routeTableIds.get(key);
    if (id === undefined) {
      const oldestFirst = routed.toSorted((a, b) => this.ranks[a.object] - this.ranks[b.object]);
      const contents = oldestFirst.map(({ object, revision }) => objects[object].revisions[revision] as VirtualService);
      const delegates = contents.filter((content) => content.hosts.length === 0);
      const virtualServices = contents
        .filter((content) => content.hosts.length > 0)
        .map((root) => withDelegates(root, delegates));
      id = this.routeTables.push({ group, virtualServices, revisions: bound, hosts, services }) - 1;
      this.routeTableIds.set(key, id);
    }
    return id;
  }
}
