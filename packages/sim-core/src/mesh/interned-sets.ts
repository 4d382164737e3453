/**
 * Sets of small integers by identity: equal sets have equal ids, so that a proxy's subscriptions are one number and a
 * hundred thousand proxies with the same ones share it. Operations are remembered.
 */
import { TupleIds } from '../kernel/tuple-ids.js';

export class InternedSets {
  static readonly EMPTY = 0;

  private readonly sets: (readonly number[])[] = [[]];
  private readonly byKey = new Map<string, number>([['', 0]]);
  private readonly singles: number[] = [];
  /** Pairs of sets, and by their number what has been made of them. */
  private readonly unionPairs = new TupleIds();
  private readonly unions: number[] = [];
  private readonly differencePairs = new TupleIds();
  private readonly differences: number[] = [];

  members(id: number): readonly number[] {
    return this.sets[id];
  }

  size(id: number): number {
    return this.sets[id].length;
  }

  has(id: number, element: number): boolean {
    return this.sets[id].includes(element);
  }

  of(elements: Iterable<number>): number {
    const sorted = [...new Set(elements)].sort((a, b) => a - b);
    const key = sorted.join(',');
    let id = this.byKey.get(key);
    if (id === undefined) {
      id = this.sets.length;
      this.sets.push(sorted);
      this.byKey.set(key, id);
    }
    return id;
  }

  single(element: number): number {
    this.singles[element] ??= this.of([element]);
    return this.singles[element];
  }

  union(a: number, b: number): number {
    if (a === b || b === 0) return a;
    if (a === 0) return b;
    const pair = this.unionPairs.of(a, b);
    if (pair === this.unions.length) this.unions.push(this.of([...this.sets[a], ...this.sets[b]]));
    return this.unions[pair];
  }

  difference(a: number, b: number): number {
    if (a === b) return InternedSets.EMPTY;
    if (a === 0 || b === 0) return a;
    const pair = this.differencePairs.of(a, b);
    if (pair === this.differences.length) this.differences.push(this.newDifference(a, b));
    return this.differences[pair];
  }

  private newDifference(a: number, b: number): number {
    const without = new Set(this.sets[b]);
    return this.of(this.sets[a].filter((element) => !without.has(element)));
  }
}
