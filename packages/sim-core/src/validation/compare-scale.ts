/** A cell of many clients: what each is sent, when it comes, and what istiod's own metrics say of it. */
import type { Cell } from './cell.js';
import type { ScaleRow } from './cell-shape.js';
import { type Figure, newFigure } from './figures.js';
import { judgeShape, type ShapeJudgement } from './judge-shape.js';
import type { ResponseShape } from './observation.js';
import type { ScaleFigures, SimulatedScale } from './simulate-scale.js';

type ScaleCell = Extract<Cell, { group: 'scale' }>;

/** Times below are within the lab's own spread: the first arrivals of equal trials differ by this. */
const TIME_TOLERANCE_MS = 5;
const CONTEXT_TOLERANCE_MS = 0.15;
/** istiod's CPU is read in steps of 10 ms. */
const CPU_STEP_MS = 10;

export function compareScale(
  cell: ScaleCell,
  simulated: readonly SimulatedScale[],
): { readonly shape: ShapeJudgement; readonly figures: readonly Figure[] } {
  const proxies = cell.mesh.sidecars + cell.mesh.gateways;
  const shape = judgeShape(
    cell.rows.map((row) => ({
      pushes: row.istiodMetricsDelta.debounce_time.count,
      responses: responsesOf(row),
      arrivalMs: {},
    })),
    simulated.flatMap(({ pushes, responses }) => responses.map((each) => ({ pushes, responses: each, arrivalMs: {} }))),
  );
  const measured = cell.rows.map((row) => measuredFigures(row, proxies));
  const names = [...new Set(measured.flatMap((row) => Object.keys(row)))];
  const figures = names.map((name) =>
    newFigure(
      name,
      measured.flatMap((row) => row[name] ?? []),
      meanOf(simulated.flatMap((trial) => trial.figures[name] ?? [])),
      toleranceOf(name, proxies),
    ),
  );
  return { shape, figures };
}

function responsesOf({ arrivalMs }: ScaleRow): ResponseShape[] {
  const types = (['CDS', 'EDS', 'LDS', 'RDS'] as const).filter((type) => arrivalMs[type] !== undefined);
  return types.map((type) => [type, arrivalMs[type]?.n ?? 0, 0]);
}

function measuredFigures(
  { arrivalMs, messageSpanPerProxyMs: span, istiodMetricsDelta }: ScaleRow,
  proxies: number,
): ScaleFigures {
  const figures: Record<string, number> = {};
  for (const [type, { p50, p90, last }] of Object.entries(arrivalMs)) {
    figures[`${type} p50`] = p50;
    figures[`${type} p90`] = p90;
    figures[`${type} last`] = last;
  }
  figures['span p50'] = span.p50;
  figures['span p90'] = span.p90;
  const { istiodCpuSeconds, ...metrics } = istiodMetricsDelta;
  for (const [name, metric] of Object.entries(metrics)) {
    if (typeof metric !== 'object' || metric === null || !('sum' in metric) || !('count' in metric)) continue;
    const { sum, count } = metric as { sum: number; count: number };
    if (count > 0) figures[name.replace('_seconds', '')] = (sum / count) * 1000;
  }
  figures['CPU per proxy'] = ((istiodCpuSeconds ?? 0) * 1000) / proxies;
  return figures;
}

function toleranceOf(name: string, proxies: number): number {
  if (name === 'CPU per proxy') return CPU_STEP_MS / proxies;
  return name === 'pushcontext_init' ? CONTEXT_TOLERANCE_MS : TIME_TOLERANCE_MS;
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
