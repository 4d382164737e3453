/**
 * Addressable randomness. A draw is a hash of where it is used: (root key, trial, entity, purpose,
 * ordinal). There is no state to advance, so a strategy that draws more or less than another still
 * shares every draw that both make: common random numbers hold by construction.
 */
import seedrandom from 'seedrandom';

export interface RootKey {
  readonly a: number;
  readonly b: number;
}

export function newRootKey(seed: string): RootKey {
  const generator = seedrandom(seed);
  return { a: generator.int32() >>> 0, b: generator.int32() >>> 0 };
}

/** A bijection of 32 bits with near-ideal avalanche (Wellons, "lowbias32", 2018). */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}

// Odd constants of Weyl sequences (the golden ratio and its kin): they keep the lanes apart.
const LANE_A = 0x9e3779b9;
const LANE_B = 0x85ebca6b;
const LANE_C = 0xc2b2ae35;

/** The draws of one trial. Trial, entity, purpose and ordinal are integers taken modulo 2^32. */
export class Draws {
  private readonly keyA: number;
  private readonly keyB: number;

  constructor(root: RootKey, trial: number) {
    const a = mix(root.a + Math.imul(trial, LANE_A));
    const b = mix((root.b ^ a) + LANE_B);
    this.keyA = mix(a + b);
    this.keyB = mix((b ^ this.keyA) + LANE_C);
  }

  /**
   * A uniform variate strictly inside (0,1), with 52 random bits and symmetric about 1/2.
   * Two lanes of 32 bits: (entity, purpose) maps to them one to one, the ordinal is absorbed into the
   * first, and a last exchange makes every output bit depend on every input bit.
   */
  uniform(entity: number, purpose: number, ordinal: number): number {
    let a = mix(this.keyA + Math.imul(entity, LANE_A));
    let b = mix((this.keyB ^ a) + Math.imul(purpose, LANE_B));
    a = mix((a ^ b) + Math.imul(ordinal, LANE_C));
    b = mix(b + a);
    a = mix(a ^ (b + LANE_A));
    return ((a >>> 6) * 0x4000000 + (b >>> 6) + 0.5) / 0x10000000000000;
  }
}

/** Successive draws of one entity for one purpose, where the caller has no ordinal of its own. */
export class UniformStream {
  private ordinal = 0;

  constructor(
    private readonly draws: Draws,
    private readonly entity: number,
    private readonly purpose: number,
  ) {}

  next(): number {
    return this.draws.uniform(this.entity, this.purpose, this.ordinal++);
  }
}
