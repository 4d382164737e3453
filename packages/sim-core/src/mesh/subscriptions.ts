/** Requests that change what a proxy is subscribed to: clusters added and dropped at once, interned. */
import { TupleIds } from '../kernel/tuple-ids.js';

export class SubscriptionRequests {
  private readonly requests: { readonly added: number; readonly dropped: number }[] = [];
  private readonly ids = new TupleIds();

  /** `added` and `dropped` are sets of clusters. */
  idOf(added: number, dropped: number): number {
    const id = this.ids.of(added, dropped);
    if (id === this.requests.length) this.requests.push({ added, dropped });
    return id;
  }

  request(id: number): { readonly added: number; readonly dropped: number } {
    return this.requests[id];
  }
}
