/**
 * Deterministic mathematics. ECMAScript leaves the last bit of Math.exp, Math.log and their kin to the
 * engine; a simulation that must give the same bytes in Node and in every browser cannot call them.
 * Everything here is built from + - * / and the operations that IEEE 754 rounds exactly.
 */
export { exp, expm1, log, log1p, pow } from './exp-log.js';
export {
  gammaQ as gammaUpperTail,
  gammaQuantile,
  logGamma,
  poissonCdf,
  poissonUpperTail,
} from './incomplete-gamma.js';
export { normalCdf, normalQuantile, tQuantile } from './normal.js';
