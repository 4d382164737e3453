/**
 * Tables of one kind, routes or listeners, at every proxy: the one that it acts on, and the one that its workers are
 * still taking over. The proxy acts on a table when all of its workers do.
 */
export class LoadedTables {
  /** proxy → table that it acts on. */
  readonly acting: Int32Array;
  /** proxy → table that is being applied; the same when nothing is. */
  readonly target: Int32Array;
  private readonly ofWorker: Int32Array;

  /** @param initial proxy → table before the rollout */
  constructor(
    initial: Int32Array,
    private readonly workers: number,
  ) {
    this.acting = initial;
    this.target = initial.slice();
    this.ofWorker = new Int32Array(initial.length * workers);
    initial.forEach((table, p) => {
      this.ofWorker.fill(table, p * workers, (p + 1) * workers);
    });
  }

  onWorker(p: number, worker: number, table: number): void {
    this.ofWorker[p * this.workers + worker] = table;
  }

  isHalfApplied(p: number): boolean {
    return this.acting[p] !== this.target[p];
  }

  /** Half applied no longer: every worker has it. */
  isDone(p: number): boolean {
    if (!this.isHalfApplied(p)) return false;
    for (let w = 0; w < this.workers; w++) if (this.ofWorker[p * this.workers + w] !== this.target[p]) return false;
    return true;
  }
}
