/**
 * Sidecar scope and gateway state, computed once per proxy kind and push context: the first proxy pays, the others wait
 * for it (istiod.md 3.4).
 */
const State = { Missing: 0, Computing: 1, Ready: 2 } as const;

export class Scopes {
  private readonly state: [number, number] = [State.Missing, State.Missing];
  private readonly waiting: [number[], number[]] = [[], []];
  private push = -1;

  /**
   * Whether a proxy can go on; otherwise it waits, and `compute` has been called if nobody computes the scope yet.
   * @param push a newer one than all before starts from scratch; an older one, overtaken, shares the newest's scope
   * @param compute told the push that the scope belongs to
   */
  isReady(push: number, kind: 0 | 1, p: number, compute: (push: number) => void): boolean {
    if (push > this.push) {
      this.push = push;
      this.state.fill(State.Missing);
    }
    if (this.state[kind] === State.Ready) return true;
    this.waiting[kind].push(p);
    if (this.state[kind] === State.Missing) {
      this.state[kind] = State.Computing;
      compute(this.push);
    }
    return false;
  }

  /** The proxies that can go on now; none where a newer push computes its own scope, for which they then wait. */
  onComputed(push: number, kind: 0 | 1): readonly number[] {
    if (push === this.push) this.state[kind] = State.Ready;
    else if (this.state[kind] === State.Computing) return [];
    const waiting = this.waiting[kind];
    this.waiting[kind] = [];
    return waiting;
  }
}
