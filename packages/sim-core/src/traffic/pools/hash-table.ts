/**
 * Consistent hashing as Envoy builds it: a ring on which every endpoint has many places, or Maglev's table, in which the
 * endpoints take turns to fill the slots. Both depend on nothing but the endpoints' names, so that a cluster that is
 * built anew with the same endpoints sends every session where it went before.
 */
import type { ClusterPolicy } from '../../manifest/traffic-policy.js';

export interface HashTable {
  /** @returns place in the list of endpoints, of a key from 0 to 2^32 − 1 */
  ownerOf(key: number): number;
}

export function isHashed({ loadBalancing }: ClusterPolicy): boolean {
  return loadBalancing === 'RING_HASH' || loadBalancing === 'MAGLEV';
}

/** Keys of sessions are numbers below this. */
export const KEYS = 0x100000000;

/** Tables by what they are made of: the same endpoints make the same table. */
export class HashTables {
  private readonly tables = new Map<string, HashTable>();

  /** @param endpoints by name, in a fixed order */
  of({ loadBalancing, hashTableSize }: ClusterPolicy, endpoints: readonly string[]): HashTable {
    const key = `${loadBalancing} ${hashTableSize} ${endpoints}`;
    let table = this.tables.get(key);
    if (table === undefined) {
      table = loadBalancing === 'MAGLEV' ? new Maglev(endpoints, hashTableSize) : new Ring(endpoints, hashTableSize);
      this.tables.set(key, table);
    }
    return table;
  }
}

class Ring implements HashTable {
  private readonly places: Float64Array;
  private readonly owners: Int32Array;

  constructor(endpoints: readonly string[], minimumSize: number) {
    const each = Math.ceil(minimumSize / Math.max(1, endpoints.length));
    const order = endpoints.flatMap((id, owner) =>
      Array.from({ length: each }, (_, copy) => ({ place: hash(`${id}_${copy}`), owner })),
    );
    order.sort((a, b) => a.place - b.place || a.owner - b.owner);
    this.places = Float64Array.from(order, ({ place }) => place);
    this.owners = Int32Array.from(order, ({ owner }) => owner);
  }

  ownerOf(key: number): number {
    const { places, owners } = this;
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places[middle] < key) low = middle + 1;
      else high = middle;
    }
    return owners[low === places.length ? 0 : low];
  }
}

class Maglev implements HashTable {
  private readonly slots: Int32Array;

  constructor(endpoints: readonly string[], size: number) {
    this.slots = new Int32Array(size).fill(-1);
    const place = endpoints.map((id) => hash(`${id}~offset`) % size);
    const skip = endpoints.map((id) => stepThrough(size, (hash(`${id}~skip`) % Math.max(1, size - 1)) + 1));
    for (let filled = 0, owner = 0; filled < size && endpoints.length > 0; filled++) {
      while (this.slots[place[owner]] >= 0) place[owner] = (place[owner] + skip[owner]) % size;
      this.slots[place[owner]] = owner;
      owner = (owner + 1) % endpoints.length;
    }
  }

  ownerOf(key: number): number {
    return this.slots[Math.floor((key / KEYS) * this.slots.length)];
  }
}

/** A step that reaches every slot; any does where the size is prime, as Envoy wants it. */
function stepThrough(size: number, step: number): number {
  let [a, b] = [size, step];
  while (b !== 0) [a, b] = [b, a % b];
  return a === 1 ? step : 1;
}

/** FNV-1a with a last exchange (Wellons, "lowbias32", 2018): 32 bits, near enough to uniform for a ring. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}
