const NS_PER_SECOND = 1e9;

/** A rate per second that is constant between steps. */
export class StepFunction {
  private readonly atNs: number[] = [];
  private readonly rate: number[] = [];

  set(timeNs: number, rate: number): void {
    const last = this.atNs.length - 1;
    if (last >= 0 && this.atNs[last] === timeNs) this.rate[last] = rate;
    else if (last < 0 ? rate !== 0 : this.rate[last] !== rate) {
      this.atNs.push(timeNs);
      this.rate.push(rate);
    }
  }

  /** The rate since the last step. */
  get current(): number {
    return this.rate.at(-1) ?? 0;
  }

  /** The largest integral over any window of the given length: a maximum starts or ends at a step. */
  peak(lengthNs: number): number {
    const { atNs, rate } = this;
    const integral = [0];
    for (let i = 1; i < atNs.length; i++) {
      integral.push(integral[i - 1] + (rate[i - 1] * (atNs[i] - atNs[i - 1])) / NS_PER_SECOND);
    }
    const upTo = (timeNs: number, i: number): number =>
      i < 0 ? 0 : integral[i] + (rate[i] * (timeNs - atNs[i])) / NS_PER_SECOND;
    let best = 0;
    let ahead = -1;
    let behind = -1;
    for (let i = 0; i < atNs.length; i++) {
      const end = atNs[i] + lengthNs;
      while (ahead + 1 < atNs.length && atNs[ahead + 1] <= end) ahead++;
      best = Math.max(best, upTo(end, ahead) - integral[i]);
      const start = atNs[i] - lengthNs;
      while (behind + 1 < atNs.length && atNs[behind + 1] <= start) behind++;
      best = Math.max(best, integral[i] - upTo(start, behind));
    }
    return best;
  }
}
