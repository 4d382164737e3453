/** A kernel of closures in a binary heap of objects: the usual design, kept as a yardstick. */
interface Entry {
  readonly time: number;
  readonly order: number;
  readonly fn: () => void;
}

const PRIORITY_STEP = 0x200000000000;

export class ClosureKernel {
  now = 0;
  private readonly heap: Entry[] = [];
  private sequence = 0;

  schedule(delay: number, priority: number, fn: () => void): void {
    const entry = { time: this.now + delay, order: priority * PRIORITY_STEP + this.sequence++, fn };
    const { heap } = this;
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (isBefore(heap[parent], entry)) break;
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = entry;
  }

  run(events: number): void {
    for (let n = 0; n < events; n++) {
      const first = this.heap[0];
      this.removeFirst();
      this.now = first.time;
      first.fn();
    }
  }

  private removeFirst(): void {
    const { heap } = this;
    const entry = heap.pop() as Entry;
    const size = heap.length;
    if (size === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      if (child + 1 < size && isBefore(heap[child + 1], heap[child])) child++;
      if (isBefore(entry, heap[child])) break;
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = entry;
  }
}

function isBefore(x: Entry, y: Entry): boolean {
  return x.time < y.time || (x.time === y.time && x.order < y.order);
}
