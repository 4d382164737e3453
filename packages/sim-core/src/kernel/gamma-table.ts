/**
 * Gamma variates at the cost of a table look-up. Solving for a quantile takes microseconds; but log x as
 * a function of the normal quantile z is nearly straight, so a cubic through exact values and exact
 * slopes stays within about 1e-8 of the solution.
 */
import { exp } from './exp-log.js';
import { gammaQ, logGammaQuantile, POWER_LAW_BELOW, poissonDensity } from './incomplete-gamma.js';
import { normalQuantile } from './normal-quantile.js';

const Z_MAX = 8.25; // beyond the last uniform that 52 bits can express
const CELLS_PER_UNIT = 32;
const CELLS = 2 * Z_MAX * CELLS_PER_UNIT;
const SQRT_2PI = 2.5066282746310007;

/** Tables are pure functions of the shape, so sharing them between samplers cannot change a result. */
const tables = new Map<number, Float64Array>();

/** The quantile function of a gamma distribution of this shape and unit scale, 0 < u < 1. */
export function newGammaTable(shape: number): (u: number) => number {
  let nodes = tables.get(shape);
  if (nodes === undefined) {
    nodes = tabulate(shape);
    tables.set(shape, nodes);
  }
  const table = nodes;
  return (u) => exp(interpolate(table, normalQuantile(u)));
}

/** Pairs (log x, its slope per cell) at equal steps of z. */
function tabulate(shape: number): Float64Array {
  const nodes = new Float64Array(2 * (CELLS + 1));
  for (let i = 0; i <= CELLS; i++) {
    const z = i / CELLS_PER_UNIT - Z_MAX;
    const tail = 0.5 * gammaQ(0.5, 0.5 * z * z);
    const logX = logGammaQuantile(tail, z > 0, shape);
    // Under the power law the density of log x is shape * P, also where x itself underflows.
    const density = shape * (logX < POWER_LAW_BELOW ? tail : poissonDensity(shape, exp(logX)));
    nodes[2 * i] = logX;
    nodes[2 * i + 1] = exp(-0.5 * z * z) / (SQRT_2PI * density * CELLS_PER_UNIT);
  }
  return nodes;
}

/** Cubic Hermite interpolation. */
function interpolate(nodes: Float64Array, z: number): number {
  const position = Math.min(CELLS, Math.max(0, (z + Z_MAX) * CELLS_PER_UNIT));
  const cell = Math.min(CELLS - 1, Math.floor(position));
  const t = position - cell;
  const left = nodes[2 * cell];
  const rise = nodes[2 * cell + 2] - left;
  const slope = nodes[2 * cell + 1];
  const bend = 3 * rise - 2 * slope - nodes[2 * cell + 3];
  const twist = slope + nodes[2 * cell + 3] - 2 * rise;
  return left + t * (slope + t * (bend + t * twist));
}
