/** A train of unrelated events beside a change: when the pushes go out, and of how many events. */
import { ok, type Result } from '../errors.js';
import { newRootKey } from '../kernel/random.js';
import { msToNs, nsToMs } from '../kernel/time.js';
import { MeshModel } from '../mesh/model.js';
import { newMeshRun } from '../mesh/run.js';
import type { Preset } from '../scenario/types.js';
import { TraceKind, XdsType } from '../trace/events.js';
import type { Cell } from './cell.js';
import { lastWriteMs, newCellPlan } from './cell-plan.js';
import { newCellScenario } from './cell-scenario.js';
import type { Figure } from './figures.js';

type TrainCell = Extract<Cell, { kind: 'train' }>;

const TRAIN_TRIALS = 20;
const SETTLE_MS = 30_000;

/** Each push within 15 ms of what can come out; an event may fall on the other side of a push. */
const TIME_TOLERANCE_MS = 15;
const EVENTS_TOLERANCE = 2;

/** Of one trial. */
export interface Train {
  readonly pushes: readonly { readonly atMs: number; readonly events: number }[];
  readonly routesSentAtMs: readonly number[];
}

export function compareTrain(cell: TrainCell, preset: Preset, seed: string): Result<readonly Figure[]> {
  const plan = newCellPlan(cell);
  if (!plan.ok) return plan;
  const model = new MeshModel(newCellScenario(cell, preset, seed, TRAIN_TRIALS), plan.value);
  const horizonNs = msToNs(lastWriteMs(cell) + SETTLE_MS);
  const root = newRootKey(seed);
  const simulated = Array.from({ length: TRAIN_TRIALS }, (_, trial) => simulate(model, root, trial, horizonNs));
  return ok(compareTrains(cell.rows, simulated));
}

export function compareTrains(measured: readonly Train[], simulated: readonly Train[]): readonly Figure[] {
  const most = (pick: (train: Train) => readonly unknown[]): number[] => [
    ...Array.from({ length: Math.max(...measured.map((train) => pick(train).length)) }).keys(),
  ];
  return [
    figureOf('pushes', measured, simulated, (train) => train.pushes.length, 0),
    ...most(({ pushes }) => pushes).flatMap((at) => [
      figureOf(`push ${at + 1} at`, measured, simulated, (train) => train.pushes[at]?.atMs, TIME_TOLERANCE_MS),
      figureOf(`push ${at + 1} events`, measured, simulated, (train) => train.pushes[at]?.events, EVENTS_TOLERANCE),
    ]),
    figureOf('routes sent', measured, simulated, (train) => train.routesSentAtMs.length, 0),
    ...most(({ routesSentAtMs }) => routesSentAtMs).map((at) =>
      figureOf(`routes ${at + 1} sent at`, measured, simulated, (train) => train.routesSentAtMs[at], TIME_TOLERANCE_MS),
    ),
  ];
}

function simulate(model: MeshModel, root: ReturnType<typeof newRootKey>, trial: number, horizonNs: number): Train {
  const run = newMeshRun(model, { root, trial, horizonNs });
  const pushes: { atMs: number; events: number }[] = [];
  const routesSentAtMs: number[] = [];
  const pushesWithRoutes = new Set<number>();
  run.run({
    emit(kind, timeNs, _proxy, a, b) {
      if (kind === TraceKind.PushStarted) pushes.push({ atMs: nsToMs(timeNs), events: b });
      if (kind !== TraceKind.ResponseSent) return;
      const { type, push } = run.contents.content(a);
      // The lab notes when the first proxy is sent them.
      if (type !== XdsType.RDS || pushesWithRoutes.has(push)) return;
      pushesWithRoutes.add(push);
      routesSentAtMs.push(nsToMs(timeNs));
    },
  });
  return { pushes, routesSentAtMs };
}

function figureOf(
  name: string,
  measured: readonly Train[],
  simulated: readonly Train[],
  pick: (train: Train) => number | undefined,
  tolerance: number,
): Figure {
  const left = measured.flatMap((train) => pick(train) ?? []);
  const right = simulated.flatMap((train) => pick(train) ?? []);
  const low = Math.min(...left);
  const high = Math.max(...left);
  const mean = right.length === 0 ? null : right.reduce((sum, value) => sum + value, 0) / right.length;
  // Where the period divides the quiet one, each timer races with an event: no single time is the right one.
  const holds = Math.max(...right) >= low - tolerance && Math.min(...right) <= high + tolerance;
  return { name, measured: [low, high], simulated: mean, within: tolerance, holds };
}
