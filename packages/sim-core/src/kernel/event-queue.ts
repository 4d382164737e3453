/**
 * The pending events of a run, ordered by (time, priority, order of insertion).
 *
 * A 4-ary heap over typed arrays; nothing is allocated per event. Three choices make it fast:
 * - The least of four children is found by arithmetic, not by branches that a CPU cannot predict, and from
 *   six comparisons that do not wait for each other.
 * - The heap moves keys and a slot number; what the event carries stays in its slot.
 * - pop() leaves a hole at the root, and a push that follows fills it: nearly every event of a simulation
 *   schedules another, and the pair then costs one descent.
 */

const PRIORITY_STEP = 0x200000000000; // 2^45: 256 priorities above 45 bits of sequence, exact in a double
const INITIAL_CAPACITY = 64;
/** The root stands here, so that four children always begin at a multiple of four: they share a cache line. */
const ROOT = 3;
const PAYLOAD = 3; // integers per slot: kind, a, b

export class EventQueue {
  /** The event last popped. */
  time = 0;
  kind = 0;
  a = 0;
  b = 0;

  /** Per entry its time; Infinity past the end, so that no node lacks a child. */
  private times = newKeys(INITIAL_CAPACITY);
  /** Per entry its slot; past the end, the free slots. Always a permutation. */
  private slots = newSlots(INITIAL_CAPACITY);
  /** Per slot its priority and sequence, which settle equal times; Infinity where it is free. */
  private orders = newKeys(INITIAL_CAPACITY);
  private payload = new Int32Array(PAYLOAD * INITIAL_CAPACITY);
  /** Entries, the hole included. */
  private count = 0;
  private hasHole = false;
  private sequence = 0;
  /** Of the event last popped. */
  private order = 0;

  /** Of the event last popped; few ask, and the division would cost every pop. */
  get priority(): number {
    return Math.floor(this.order / PRIORITY_STEP);
  }

  get size(): number {
    return this.hasHole ? this.count - 1 : this.count;
  }

  /** Schedules an event. Priority 0..255, lowest first; kind, a and b are integers of 32 bits. */
  push(timeNs: number, priority: number, kind: number, a: number, b: number): void {
    // A time that compares with nothing would disorder the heap without a sign.
    if (Number.isNaN(timeNs)) throw new RangeError('event queue: time is NaN');
    const order = priority * PRIORITY_STEP + this.sequence++;
    if (this.hasHole) {
      this.hasHole = false;
      const slot = this.slots[ROOT];
      this.fill(slot, order, kind, a, b);
      this.siftDown(timeNs, slot);
      return;
    }
    if (ROOT + this.count === this.slots.length) this.grow();
    const slot = this.slots[ROOT + this.count];
    this.fill(slot, order, kind, a, b);
    this.siftUp(ROOT + this.count++, timeNs, slot);
  }

  /** Takes the earliest event into the fields; false if there is none. */
  pop(): boolean {
    if (this.hasHole) this.closeHole();
    if (this.count === 0) return false;
    const slot = this.slots[ROOT];
    const at = slot * PAYLOAD;
    this.time = this.times[ROOT];
    this.order = this.orders[slot];
    this.kind = this.payload[at];
    this.a = this.payload[at + 1];
    this.b = this.payload[at + 2];
    this.hasHole = true;
    return true;
  }

  /** The time of the earliest event, Infinity if there is none. */
  peekTime(): number {
    const times = this.times;
    if (!this.hasHole) return times[ROOT];
    // Beneath the hole the earliest is one of four; closing it here would cost the next push its short way.
    return Math.min(times[ROOT + 1], times[ROOT + 2], times[ROOT + 3], times[ROOT + 4]);
  }

  /** Forgets all events. The sequence starts again, so that a reused queue behaves as a new one. */
  clear(): void {
    this.times.fill(Infinity, 0, ROOT + this.count);
    this.orders.fill(Infinity);
    this.count = 0;
    this.hasHole = false;
    this.sequence = 0;
  }

  private fill(slot: number, order: number, kind: number, a: number, b: number): void {
    const at = slot * PAYLOAD;
    this.orders[slot] = order;
    this.payload[at] = kind;
    this.payload[at + 1] = a;
    this.payload[at + 2] = b;
  }

  /** Moves the last entry into the hole. */
  private closeHole(): void {
    this.hasHole = false;
    const { times, orders, slots } = this;
    const last = ROOT + --this.count;
    const freed = slots[ROOT];
    const time = times[last];
    const slot = slots[last];
    times[last] = Infinity;
    orders[freed] = Infinity;
    slots[last] = freed;
    if (last > ROOT) this.siftDown(time, slot);
  }

  private siftUp(entry: number, time: number, slot: number): void {
    const { times, orders, slots } = this;
    while (entry > ROOT) {
      const parent = (entry >> 2) + 2;
      if (times[parent] < time || (times[parent] === time && orders[slots[parent]] < orders[slot])) break;
      times[entry] = times[parent];
      slots[entry] = slots[parent];
      entry = parent;
    }
    times[entry] = time;
    slots[entry] = slot;
  }

  /** Places an entry at the root and lets it sink. */
  private siftDown(time: number, slot: number): void {
    const { times, orders, slots } = this;
    const end = this.count + ROOT;
    let entry = ROOT;
    let child = 4;
    while (child < end) {
      const t0 = times[child];
      const t1 = times[child + 1];
      const t2 = times[child + 2];
      const t3 = times[child + 3];
      // The winners of the pairs (0,1) and (2,3), and who would win between any two of them.
      const left = +(t1 < t0);
      const right = +(t3 < t2);
      const rightWins = +(t2 < t0) | (+(t3 < t0) << 1) | (+(t2 < t1) << 2) | (+(t3 < t1) << 3);
      let least = (child + left + ((rightWins >> (2 * left + right)) & 1) * (2 + right - left)) | 0;
      const leastTime = times[least];
      // Equal times are looked at apart: to carry the order through all six would slow the common case by a third.
      if (+(t0 <= leastTime) + +(t1 <= leastTime) + +(t2 <= leastTime) + +(t3 <= leastTime) > 1) {
        for (let other = child; other < child + 4; other++) {
          if (times[other] === leastTime && orders[slots[other]] < orders[slots[least]]) least = other;
        }
      }
      if (time < leastTime || (time === leastTime && orders[slot] < orders[slots[least]])) break;
      times[entry] = leastTime;
      slots[entry] = slots[least];
      entry = least;
      child = ((least << 2) - 8) | 0;
    }
    times[entry] = time;
    slots[entry] = slot;
  }

  private grow(): void {
    const capacity = 2 * this.slots.length;
    const { times, orders, slots, payload } = this;
    this.times = newKeys(capacity);
    this.times.set(times);
    this.orders = newKeys(capacity);
    this.orders.set(orders);
    this.slots = newSlots(capacity);
    this.slots.set(slots);
    this.payload = new Int32Array(PAYLOAD * capacity);
    this.payload.set(payload);
  }
}

/** Eight entries more than the capacity: the children of the last entry that has any. */
function newKeys(capacity: number): Float64Array {
  return new Float64Array(capacity + 8).fill(Infinity);
}

function newSlots(capacity: number): Int32Array {
  return Int32Array.from({ length: capacity }, (_, i) => i);
}
