/**
 * log, exp and what follows from them, after FreeBSD's msun (fdlibm, Sun Microsystems 1993): the same
 * argument reduction and minimax coefficients, with errors below one unit in the last place.
 */

const LN2_HI = 0.6931471803691238; // 33 bits, so that k * LN2_HI is exact for every exponent k
const LN2_LO = 1.9082149292705877e-10;
const INV_LN2 = Math.LOG2E;
const SUBNORMAL_SCALE = 0x40000000000000;
const EXP_OVERFLOW = 709.782712893384;
const EXP_UNDERFLOW = -745.1332191019412;

const bits = new Float64Array(1);
const words = new Int32Array(bits.buffer);
bits[0] = 1;
const HIGH = words[1] !== 0 ? 1 : 0; // which half holds the exponent depends on the machine's byte order

/** 2^k for k in -1074..1023; a load is cheaper than assembling the bits through memory. */
const MIN_EXPONENT = -1074;
const POWERS_OF_TWO = Float64Array.from({ length: 1024 - MIN_EXPONENT }, (_, i) => {
  let power = 1;
  for (let k = MIN_EXPONENT + i; k < 0; k++) power /= 2;
  for (let k = MIN_EXPONENT + i; k > 0; k--) power *= 2;
  return power;
});

/** x * 2^k, rounded once, for k in -1075..1024. */
function scale(x: number, k: number): number {
  if (k > 1023) return x * 2 * POWERS_OF_TWO[k - 1 - MIN_EXPONENT];
  if (k < MIN_EXPONENT) return (x / 2) * POWERS_OF_TWO[0];
  return x * POWERS_OF_TWO[k - MIN_EXPONENT];
}

/** Sets `mantissa` in [sqrt(1/2), sqrt(2)) and returns k with x = mantissa * 2^k; x is positive and finite. */
let mantissa = 0;
function splitExponent(x: number): number {
  let k = 0;
  if (x < 2.2250738585072014e-308) {
    x *= SUBNORMAL_SCALE;
    k = -54;
  }
  bits[0] = x;
  const high = words[HIGH];
  const fraction = high & 0xfffff;
  const aboveSqrt2 = (fraction + 0x95f64) & 0x100000;
  words[HIGH] = fraction | (aboveSqrt2 ^ 0x3ff00000);
  mantissa = bits[0];
  return k + (high >> 20) - 1023 + (aboveSqrt2 >> 20);
}

/** log((1+s)/(1-s)) = 2s + s * R(s^2) for |s| < 0.1716. */
function logSeries(s: number): number {
  const z = s * s;
  const w = z * z;
  const odd = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const even = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  return odd + even;
}

export function log(x: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x === Infinity ? x : NaN;
  const k = splitExponent(x);
  const f = mantissa - 1;
  const s = f / (2 + f);
  const halfSquare = 0.5 * f * f;
  return k * LN2_HI - (halfSquare - (s * (halfSquare + logSeries(s)) + k * LN2_LO) - f);
}

export function log1p(x: number): number {
  const u = 1 + x;
  if (u === 1 || x === Infinity) return x;
  if (u <= 0) return u === 0 ? -Infinity : NaN;
  // What rounding took from 1 + x comes back through the derivative.
  return log(u) - (u - 1 - x) / u;
}

/** e^r - 1 for r = hi - lo, |r| <= ln(2)/2. */
function expm1Reduced(hi: number, lo: number): number {
  const r = hi - lo;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t * (0.00006613756321437934 + t * (-0.0000016533902205465252 + t * 4.1381367970572385e-8))));
  return hi - (lo - (r * c) / (2 - c));
}

export function exp(x: number): number {
  if (!(x <= EXP_OVERFLOW)) return x > EXP_OVERFLOW ? Infinity : NaN;
  if (x < EXP_UNDERFLOW) return 0;
  const k = Math.floor(x * INV_LN2 + 0.5);
  return scale(1 + expm1Reduced(x - k * LN2_HI, k * LN2_LO), k);
}

export function expm1(x: number): number {
  if (x === 0 || Number.isNaN(x)) return x; // keeps the sign of -0
  if (x < -38) return -1;
  const k = Math.floor(x * INV_LN2 + 0.5);
  if (k > 53) return exp(x);
  const reduced = expm1Reduced(x - k * LN2_HI, k * LN2_LO);
  return k === 0 ? reduced : scale(reduced + (1 - scale(1, -k)), k);
}

/** The part of a * b that rounding loses (Dekker 1971); 2^27 + 1 splits a double in two halves. */
function productError(a: number, b: number, product: number): number {
  const ca = 134217729 * a;
  const ah = ca - (ca - a);
  const al = a - ah;
  const cb = 134217729 * b;
  const bh = cb - (cb - b);
  const bl = b - bh;
  return al * bl - (product - ah * bh - al * bh - ah * bl);
}

/**
 * x^y for x >= 0 (a negative base is NaN unless y is an integer). The logarithm is carried in two
 * doubles, since its error is multiplied by y before exp sees it.
 */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  if (x < 0) {
    if (Math.floor(y) !== y) return NaN;
    const magnitude = pow(-x, y);
    return Math.abs(y % 2) === 1 ? -magnitude : magnitude;
  }
  if (x === 0 || x === Infinity) return (x === 0) === y > 0 ? 0 : Infinity;
  if (y === Infinity || y === -Infinity) return x > 1 === y > 0 ? Infinity : 0;

  const k = splitExponent(x);
  const m = mantissa;
  // s = (m-1)/(m+1) to two doubles. m - 1 is exact; m + 1 is not.
  const f = m - 1;
  const g = m + 1;
  const gLow = m - (g - 1);
  const s = f / g;
  const sg = s * g;
  const sLow = (f - sg - productError(s, g, sg) - s * gLow) / g;

  // k * LN2_HI is exact and, unless zero, greater than 2s: quick two-sum.
  const big = k * LN2_HI;
  const sum = big + 2 * s;
  const sumLow = big === 0 ? 0 : 2 * s - (sum - big);
  const tail = sumLow + (2 * sLow + s * logSeries(s) + k * LN2_LO);
  const high = sum + tail;
  const low = tail - (high - sum);

  const product = y * high;
  if (product > 710) return Infinity;
  if (product < -746) return 0;
  const correction = productError(y, high, product) + y * low;
  const power = exp(product);
  return power === Infinity ? power : power + power * correction;
}
