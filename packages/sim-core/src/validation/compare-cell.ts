/** One cell judged: passes when its shape, every flag and every window hold. */
import type { RootKey } from '../kernel/random.js';
import type { ManifestSet } from '../manifest/types.js';
import { type ArrivalComparison, compareArrivals } from './arrival.js';
import type { Cell } from './cell.js';
import type { Figure } from './figures.js';
import { type FailureJudgement, judgeFailures } from './judge-failures.js';
import { judgeShape, type ShapeJudgement } from './judge-shape.js';
import { judgeWindow, valuesOf, type WindowJudgement } from './judge-windows.js';
import { countedTrials, measuredObservations } from './measured-rows.js';
import type { XdsTypeName } from './observation.js';
import type { CellFailures } from './ranking.js';
import type { SimulatedCell } from './simulate-cell.js';

export interface CellComparison {
  readonly name: string;
  readonly passed: boolean;
  readonly shape: ShapeJudgement;
  readonly failures: Readonly<Record<string, FailureJudgement>>;
  /** Those that were measured. */
  readonly windows: Readonly<Partial<Record<'add' | 'remove', WindowJudgement>>>;
  readonly arrival: Readonly<Partial<Record<XdsTypeName, ArrivalComparison>>>;
  /** Single numbers: connections of a proxy, times of many clients, or of a train of events. */
  readonly figures: readonly Figure[];
  /** What the mesh of the cell measures, for growth from one cell to another. */
  readonly size: {
    readonly proxies: number;
    readonly services: number;
    readonly slots: number;
    readonly cores: number;
  };
  /** Everything else that the cell is: cells of one setup differ in their sizes alone. */
  readonly setup: string;
  /** undefined: requests were not counted. */
  readonly total: CellFailures | undefined;
}

/** A comparison without windows and arrivals. */
export function figuresOnly(
  cell: Cell,
  shape: ShapeJudgement,
  figures: readonly Figure[],
  failures: CellComparison['failures'] = {},
): CellComparison {
  return {
    name: cell.name,
    passed: shape.match && [...figures, ...Object.values(failures)].every(({ holds }) => holds),
    shape,
    failures,
    windows: {},
    arrival: {},
    figures,
    size: sizeOf(cell),
    setup: setupOf(cell),
    total: undefined,
  };
}

function sizeOf({ mesh }: Cell): CellComparison['size'] {
  const { gateways, sidecars, services, pushThrottle, istiodCores } = mesh;
  return { proxies: gateways + sidecars, services, slots: pushThrottle, cores: istiodCores };
}

/** What was there and what was written, as text. Times and contents, not the names of files. */
function setupOf({ group, mesh, requests, servers, before, writes }: Cell): string {
  const { gateways: _, sidecars: __, services: ___, pushThrottle: ____, istiodCores: _____, ...others } = mesh;
  const contents = (set: ManifestSet): unknown => set.files.map(({ text }) => text.trim());
  const written = writes.map(({ atMs, action, object }) => [atMs, action, contents(object)]);
  return JSON.stringify([group, others, requests, servers, contents(before), written]);
}

export function compareCell(cell: Cell, simulated: SimulatedCell, root: RootKey): CellComparison {
  const measured = measuredObservations(cell);
  const counted = countedTrials(cell);
  const shape = judgeShape(measured, simulated.observations);
  const failures = judgeFailures(counted, simulated.trials, root);
  const windows: Partial<Record<'add' | 'remove', WindowJudgement>> = {};
  for (const name of ['add', 'remove'] as const) {
    const field = `${name}WindowMs` as const;
    const window = judgeWindow(
      valuesOf(measured, (observation) => observation[field]),
      valuesOf(simulated.observations, (observation) => observation[field]),
    );
    if (window !== undefined) windows[name] = window;
  }
  const simulatedMean = Object.values(failures).reduce((sum, flag) => sum + flag.simulatedMean, 0);
  return {
    name: cell.name,
    passed: shape.match && [...Object.values(failures), ...Object.values(windows)].every(({ holds }) => holds),
    shape,
    failures,
    windows,
    arrival: compareArrivals(measured, simulated.observations),
    figures: [],
    size: sizeOf(cell),
    setup: setupOf(cell),
    total: counted.length === 0 ? undefined : { measuredTrials: counted.map(meanPerProxy), simulatedMean },
  };
}

function meanPerProxy({ proxies }: { readonly proxies: readonly Readonly<Record<string, number>>[] }): number {
  const totals = proxies.map((counts) => Object.values(counts).reduce((sum, count) => sum + count, 0));
  return totals.reduce((sum, total) => sum + total, 0) / totals.length;
}
