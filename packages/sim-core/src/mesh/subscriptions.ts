/** Requests that change what a proxy is subscribed to, interned: clusters added and dropped at once, or routes added. */
import { TupleIds } from '../kernel/tuple-ids.js';
import { InternedSets } from './interned-sets.js';

export interface SubscriptionRequest {
  /** Sets of clusters. */
  readonly added: number;
  readonly dropped: number;
  /** How many clusters that the rollout does not touch are added; below 0: dropped. */
  readonly others: number;
  /** Set of route configurations that are added. */
  readonly routeConfigs: number;
}

export class SubscriptionRequests {
  private readonly requests: SubscriptionRequest[] = [];
  private readonly ids = new TupleIds();

  idOf(added: number, dropped: number, others: number, routeConfigs: number = InternedSets.EMPTY): number {
    const id = this.ids.of(added, dropped, others, routeConfigs);
    if (id === this.requests.length) this.requests.push({ added, dropped, others, routeConfigs });
    return id;
  }

  ofRoutes(routeConfigs: number): number {
    return this.idOf(InternedSets.EMPTY, InternedSets.EMPTY, 0, routeConfigs);
  }

  request(id: number): SubscriptionRequest {
    return this.requests[id];
  }
}
