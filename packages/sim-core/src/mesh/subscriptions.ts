/** Requests that change what a proxy is subscribed to: clusters added and dropped at once, interned. */
import { TupleIds } from '../kernel/tuple-ids.js';

export interface SubscriptionRequest {
  /** Sets of clusters. */
  readonly added: number;
  readonly dropped: number;
  /** How many clusters that the rollout does not touch are added; below 0: dropped. */
  readonly others: number;
}

export class SubscriptionRequests {
  private readonly requests: SubscriptionRequest[] = [];
  private readonly ids = new TupleIds();

  idOf(added: number, dropped: number, others: number): number {
    const id = this.ids.of(added, dropped, others);
    if (id === this.requests.length) this.requests.push({ added, dropped, others });
    return id;
  }

  request(id: number): SubscriptionRequest {
    return this.requests[id];
  }
}
