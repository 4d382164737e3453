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
   * Whether a proxy of the group can go on.
   * @param push a newer one than all before starts from scratch; an older one, overtaken, shares the newest's scope
   */
  isReady(push: number, group: number): boolean {
    if (push > this.push) {
      this.push = push;
      this.state.fill(State.Missing);
    }
    return this.state[group] === State.Ready;
  }

  /**
   * A proxy waits for the scope of its group.
   * @returns the push that it has to compute the scope for; −1: another does so already
   */
  wait(group: number, p: number): number {
    this.waiting[group].push(p);
    if (this.state[group] !== State.Missing) return -1;
    this.state[group] = State.Computing;
    return this.push;
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
