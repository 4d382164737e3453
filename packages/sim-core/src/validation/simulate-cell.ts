/** Many simulated rollouts of one cell, observed as the lab observed its own. */
import { ok, type Result } from '../errors.js';
import { newRootKey } from '../kernel/random.js';
import { msToNs } from '../kernel/time.js';
import { MeshModel } from '../mesh/model.js';
import { newMeshRun } from '../mesh/run.js';
import type { Preset } from '../scenario/types.js';
import type { TraceSink } from '../trace/events.js';
import { Exposure } from '../traffic/exposure.js';
import { Outcomes } from '../traffic/outcomes.js';
import type { Cell } from './cell.js';
import { lastWriteMs, newCellPlan } from './cell-plan.js';
import { newCellScenario } from './cell-scenario.js';
import { changedClusters } from './changed-clusters.js';
import { FailureCounts, type FlagCount, failureProbabilities } from './failure-counts.js';
import type { Observation } from './observation.js';
import { TrialObserver } from './observe.js';

export interface SimulationOptions {
  readonly preset: Preset;
  readonly trials: number;
  readonly seed: string;
}

/** Failures of one trial, by flag, summed over its proxies. */
export interface SimulatedTrial {
  readonly proxies: number;
  readonly byFlag: ReadonlyMap<string, FlagCount>;
}

export interface SimulatedCell {
  readonly observations: readonly Observation[];
  /** Empty where the cell sends no requests. */
  readonly trials: readonly SimulatedTrial[];
}

/** Longest that the mesh may take to settle after the last write: three times the debounce maximum of a lab. */
const SETTLE_MS = 30_000;

export function simulateCell(cell: Cell, options: SimulationOptions): Result<SimulatedCell> {
  const plan = newCellPlan(cell);
  if (!plan.ok) return plan;
  const model = new MeshModel(newCellScenario(cell, options.preset, options.seed, options.trials), plan.value);
  const horizonNs = msToNs(Math.max(lastWriteMs(cell) + SETTLE_MS, cell.requests?.toMs ?? 0));
  const root = newRootKey(options.seed);
  const outcomes = new Outcomes(model);
  const changed = changedClusters(outcomes);
  const { workersPerProxy } = model.scenario.mesh;
  const probabilities: ReadonlyMap<string, number>[] = [];
  const probabilitiesOf = (outcome: number): ReadonlyMap<string, number> =>
    (probabilities[outcome] ??= failureProbabilities(outcomes.outcome(outcome)));
  const isObserved = observedProxies(cell, model);
  const observed = isObserved.filter(Boolean).length;
  const observations: Observation[] = [];
  const trials: SimulatedTrial[] = [];
  for (let trial = 0; trial < options.trials; trial++) {
    const run = newMeshRun(model, { root, trial, horizonNs });
    const observer = new TrialObserver(model.proxies.count, changed, (id) => run.contents.content(id));
    const counts = cell.requests && new FailureCounts(cell.requests, workersPerProxy, horizonNs);
    const exposure = new Exposure(outcomes, (proxy, worker, view, fromNs, toNs) => {
      if (counts === undefined || !isObserved[proxy]) return;
      const outcome = outcomes.idOf(model.proxies.groupOf[proxy], view);
      counts.add(proxy * workersPerProxy + worker, probabilitiesOf(outcome), fromNs, toNs);
    });
    run.run(both(observer, exposure));
    exposure.finish(horizonNs);
    observations.push(...observer.finish().filter((_, proxy) => isObserved[proxy]));
    if (counts !== undefined) trials.push({ proxies: observed, byFlag: counts.finish() });
  }
  return ok({ observations, trials });
}

function both(left: TraceSink, right: TraceSink): TraceSink {
  return {
    emit(kind, timeNs, proxy, a, b, c) {
      left.emit(kind, timeNs, proxy, a, b, c);
      right.emit(kind, timeNs, proxy, a, b, c);
    },
  };
}

/** Proxies that have rows; all where the rows name none of the model's. */
function observedProxies(cell: Cell, model: MeshModel): readonly boolean[] {
  const measured = new Set(cell.group === 'cells' ? cell.rows.map(({ proxy }) => proxy) : []);
  const isMeasured = model.proxies.ids.map(({ id }) => measured.has(id));
  return isMeasured.includes(true) ? isMeasured : isMeasured.map(() => true);
}
