/** Requests that change what a proxy is subscribed to: clusters added and dropped at once, interned. */
export class SubscriptionRequests {
  private readonly requests: { readonly added: number; readonly dropped: number }[] = [];
  private readonly ids = new Map<number, number>();

  /** `added` and `dropped` are sets of clusters. */
  idOf(added: number, dropped: number): number {
    const key = added * 0x4000000 + dropped;
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.requests.push({ added, dropped }) - 1;
      this.ids.set(key, id);
    }
    return id;
  }

  request(id: number): { readonly added: number; readonly dropped: number } {
    return this.requests[id];
  }
}
