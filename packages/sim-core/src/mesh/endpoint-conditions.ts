/**
 * Which connections each endpoint takes: a property of the server, that clients learn of only when they connect
 * (envoy.md 7.2). A condition is a set of bits of `Takes`; those of all endpoints together have one id.
 */

export class EndpointConditions {
  private readonly vectors: Uint8Array[] = [];
  private readonly ids = new Map<string, number>();
  /** id → endpoint × condition → id. */
  private readonly next: Map<number, number>[] = [];

  /** @param takes endpoint → condition */
  of(takes: Uint8Array): number {
    const key = takes.join(',');
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.vectors.push(takes) - 1;
      this.ids.set(key, id);
      this.next.push(new Map());
    }
    return id;
  }

  takes(id: number, endpoint: number): number {
    return this.vectors[id][endpoint];
  }

  with(id: number, endpoint: number, takes: number): number {
    const step = endpoint * 8 + takes;
    let to = this.next[id].get(step);
    if (to === undefined) {
      const changed = this.vectors[id].slice();
      changed[endpoint] = takes;
      to = this.of(changed);
      this.next[id].set(step, to);
    }
    return to;
  }
}
