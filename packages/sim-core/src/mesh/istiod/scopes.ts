/**
 * Sidecar scope and gateway state, computed once per namespace and push context: the first proxy pays, the others wait
 * for it (istiod.md 3.4).
 */
const State = { Missing: 0, Computing: 1, Ready: 2 } as const;

export class Scopes {
  private readonly state: Uint8Array;
  private readonly waiting: number[][];
  private push = -1;

  /** @param groups of proxies, each with one scope */
  constructor(groups: number) {
    this.state = new Uint8Array(groups);
    this.waiting = Array.from({ length: groups }, () => []);
  }

  /**
   * Whether a proxy can go on; otherwise it waits, and `compute` has been called if nobody computes the scope yet.
   * @param push a newer one than all before starts from scratch; an older one, overtaken, shares the newest's scope
   * @param compute told the push that the scope belongs to
   */
  isReady(push: number, group: number, p: number, compute: (push: number) => void): boolean {
    if (push > this.push) {
      this.push = push;
      this.state.fill(State.Missing);
    }
    if (this.state[group] === State.Ready) return true;
    this.waiting[group].push(p);
    if (this.state[group] === State.Missing) {
      this.state[group] = State.Computing;
      compute(this.push);
    }
    return false;
  }

  /** The proxies that can go on now; none where a newer push computes its own scope, for which they then wait. */
  onComputed(push: number, group: number): readonly number[] {
    if (push === this.push) this.state[group] = State.Ready;
    else if (this.state[group] === State.Computing) return [];
    const waiting = this.waiting[group];
    this.waiting[group] = [];
    return waiting;
  }
}
