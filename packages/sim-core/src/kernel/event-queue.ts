/**
 * The pending events of a run, ordered by (time, priority, order of insertion).
 *
 * A 4-ary heap over typed arrays; nothing is allocated per event. Three choices make it fast:
 * - The least of four children is found by arithmetic, not by branches that a CPU cannot predict.
 * - The heap moves keys and a slot number; what the event carries stays in its slot.
 * - pop() leaves a hole at the root, and a push that follows fills it: nearly every event of a simulation
 *   schedules another, and the pair then costs one descent.
 */

const PRIORITY_STEP = 0x200000000000; // 2^45: 256 priorities above 45 bits of sequence, exact in a double
const INITIAL_CAPACITY = 64;
const PAYLOAD = 3; // doubles per slot: kind, a, b

export class EventQueue {
  /** The event last popped. */
  time = 0;
  priority = 0;
  kind = 0;
  a = 0;
  b = 0;

  /** Per entry (time, priority and sequence); Infinity past the end, so that no node lacks a child. */
  private keys = newKeys(INITIAL_CAPACITY);
  /** Per entry its slot; past the end, the free slots. Always a permutation. */
  private slots = newSlots(INITIAL_CAPACITY);
  private payload = new Float64Array(PAYLOAD * INITIAL_CAPACITY);
  /** Entries, the hole included. */
  private count = 0;
  private hasHole = false;
  private sequence = 0;

  get size(): number {
    return this.hasHole ? this.count - 1 : this.count;
  }

  /** Schedules an event. Priority 0..255, lowest first; kind, a and b are any numbers, kept as they are. */
  push(timeNs: number, priority: number, kind: number, a: number, b: number): void {
    // A time that compares with nothing would disorder the heap without a sign.
    if (Number.isNaN(timeNs)) throw new RangeError('event queue: time is NaN');
    const order = priority * PRIORITY_STEP + this.sequence++;
    if (this.hasHole) {
      this.hasHole = false;
      const slot = this.slots[0];
      this.fill(slot, kind, a, b);
      this.siftDown(timeNs, order, slot);
      return;
    }
    if (this.count === this.slots.length) this.grow();
    const slot = this.slots[this.count];
    this.fill(slot, kind, a, b);
    this.siftUp(this.count++, timeNs, order, slot);
  }

  /** Takes the earliest event into the fields; false if there is none. */
  pop(): boolean {
    if (this.hasHole) this.closeHole();
    if (this.count === 0) return false;
    const at = this.slots[0] * PAYLOAD;
    this.time = this.keys[0];
    this.priority = Math.floor(this.keys[1] / PRIORITY_STEP);
    this.kind = this.payload[at];
    this.a = this.payload[at + 1];
    this.b = this.payload[at + 2];
    this.hasHole = true;
    return true;
  }

  /** The time of the earliest event, Infinity if there is none. */
  peekTime(): number {
    const keys = this.keys;
    if (!this.hasHole) return keys[0];
    // Beneath the hole the earliest is one of four; closing it here would cost the next push its short way.
    return Math.min(keys[2], keys[4], keys[6], keys[8]);
  }

  /** Forgets all events. The sequence starts again, so that a reused queue behaves as a new one. */
  clear(): void {
    this.keys.fill(Infinity, 0, 2 * this.count);
    this.count = 0;
    this.hasHole = false;
    this.sequence = 0;
  }

  private fill(slot: number, kind: number, a: number, b: number): void {
    const at = slot * PAYLOAD;
    this.payload[at] = kind;
    this.payload[at + 1] = a;
    this.payload[at + 2] = b;
  }

  /** Moves the last entry into the hole. */
  private closeHole(): void {
    this.hasHole = false;
    const { keys, slots } = this;
    const last = --this.count;
    const freed = slots[0];
    const time = keys[2 * last];
    const order = keys[2 * last + 1];
    const slot = slots[last];
    keys[2 * last] = Infinity;
    keys[2 * last + 1] = Infinity;
    slots[last] = freed;
    if (last > 0) this.siftDown(time, order, slot);
  }

  private siftUp(entry: number, time: number, order: number, slot: number): void {
    const { keys, slots } = this;
    while (entry > 0) {
      const parent = (entry - 1) >> 2;
      const parentTime = keys[2 * parent];
      const parentOrder = keys[2 * parent + 1];
      if (parentTime < time || (parentTime === time && parentOrder < order)) break;
      keys[2 * entry] = parentTime;
      keys[2 * entry + 1] = parentOrder;
      slots[entry] = slots[parent];
      entry = parent;
    }
    keys[2 * entry] = time;
    keys[2 * entry + 1] = order;
    slots[entry] = slot;
  }

  /** Places an entry at the root and lets it sink. */
  private siftDown(time: number, order: number, slot: number): void {
    const { keys, slots, count } = this;
    let entry = 0;
    for (;;) {
      const child = 4 * entry + 1;
      if (child >= count) break;
      const k = 2 * child;
      const left = child + isBefore(keys[k + 2], keys[k + 3], keys[k], keys[k + 1]);
      const right = child + 2 + isBefore(keys[k + 6], keys[k + 7], keys[k + 4], keys[k + 5]);
      const rightWins = isBefore(keys[2 * right], keys[2 * right + 1], keys[2 * left], keys[2 * left + 1]);
      const least = left + (right - left) * rightWins;
      const leastTime = keys[2 * least];
      const leastOrder = keys[2 * least + 1];
      if (time < leastTime || (time === leastTime && order < leastOrder)) break;
      keys[2 * entry] = leastTime;
      keys[2 * entry + 1] = leastOrder;
      slots[entry] = slots[least];
      entry = least;
    }
    keys[2 * entry] = time;
    keys[2 * entry + 1] = order;
    slots[entry] = slot;
  }

  private grow(): void {
    const capacity = 2 * this.slots.length;
    const { keys, slots, payload } = this;
    this.keys = newKeys(capacity);
    this.keys.set(keys.subarray(0, 2 * this.count));
    this.slots = newSlots(capacity);
    this.slots.set(slots);
    this.payload = new Float64Array(PAYLOAD * capacity);
    this.payload.set(payload);
  }
}

/** 1 if the first key precedes the second, else 0, without a branch. */
function isBefore(time: number, order: number, otherTime: number, otherOrder: number): number {
  return +(time < otherTime) | (+(time === otherTime) & +(order < otherOrder));
}

/** Four entries more than the capacity: the children of the last entry that has any. */
function newKeys(capacity: number): Float64Array {
  return new Float64Array(2 * (capacity + 4)).fill(Infinity);
}

function newSlots(capacity: number): Int32Array {
  return Int32Array.from({ length: capacity }, (_, i) => i);
}
