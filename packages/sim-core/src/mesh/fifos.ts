/** Many first-in-first-out queues of integers over one pool of cells, so that a queue per proxy costs two numbers. */
export class Fifos {
  private readonly head: Int32Array;
  private readonly tail: Int32Array;
  private value = new Int32Array(1024);
  private next = new Int32Array(1024);
  private free = -1;
  private used = 0;

  constructor(queues: number) {
    this.head = new Int32Array(queues).fill(-1);
    this.tail = new Int32Array(queues).fill(-1);
  }

  isEmpty(queue: number): boolean {
    return this.head[queue] < 0;
  }

  push(queue: number, value: number): void {
    const cell = this.newCell();
    this.value[cell] = value;
    this.next[cell] = -1;
    if (this.head[queue] < 0) this.head[queue] = cell;
    else this.next[this.tail[queue]] = cell;
    this.tail[queue] = cell;
  }

  /** The first value; the queue must not be empty. */
  shift(queue: number): number {
    const cell = this.head[queue];
    this.head[queue] = this.next[cell];
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
