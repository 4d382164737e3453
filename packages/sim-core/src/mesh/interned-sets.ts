/**
 * Sets of small integers by identity: equal sets have equal ids, so that a proxy's subscriptions are one number and a
 * hundred thousand proxies with the same ones share it. Operations are remembered.
 */
export class InternedSets {
  static readonly EMPTY = 0;

  private readonly sets: (readonly number[])[] = [[]];
  private readonly byKey = new Map<string, number>([['', 0]]);
  private readonly unions = new Map<number, number>();
  private readonly differences = new Map<number, number>();

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

  union(a: number, b: number): number {
    if (a === b || b === 0) return a;
    if (a === 0) return b;
    const key = pairKey(a, b);
    let id = this.unions.get(key);
    if (id === undefined) {
      id = this.of([...this.sets[a], ...this.sets[b]]);
      this.unions.set(key, id);
    }
    return id;
  }

  difference(a: number, b: number): number {
    if (a === b) return InternedSets.EMPTY;
    if (a === 0 || b === 0) return a;
    const key = pairKey(a, b);
    let id = this.differences.get(key);
    if (id === undefined) {
      const without = new Set(this.sets[b]);
      id = this.of(this.sets[a].filter((element) => !without.has(element)));
      this.differences.set(key, id);
    }
    return id;
  }
}

function pairKey(a: number, b: number): number {
  return a * 0x4000000 + b;
}
