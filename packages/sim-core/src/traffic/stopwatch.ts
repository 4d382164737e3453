/** Adds up the time in which a condition holds. */
export class Stopwatch {
  private sinceNs: number | undefined;
  private totalNs = 0;

  get isRunning(): boolean {
    return this.sinceNs !== undefined;
  }

  set(holds: boolean, timeNs: number): void {
    if (holds) this.sinceNs ??= timeNs;
    else if (this.sinceNs !== undefined) {
      this.totalNs += timeNs - this.sinceNs;
      this.sinceNs = undefined;
    }
  }

  stop(timeNs: number): number {
    this.set(false, timeNs);
    return this.totalNs;
  }
}
