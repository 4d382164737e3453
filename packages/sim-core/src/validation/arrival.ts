/** When the first response of each type reaches a proxy: reported, not judged. */
import { XDS_TYPE_NAMES } from '../trace/events.js';
import { valuesOf } from './judge-windows.js';
import type { Observation, XdsTypeName } from './observation.js';
import { ksDistance, type Quantiles, quantilesOf } from './quantiles.js';

export interface ArrivalComparison {
  readonly measured: Quantiles;
  /** null: the type is never sent in the simulation. */
  readonly simulated: Quantiles | null;
  readonly ks: number | null;
}

/** Types that arrived in the lab. */
export function compareArrivals(
  measured: readonly Observation[],
  simulated: readonly Observation[],
): Partial<Record<XdsTypeName, ArrivalComparison>> {
  const arrivals: Partial<Record<XdsTypeName, ArrivalComparison>> = {};
  for (const type of XDS_TYPE_NAMES) {
    const left = valuesOf(measured, ({ arrivalMs }) => arrivalMs[type]);
    const right = valuesOf(simulated, ({ arrivalMs }) => arrivalMs[type]);
    const quantiles = quantilesOf(left);
    if (quantiles === undefined) continue;
    arrivals[type] = {
      measured: quantiles,
      simulated: quantilesOf(right) ?? null,
      ks: right.length === 0 ? null : ksDistance(left, right),
    };
  }
  return arrivals;
}
