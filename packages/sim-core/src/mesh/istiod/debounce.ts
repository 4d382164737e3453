/**
 * The debounce of one istiod, one for all kinds (istiod.md 2): a push starts when it has been quiet for `after`, or when
 * `max` has passed since the first event, which is checked only when a timer fires or a push has been prepared.
 */
import { msToNs } from '../../kernel/time.js';
import type { Debounce as Settings } from '../../scenario/types.js';
import { TraceKind } from '../../trace/events.js';
import { drawNs, EventKind, PRIORITY, Purpose, type RunContext } from '../context.js';
import { InternedSets } from '../interned-sets.js';

/** A merged request of a batch. */
export interface Batch {
  /** Set of changes, see MeshModel.changes. */
  changes: number;
  events: number;
}

export class Debounce {
  private readonly afterNs: number;
  private readonly maxNs: number;
  private free = true;
  private start = 0;
  private last = 0;
  private batch: Batch | undefined;
  /** Only the timer set last counts. */
  private timer = 0;

  constructor(
    private readonly ctx: RunContext,
    private readonly replica: number,
    settings: Settings,
    private readonly push: (batch: Batch) => void,
  ) {
    this.afterNs = msToNs(settings.afterMs);
    this.maxNs = msToNs(settings.maxMs);
  }

  onEvent(changes: number): void {
    const { ctx } = this;
    this.last = ctx.now;
    if (this.batch === undefined) {
      this.batch = { changes: InternedSets.EMPTY, events: 0 };
      this.start = ctx.now;
      this.setTimer(ctx.now + this.afterNs);
      ctx.sink.emit(TraceKind.DebounceStarted, ctx.now, -1, this.replica, 0, 0);
    }
    this.batch.changes = ctx.model.changes.sets.union(this.batch.changes, changes);
    this.batch.events++;
  }

  /** A tick while a push is being prepared is lost; the end of that preparation tries again. */
  onTimer(timer: number): void {
    if (timer === this.timer && this.free) this.tryPush();
  }

  /** The push context is ready and every connection is queued. */
  onFree(): void {
    this.free = true;
    this.tryPush();
  }

  /** At the first write a batch may be open: who watches from then on has to know. */
  tellStart(): void {
    const { ctx } = this;
    if (this.batch !== undefined) ctx.sink.emit(TraceKind.DebounceStarted, ctx.now, -1, this.replica, 0, 0);
  }

  /** The process is gone; what starts in its place knows nothing. */
  reset(): void {
    this.timer++;
    this.batch = undefined;
    this.free = true;
  }

  private tryPush(): void {
    const { ctx, batch } = this;
    const quiet = ctx.now - this.last;
    if (ctx.now - this.start < this.maxNs && quiet < this.afterNs) {
      this.setTimer(this.last + this.afterNs);
      return;
    }
    if (batch === undefined) return;
    this.free = false;
    this.batch = undefined;
    this.push(batch);
  }

  private setTimer(dueNs: number): void {
    const { ctx } = this;
    this.timer++;
    const late = drawNs(ctx, ctx.delays.timerLateMs, this.replica, Purpose.TimerLate, this.timer);
    ctx.queue.push(dueNs + late, PRIORITY, EventKind.DebounceTimer, this.replica, this.timer);
  }
}
