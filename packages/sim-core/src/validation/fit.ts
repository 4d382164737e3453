/**
 * Unit costs fitted to a lab: on half of each cell's trials, and judged on the other half. One set of costs for all cells;
 * a search along one cost at a time, by factors, on the same luck throughout.
 */
import { ok, type Result } from '../errors.js';
import { log } from '../kernel/elementary.js';
import { PRESETS } from '../scenario/presets.js';
import type { Costs, Preset } from '../scenario/types.js';
import type { Cell } from './cell.js';
import { compareScale } from './compare-scale.js';
import { countedTrials, measuredObservations } from './measured-rows.js';
import { quantilesOf } from './quantiles.js';
import { type SimulatedCell, simulateCell } from './simulate-cell.js';
import { simulateScale } from './simulate-scale.js';

/** Costs that the lab can tell: by name, as they are in the scenario file below `costs`. */
export const FITTED_COSTS = [
  'istiod.proxyStateUs',
  'istiod.proxyStatePerServiceUs',
  'istiod.cdsPerServiceUs',
  'istiod.edsPerResourceUs',
  'istiod.rdsPerServiceUs',
  'istiod.rdsPerMissedServiceUs',
  'envoy.cdsPerChangedUs',
  'envoy.edsPerClusterUs',
  'envoy.rdsPerServiceUs',
] as const;
export type FittedCost = (typeof FITTED_COSTS)[number];

/** Factor on each cost of the preset; 1 where none is given. */
export type Factors = Readonly<Partial<Record<FittedCost, number>>>;

/** Mean squared distance of a half from its simulation, in natural logarithms. */
export interface Losses {
  readonly fitted: number;
  readonly heldOut: number;
}

/** Milliseconds and failures below these are as good as none: the lab repeats itself no better. */
const LEAST_MS = 3;
const LEAST_FAILURES = 0.5;

export function withFactors(preset: Preset, factors: Factors): Preset {
  const costs = { ...preset.costs, istiod: { ...preset.costs.istiod }, envoy: { ...preset.costs.envoy } };
  for (const name of FITTED_COSTS) setCost(costs, name, costOf(costs, name) * (factors[name] ?? 1));
  return { ...preset, costs };
}

export function costOf(costs: Costs, name: FittedCost): number {
  const [part, field] = name.split('.') as ['istiod' | 'envoy', string];
  return (costs[part] as unknown as Record<string, number>)[field];
}

function setCost(costs: Costs, name: FittedCost, value: number): void {
  const [part, field] = name.split('.') as ['istiod' | 'envoy', string];
  (costs[part] as unknown as Record<string, number>)[field] = value;
}

/** Cells that have trials to divide. */
export function isFittable(cell: Cell): boolean {
  return cell.group === 'cells' || cell.group === 'scale';
}

/** How far a cell is from its simulation under these factors, by halves of its trials: even ones fit, odd ones judge. */
export function cellLosses(cell: Cell, factors: Factors, trials: number, seed: string): Result<Losses> {
  const preset = withFactors(PRESETS.lab, factors);
  if (cell.group === 'scale') {
    const simulated = simulateScale(cell, preset, seed);
    if (!simulated.ok) return simulated;
    const loss = (parity: number): number => {
      const { figures } = compareScale(halfOf(cell, parity), simulated.value);
      return meanSquare(
        figures.flatMap(({ measured: [low, high], simulated: mean }) =>
          mean === null ? [] : [distance((low + high) / 2, mean, LEAST_MS)],
        ),
      );
    };
    return ok({ fitted: loss(0), heldOut: loss(1) });
  }
  const simulated = simulateCell(cell, { preset, trials, seed });
  if (!simulated.ok) return simulated;
  const loss = (parity: number): number => trialLoss(halfOf(cell, parity), simulated.value);
  return ok({ fitted: loss(0), heldOut: loss(1) });
}

/** The rows of the even (0) or the odd (1) trials. */
export function halfOf<C extends Cell>(cell: C, parity: number): C {
  const rows = (cell.rows as readonly { readonly trial?: number }[]).filter(({ trial = 0 }) => trial % 2 === parity);
  return { ...cell, rows };
}

function trialLoss(cell: Cell, simulated: SimulatedCell): number {
  const measured = measuredObservations(cell);
  const distances: number[] = [];
  const add = (left: readonly number[], right: readonly number[], least: number): void => {
    const [a, b] = [quantilesOf(left)?.p50, quantilesOf(right)?.p50];
    if (a !== undefined && b !== undefined) distances.push(distance(a, b, least));
  };
  for (const field of ['addWindowMs', 'removeWindowMs'] as const) {
    const of = (all: typeof measured): number[] => all.flatMap((observation) => observation[field] ?? []);
    add(of(measured), of(simulated.observations), LEAST_MS);
  }
  for (const type of ['CDS', 'EDS', 'LDS', 'RDS'] as const) {
    const of = (all: typeof measured): number[] => all.flatMap(({ arrivalMs }) => arrivalMs[type] ?? []);
    add(of(measured), of(simulated.observations), LEAST_MS);
  }
  const counted = countedTrials(cell);
  if (counted.length > 0) {
    const perProxy = counted.flatMap(({ proxies }) => proxies.map((counts) => sum(Object.values(counts))));
    const expected = simulated.trials.map(
      ({ proxies, byFlag }) => sum([...byFlag.values()].map(({ expected: failures }) => failures)) / proxies,
    );
    distances.push(distance(mean(perProxy), mean(expected), LEAST_FAILURES));
  }
  return meanSquare(distances);
}

/** Of two numbers of one sign; what is small counts as equal. */
function distance(a: number, b: number, least: number): number {
  return log((Math.abs(b) + least) / (Math.abs(a) + least));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

function meanSquare(values: readonly number[]): number {
  return mean(values.map((value) => value * value));
}
