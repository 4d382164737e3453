/**
 * The endpoints that one istiod knows, and what it makes of an event about them (istiod.md 7;
 * istio:pilot/pkg/model/endpointshards.go, UpdateServiceEndpoints): the endpoints alone, or, where they are a service's first
 * or have other service accounts than before, the service.
 */
import { InternedSets } from '../interned-sets.js';
import type { EndpointPresence, MeshModel } from '../model.js';

export class EndpointIndex {
  /** As sets of the model's endpoints: all that there are, and the ready ones. */
  private present: number;
  ready: number;
  /** host → service accounts of its endpoints, or of the last that it had; undefined: it has had none. */
  private readonly accounts: (string | undefined)[];

  constructor(private readonly model: MeshModel) {
    this.accounts = model.clusters.hosts.map(() => undefined);
    this.present = model.initialEndpoints;
    this.ready = model.initialReady;
    this.update([...this.accounts.keys()]);
  }

  /** What replaces it lists everything. */
  list(ready: number): void {
    this.accounts.fill(undefined);
    this.present = ready;
    this.ready = ready;
    this.update([...this.accounts.keys()]);
  }

  /**
   * @param hosts that the event is about
   * @param isNews also where no endpoint comes or goes
   * @returns set of changes, see MeshModel.changes; none where nothing has changed
   */
  apply(steps: readonly EndpointPresence[], hosts: readonly number[], isNews: boolean): number {
    const { endpoints, changes } = this.model;
    const before = this.ready;
    for (const { endpoint, isPresent } of steps) {
      const single = endpoints.sets.of([endpoint]);
      const { sets } = endpoints;
      this.present = isPresent ? sets.union(this.present, single) : sets.difference(this.present, single);
      this.ready = endpoints.withPresence(this.ready, endpoint, isPresent);
    }
    const isService = this.update(hosts);
    if (this.ready === before && !isNews && !isService) return InternedSets.EMPTY;
    return isService ? changes.ofServices(hosts) : changes.ofEndpoints(hosts);
  }

  /** @returns whether one of them has its first endpoints, or other accounts */
  private update(hosts: readonly number[]): boolean {
    let isChanged = false;
    for (const h of hosts) {
      const accounts = this.accountsNow(h);
      // Scaled to zero, a service keeps what it had.
      if (accounts === undefined || accounts === this.accounts[h]) continue;
      this.accounts[h] = accounts;
      isChanged = true;
    }
    return isChanged;
  }

  private accountsNow(host: number): string | undefined {
    const { clusters, endpoints } = this.model;
    const serving = endpoints.sets
      .members(this.present)
      .filter((endpoint) => endpoints.isSelected(endpoint, clusters.hosts[host], {}));
    if (serving.length === 0) return undefined;
    const accounts = serving.flatMap((endpoint) => {
      const { namespace, serviceAccount } = endpoints.endpoints[endpoint].endpoint;
      return serviceAccount === undefined ? [] : [`${namespace}/${serviceAccount}`];
    });
    return [...new Set(accounts)].sort().join(' ');
  }
}
