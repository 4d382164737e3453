/** Long-lived TCP connections through a gateway while something changes: what the gateway is sent, and when they end. */
import { ok, type Result } from '../errors.js';
import { newRootKey } from '../kernel/random.js';
import { msToNs } from '../kernel/time.js';
import { MeshModel } from '../mesh/model.js';
import { newMeshRun } from '../mesh/run.js';
import type { Preset } from '../scenario/types.js';
import { FanOut } from '../trace/fan-out.js';
import { Exposure } from '../traffic/exposure.js';
import { longLivedFlows } from '../traffic/long-lived/flows.js';
import { ConnectionWalk, type WalkedConnection } from '../traffic/long-lived/walk.js';
import { Outcomes } from '../traffic/outcomes.js';
import type { Cell, WatchedConnections } from './cell.js';
import { newCellPlan } from './cell-plan.js';
import { newCellScenario } from './cell-scenario.js';
import type { TcpRow } from './cell-shape.js';
import { changedClusters } from './changed-clusters.js';
import { type Figure, nearFigure } from './figures.js';
import { judgeShape, type ShapeJudgement } from './judge-shape.js';
import type { Observation, ResponseShape } from './observation.js';
import { TrialObserver } from './observe.js';

type TcpCell = Extract<Cell, { kind: 'tcp' }>;

const TCP_TRIALS = 100;

/** The drain time is exact; before it stand the debounce and the way to the proxy. */
const TIME_TOLERANCE_MS = 50;
/** Connections that end at one instant do so within this. */
const SPREAD_TOLERANCE_MS = 10;
/** Share of the connections on which the mean of the trials may be off. */
const COUNT_TOLERANCE = 0.02;

interface TcpTrial {
  readonly observation: Observation;
  /** When each connection ends; null: it does not. */
  readonly endsMs: readonly (number | null)[];
}

interface TcpComparison {
  readonly shape: ShapeJudgement;
  readonly figures: readonly Figure[];
}

export function compareTcp(cell: TcpCell, preset: Preset, seed: string): Result<TcpComparison> {
  const plan = newCellPlan(cell);
  if (!plan.ok) return plan;
  const model = new MeshModel(newCellScenario(cell, preset, seed, TCP_TRIALS), plan.value);
  const outcomes = new Outcomes(model);
  const simulated = Array.from({ length: TCP_TRIALS }, (_, trial) => simulate(cell, outcomes, seed, trial));
  const measured = cell.rows.map(ofRow);
  const observed = (trials: readonly TcpTrial[]): Observation[] => trials.map(({ observation }) => observation);
  return ok({ shape: judgeShape(observed(measured), observed(simulated)), figures: figuresOf(measured, simulated) });
}

function ofRow({ messages, connectionEndsMs }: TcpRow): TcpTrial {
  const responses = messages.map((message): ResponseShape => {
    const [type, counts] = message.split(':');
    const [resources, removed] = counts.split('/-').map(Number);
    return [type as ResponseShape[0], resources, removed];
  });
  return { observation: { responses, arrivalMs: {} }, endsMs: connectionEndsMs };
}

function simulate(cell: TcpCell, outcomes: Outcomes, seed: string, trial: number): TcpTrial {
  const { model } = outcomes;
  const { watchedMs, connections, openedAtMs } = cell.watched as WatchedConnections;
  const horizonNs = msToNs(watchedMs);
  const run = newMeshRun(model, { root: newRootKey(seed), trial, horizonNs });
  const observer = new TrialObserver(model.proxies.count, changedClusters(outcomes), (id) => run.contents.content(id));
  const exposure = new Exposure(outcomes);
  // All come in by the same port of the same gateway.
  const flows = longLivedFlows(model, outcomes);
  const proxy = model.proxies.ids.findIndex((_, p) => flows[model.proxies.groupOf[p]].length > 0);
  const { workersPerProxy } = model.scenario.mesh;
  const clients = Array.from({ length: proxy < 0 ? 0 : connections }, (_, i) => ({
    proxy,
    worker: i % workersPerProxy,
    flow: flows[model.proxies.groupOf[proxy]][0],
    fromMs: openedAtMs,
    toMs: Infinity,
    // They take turns, as far as there is a choice.
    pick: () => (i + 0.5) / connections,
  }));
  const walk = new ConnectionWalk(outcomes, exposure, clients);
  run.run(new FanOut([observer, exposure, walk]));
  const walked = walk.finish(horizonNs);
  const first = clients.map((client) => walked.find((connection) => connection.client === client));
  return { observation: { ...observer.finish()[Math.max(0, proxy)], pushes: undefined }, endsMs: first.map(endOf) };
}

function endOf(connection: WalkedConnection | undefined): number | null {
  return connection === undefined || connection.end === 'openAtEnd' ? null : connection.endedMs;
}

function figuresOf(measured: readonly TcpTrial[], simulated: readonly TcpTrial[]): Figure[] {
  const values = (trials: readonly TcpTrial[], pick: (ends: readonly number[]) => number | undefined): number[] =>
    trials.flatMap(({ endsMs }) => pick(endsMs.filter((end) => end !== null)) ?? []);
  const figure = (name: string, pick: (ends: readonly number[]) => number | undefined, tolerance: number): Figure =>
    nearFigure(name, values(measured, pick), values(simulated, pick), tolerance);
  const all = Math.max(...measured.map(({ endsMs }) => endsMs.length));
  const ends = figure('connections that end', (list) => list.length, COUNT_TOLERANCE * all);
  if (measured.every(({ endsMs }) => endsMs.every((end) => end === null))) return [ends];
  const first = (list: readonly number[]) => (list.length === 0 ? undefined : Math.min(...list));
  const last = (list: readonly number[]) => (list.length === 0 ? undefined : Math.max(...list));
  const spread = (list: readonly number[]) => (list.length === 0 ? undefined : Math.max(...list) - Math.min(...list));
  return [
    ends,
    figure('first ends at', first, TIME_TOLERANCE_MS),
    figure('last ends at', last, TIME_TOLERANCE_MS),
    figure('from first to last', spread, SPREAD_TOLERANCE_MS),
  ];
}
