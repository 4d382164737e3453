/**
 * Numbers for tuples of integers: equal tuples have equal numbers, counted from 0 in the order of their first use. What
 * belongs to a tuple is kept in an array under its number, and is still to be made when the number is the array's length.
 * An open hash table over typed arrays: a lookup allocates nothing.
 */
const WIDTH = 7;
const INITIAL_CAPACITY = 32;

export class TupleIds {
  private keys = new Int32Array(WIDTH * INITIAL_CAPACITY);
  /** By hash: id + 1, or 0 where nothing is; never more than half full. */
  private table = new Int32Array(2 * INITIAL_CAPACITY);
  private count = 0;

  /** Up to seven integers of 32 bits; callers of one table give the same number of them. */
  of(a: number, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0): number {
    const { keys, table } = this;
    const mask = table.length - 1;
    let at = hash(a, b, c, d, e, f, g) & mask;
    for (; table[at] !== 0; at = (at + 1) & mask) {
      const id = table[at] - 1;
      const key = id * WIDTH;
      if (
        keys[key] === a &&
        keys[key + 1] === b &&
        keys[key + 2] === c &&
        keys[key + 3] === d &&
        keys[key + 4] === e &&
        keys[key + 5] === f &&
        keys[key + 6] === g
      ) {
        return id;
      }
    }
    table[at] = this.count + 1;
    keys.set([a, b, c, d, e, f, g], this.count * WIDTH);
    this.count++;
    if (2 * this.count === table.length) this.grow();
    return this.count - 1;
  }

  private grow(): void {
    const { keys } = this;
    const mask = 2 * this.table.length - 1;
    this.keys = new Int32Array(2 * keys.length);
    this.keys.set(keys);
    this.table = new Int32Array(mask + 1);
    for (let id = 0; id < this.count; id++) {
      const [a, b, c, d, e, f, g] = keys.subarray(id * WIDTH, (id + 1) * WIDTH);
      let at = hash(a, b, c, d, e, f, g) & mask;
      while (this.table[at] !== 0) at = (at + 1) & mask;
      this.table[at] = id + 1;
    }
  }
}

/** Multiplication by odd numbers keeps tuples apart; the shifts bring the high bits down, which the table looks at. */
function hash(a: number, b: number, c: number, d: number, e: number, f: number, g: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f);
  h ^= Math.imul(e, 0x165667b1) ^ Math.imul(f, 0xd3a2646d) ^ Math.imul(g, 0xfd7046c5);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 16);
}
