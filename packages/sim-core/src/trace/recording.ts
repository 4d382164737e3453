/** A trace kept in memory, 25 bytes an event, so that it can be read again, from any moment, as often as needed. */
import type { TraceKind, TraceSink } from './events.js';

/** One event as the sink was told of it; what a, b and c mean is with its TraceKind. */
export interface RecordedEvent {
  readonly kind: TraceKind;
  readonly timeNs: number;
  readonly proxy: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

const FIRST_CAPACITY = 1024;
/** proxy, a, b and c of an event lie side by side. */
const NUMBERS = 4;

export class Recording implements TraceSink {
  private count = 0;
  private kinds = new Uint8Array(FIRST_CAPACITY);
  private timesNs = new Float64Array(FIRST_CAPACITY);
  private numbers = new Int32Array(FIRST_CAPACITY * NUMBERS);

  get length(): number {
    return this.count;
  }

  emit(kind: TraceKind, timeNs: number, proxy: number, a: number, b: number, c: number): void {
    const i = this.count++;
    if (i === this.kinds.length) this.grow();
    if (i > 0 && timeNs < this.timesNs[i - 1]) throw new Error(`trace runs backwards: ${timeNs} ns at event ${i}`);
    this.kinds[i] = kind;
    this.timesNs[i] = timeNs;
    const first = i * NUMBERS;
    this.numbers[first] = proxy;
    this.numbers[first + 1] = a;
    this.numbers[first + 2] = b;
    this.numbers[first + 3] = c;
  }

  at(i: number): RecordedEvent {
    if (!(i >= 0 && i < this.count)) throw new Error(`no event ${i} in a trace of ${this.count}`);
    const [proxy, a, b, c] = this.numbers.subarray(i * NUMBERS, (i + 1) * NUMBERS);
    return { kind: this.kinds[i] as TraceKind, timeNs: this.timesNs[i], proxy, a, b, c };
  }

  timeNs(i: number): number {
    return this.timesNs[i];
  }

  *[Symbol.iterator](): IterableIterator<RecordedEvent> {
    for (let i = 0; i < this.count; i++) yield this.at(i);
  }

  /** Tells a sink the events from one index up to, and without, another; nothing is allocated. */
  replay(sink: TraceSink, from = 0, to = this.count): void {
    const { kinds, timesNs, numbers } = this;
    for (let i = from; i < to; i++) {
      const n = i * NUMBERS;
      sink.emit(kinds[i] as TraceKind, timesNs[i], numbers[n], numbers[n + 1], numbers[n + 2], numbers[n + 3]);
    }
  }

  /** Index of the first event after a moment: all before it have happened by then. */
  seek(timeNs: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timesNs[middle] <= timeNs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private grow(): void {
    const { kinds, timesNs, numbers } = this;
    this.kinds = new Uint8Array(kinds.length * 2);
    this.timesNs = new Float64Array(timesNs.length * 2);
    this.numbers = new Int32Array(numbers.length * 2);
    this.kinds.set(kinds);
    this.timesNs.set(timesNs);
    this.numbers.set(numbers);
  }
}
