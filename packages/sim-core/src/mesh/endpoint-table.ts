/** Endpoints by number, and which of them a cluster's labels select. */
import { TupleIds } from '../kernel/tuple-ids.js';
import { type Labels, labelsContain } from '../manifest/service-endpoints.js';
import type { HostEndpoint } from '../rollout/plan.js';
import type { ClusterTable } from './cluster-table.js';
import { InternedSets } from './interned-sets.js';
import { LocalitySpread, reached } from './locality.js';

export class EndpointTable {
  readonly endpoints: HostEndpoint[] = [];
  /** Sets of endpoint numbers: the ready ones of the mesh, and those of a cluster. */
  readonly sets = new InternedSets();
  private readonly byId = new Map<string, number>();
  /** (cluster, selector, ready), and by its number the set that is selected. */
  private readonly selections = new TupleIds();
  private readonly selected: number[] = [];
  /** endpoint → `region/zone/subzone`; '': nobody knows. */
  private readonly localities: string[] = [];
  private readonly spread: LocalitySpread;

  /** @param localities shares of the pods of a workload whose manifests do not say where it runs */
  constructor(
    private readonly clusters: ClusterTable,
    localities: Readonly<Record<string, number>>,
  ) {
    this.spread = new LocalitySpread(localities);
  }

  add(target: HostEndpoint): number {
    const known = this.byId.get(target.endpoint.id);
    if (known !== undefined) return known;
    const { id, locality } = target.endpoint;
    this.byId.set(id, this.endpoints.length);
    this.localities.push(locality ?? this.spread.next(id.split('#')[0]));
    return this.endpoints.push(target) - 1;
  }

  /** The ready endpoints of a cluster, as a set id, given those of the mesh. */
  select(cluster: number, selector: number, ready: number): number {
    const selection = this.selections.of(cluster, selector, ready);
    if (selection === this.selected.length) this.selected.push(this.newSelection(cluster, selector, ready));
    return this.selected[selection];
  }

  /** A set of ready endpoints after one of them has come or gone; it may come without being ready. */
  withPresence(ready: number, endpoint: number, present: boolean): number {
    const single = this.sets.of([endpoint]);
    const isReady = present && this.endpoints[endpoint].endpoint.ready;
    return isReady ? this.sets.union(ready, single) : this.sets.difference(ready, single);
  }

  localityOf(endpoint: number): string {
    return this.localities[endpoint];
  }

  /** Whether an endpoint serves a host and has the labels. */
  isSelected(endpoint: number, host: string, labels: Labels): boolean {
    const target = this.endpoints[endpoint];
    return target.hosts.includes(host) && labelsContain(target.endpoint.labels, labels);
  }

  private newSelection(cluster: number, selector: number, ready: number): number {
    const host = this.clusters.hosts[this.clusters.clusters[cluster].host];
    const labels = this.clusters.labelsOf(selector);
    const serving = this.sets.members(ready).filter((endpoint) => this.isSelected(endpoint, host, labels));
    const reach = this.clusters.reachOf(selector);
    if (reach === undefined) return this.sets.of(serving);
    const isReached = reached(
      reach,
      serving.map((endpoint) => this.localities[endpoint]),
    );
    return this.sets.of(serving.filter((_, at) => isReached[at]));
  }
}
