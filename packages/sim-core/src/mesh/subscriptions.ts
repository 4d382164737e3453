/** Requests that change what a proxy is subscribed to: clusters added and dropped at once, interned. */
export interface SubscriptionRequest {
  /** Sets of clusters. */
  readonly added: number;
  readonly dropped: number;
  /** How many clusters that the rollout does not touch are added; below 0: dropped. */
  readonly others: number;
}

export class SubscriptionRequests {
  private readonly requests: SubscriptionRequest[] = [];
  private readonly ids = new Map<string, number>();

  idOf(added: number, dropped: number, others: number): number {
    const key = `${added},${dropped},${others}`;
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.requests.push({ added, dropped, others }) - 1;
      this.ids.set(key, id);
    }
    return id;
  }

  request(id: number): SubscriptionRequest {
    return this.requests[id];
  }
}
