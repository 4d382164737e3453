/** One line on a terminal that says how far the work is; nothing elsewhere. */
import { formatDuration } from './report/numbers.js';

const REDRAW_MS = 100;
const CLEAR_LINE = '\r\u001b[2K';

export class Progress {
  private readonly startedMs = performance.now();
  private drawnMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly unit: string,
    private readonly total: number,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {}

  update(done: number): void {
    const nowMs = performance.now();
    if (!this.stream.isTTY || nowMs - this.drawnMs < REDRAW_MS) return;
    this.drawnMs = nowMs;
    this.stream.write(`${CLEAR_LINE}${this.line(done, nowMs - this.startedMs)}`);
  }

  /** Leaves the line as if nothing had been on it. */
  clear(): void {
    if (this.stream.isTTY) this.stream.write(CLEAR_LINE);
  }

  private line(done: number, elapsedMs: number): string {
    const share = `${done}/${this.total} ${this.unit} (${Math.floor((100 * done) / this.total)} %)`;
    if (done === 0) return share;
    const leftMs = (elapsedMs / done) * (this.total - done);
    return `${share}, about ${formatDuration(Math.ceil(leftMs / 1000) * 1000)} left`;
  }
}
