/** Many first-in-first-out queues of integers over one pool of cells, so that a queue per proxy costs one number. */
export class Fifos {
  /** The last cell of each queue, or −1 where it is empty; the cell after the last is the first. */
  private readonly last: Int32Array;
  private value = new Int32Array(1024);
  private next = new Int32Array(1024);
  private free = -1;
  private used = 0;

  constructor(queues: number) {
    this.last = new Int32Array(queues).fill(-1);
  }

  isEmpty(queue: number): boolean {
    return this.last[queue] < 0;
  }

  push(queue: number, value: number): void {
    const cell = this.newCell();
    const last = this.last[queue];
    this.value[cell] = value;
    if (last < 0) this.next[cell] = cell;
    else {
      this.next[cell] = this.next[last];
      this.next[last] = cell;
    }
    this.last[queue] = cell;
  }

  /** The first value; the queue must not be empty. */
  shift(queue: number): number {
    const last = this.last[queue];
    const cell = this.next[last];
    if (cell === last) this.last[queue] = -1;
    else this.next[last] = this.next[cell];
    this.next[cell] = this.free;
    this.free = cell;
    return this.value[cell];
  }

  clear(queue: number): void {
    while (!this.isEmpty(queue)) this.shift(queue);
  }

  private newCell(): number {
    if (this.free >= 0) {
      const cell = this.free;
      this.free = this.next[cell];
      return cell;
    }
    if (this.used === this.value.length) {
      this.value = grown(this.value);
      this.next = grown(this.next);
    }
    return this.used++;
  }
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
