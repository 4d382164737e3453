/** Single numbers that a lab measured, each beside its simulation. */

export interface Figure {
  readonly name: string;
  /** Least and greatest of the lab's trials. */
  readonly measured: readonly [low: number, high: number];
  /** Mean over the simulated trials; null: it does not come about. */
  readonly simulated: number | null;
  /** Judged to be so near to what the trials span; null: to be within a factor of it. */
  readonly within: number | null;
  readonly holds: boolean;
}

const FACTOR_MAX = 2;

/**
 * Holds within a factor 2 of what the trials span, or within `tolerance` of it: the lab's own trials differ by more than
 * that where a number is small.
 */
export function newFigure(
  name: string,
  measured: readonly number[],
  simulated: number | null,
  tolerance: number,
): Figure {
  const low = Math.min(...measured);
  const high = Math.max(...measured);
  const holds =
    simulated !== null &&
    simulated >= Math.min(low / FACTOR_MAX, low - tolerance) &&
    simulated <= Math.max(high * FACTOR_MAX, high + tolerance);
  return { name, measured: [low, high], simulated, within: null, holds };
}

/** Holds within `tolerance` of what the trials span. */
export function nearFigure(
  name: string,
  measured: readonly number[],
  simulated: readonly number[],
  tolerance: number,
): Figure {
  const low = Math.min(...measured);
  const high = Math.max(...measured);
  const mean = simulated.length === 0 ? null : simulated.reduce((sum, value) => sum + value, 0) / simulated.length;
  const holds = mean !== null && mean >= low - tolerance && mean <= high + tolerance;
  return { name, measured: [low, high], simulated: mean, within: tolerance, holds };
}

const CONNECTIONS_FACTOR_MAX = 3;
const CONNECTIONS_TOLERANCE = 10;
/** Share of the simulated proxies that must do as all measured ones did: have none, or have some. */
const ALIKE_MIN = 0.05;

/** Holds in its order of magnitude, and where none and some are told apart as the lab has them. */
export function connectionFigure(name: string, measured: readonly number[], simulated: readonly number[]): Figure {
  const low = Math.min(...measured);
  const high = Math.max(...measured);
  const mean = simulated.reduce((sum, value) => sum + value, 0) / simulated.length;
  const isNear =
    mean >= Math.min(low / CONNECTIONS_FACTOR_MAX, low - CONNECTIONS_TOLERANCE) &&
    mean <= Math.max(high * CONNECTIONS_FACTOR_MAX, high + CONNECTIONS_TOLERANCE);
  const none = simulated.filter((value) => value === 0).length / simulated.length;
  const isAlike = (high > 0 || none >= ALIKE_MIN) && (low === 0 || 1 - none >= ALIKE_MIN);
  return { name, measured: [low, high], simulated: mean, within: null, holds: isNear && isAlike };
}
