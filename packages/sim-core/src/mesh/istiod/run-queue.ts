/** Goroutines that are ready to run, oldest first: a ring. */
const FIRST_CAPACITY = 16;

export class RunQueue {
  length = 0;
  /** The one last taken. */
  entity = 0;
  workNs = 0;
  kind = 0;
  a = 0;
  b = 0;
  private head = 0;
  private entities = new Int32Array(FIRST_CAPACITY);
  private kinds = new Int32Array(FIRST_CAPACITY);
  private works = new Float64Array(FIRST_CAPACITY);
  private as = new Float64Array(FIRST_CAPACITY);
  private bs = new Float64Array(FIRST_CAPACITY);

  push(entity: number, workNs: number, kind: number, a: number, b: number): void {
    if (this.length === this.entities.length) this.grow();
    const at = (this.head + this.length++) % this.entities.length;
    this.entities[at] = entity;
    this.works[at] = workNs;
    this.kinds[at] = kind;
    this.as[at] = a;
    this.bs[at] = b;
  }

  /** Takes the oldest into the fields; the queue must have one. */
  take(): void {
    const { head } = this;
    this.head = (head + 1) % this.entities.length;
    this.length--;
    this.entity = this.entities[head];
    this.workNs = this.works[head];
    this.kind = this.kinds[head];
    this.a = this.as[head];
    this.b = this.bs[head];
  }

  /** Appends the oldest `count` of another queue. */
  takeFrom(other: RunQueue, count: number): void {
    for (let i = 0; i < count; i++) {
      other.take();
      this.push(other.entity, other.workNs, other.kind, other.a, other.b);
    }
  }

  clear(): void {
    this.length = 0;
  }

  private grow(): void {
    const size = this.entities.length;
    const order = Array.from({ length: size }, (_, i) => (this.head + i) % size);
    const wider = <T extends Int32Array | Float64Array>(old: T, array: T): T => {
      for (const [i, from] of order.entries()) array[i] = old[from];
      return array;
    };
    this.entities = wider(this.entities, new Int32Array(size * 2));
    this.kinds = wider(this.kinds, new Int32Array(size * 2));
    this.works = wider(this.works, new Float64Array(size * 2));
    this.as = wider(this.as, new Float64Array(size * 2));
    this.bs = wider(this.bs, new Float64Array(size * 2));
    this.head = 0;
  }
}
