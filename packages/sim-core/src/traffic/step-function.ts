const NS_PER_SECOND = 1e9;
const FIRST_CAPACITY = 64;

/**
 * A rate per second that is constant between steps, and the largest integral over any window of a given length. Only the
 * steps within such a window of the last one are kept.
 */
export class StepFunction {
  /** Steps in a ring by number modulo its length, a power of two; of each its moment, its rate, the integral before it. */
  private atNs = new Float64Array(FIRST_CAPACITY);
  private rates = new Float64Array(FIRST_CAPACITY);
  private integrals = new Float64Array(FIRST_CAPACITY);
  private count = 0;
  /** The last step that is a window or more before the last of all; −1: none. */
  private behind = -1;
  /** The first step whose own window is still open. */
  private open = 0;
  private best = 0;

  constructor(private readonly windowNs: number) {}

  set(timeNs: number, rate: number): void {
    const last = (this.count - 1) & (this.atNs.length - 1);
    if (this.count > 0 && this.atNs[last] === timeNs) this.rates[last] = rate;
    else if (this.current !== rate) this.add(timeNs, rate);
  }

  /** The rate since the last step. */
  get current(): number {
    return this.count === 0 ? 0 : this.rates[(this.count - 1) & (this.atNs.length - 1)];
  }

  /** So far: a maximum starts or ends at a step. Of use once the rate has come to zero for good. */
  get peak(): number {
    let best = this.best;
    for (let i = this.open; i < this.count; i++) best = Math.max(best, this.windowFrom(i, this.count - 1));
    return best;
  }

  private add(timeNs: number, rate: number): void {
    const i = this.count;
    for (; this.open < i && this.atOf(this.open) + this.windowNs < timeNs; this.open++) {
      this.best = Math.max(this.best, this.windowFrom(this.open, i - 1));
    }
    const integral = i === 0 ? 0 : this.upTo(timeNs, i - 1);
    const startNs = timeNs - this.windowNs;
    while (this.behind + 1 < i && this.atOf(this.behind + 1) <= startNs) this.behind++;
    this.best = Math.max(this.best, integral - (this.behind < 0 ? 0 : this.upTo(startNs, this.behind)));
    if (i - Math.max(0, this.behind) === this.atNs.length) this.grow();
    const at = i & (this.atNs.length - 1);
    this.atNs[at] = timeNs;
    this.rates[at] = rate;
    this.integrals[at] = integral;
    this.count++;
  }

  /** The integral over the window that begins with a step, `last` being the last step in it. */
  private windowFrom(step: number, last: number): number {
    const integral = this.integrals[step & (this.atNs.length - 1)];
    return this.upTo(this.atOf(step) + this.windowNs, last) - integral;
  }

  private upTo(timeNs: number, step: number): number {
    const at = step & (this.atNs.length - 1);
    return this.integrals[at] + (this.rates[at] * (timeNs - this.atNs[at])) / NS_PER_SECOND;
  }

  private atOf(step: number): number {
    return this.atNs[step & (this.atNs.length - 1)];
  }

  private grow(): void {
    const { atNs, rates, integrals } = this;
    const mask = atNs.length - 1;
    this.atNs = new Float64Array(2 * atNs.length);
    this.rates = new Float64Array(2 * atNs.length);
    this.integrals = new Float64Array(2 * atNs.length);
    for (let i = Math.max(0, this.count - atNs.length); i < this.count; i++) {
      const to = i & (2 * mask + 1);
      this.atNs[to] = atNs[i & mask];
      this.rates[to] = rates[i & mask];
      this.integrals[to] = integrals[i & mask];
    }
  }
}
