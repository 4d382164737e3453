/**
 * The proxies of a cell request by request: the mesh tells when each worker has what, and the pools of each proxy take the
 * cell's requests, evenly spaced, so that only new connections meet what a server or a cluster has become.
 */
import { ok, type Result } from '../errors.js';
import { Draws, newRootKey, type RootKey } from '../kernel/random.js';
import { msToNs } from '../kernel/time.js';
import { MeshModel } from '../mesh/model.js';
import { newMeshRun } from '../mesh/run.js';
import type { Preset } from '../scenario/types.js';
import { Outcomes } from '../traffic/outcomes.js';
import type { ClusterSetting } from '../traffic/pools/setting.js';
import { clusterChanges, clusterStarts } from '../traffic/sampled/cluster-changes.js';
import { ClusterLoads } from '../traffic/sampled/cluster-loads.js';
import { newModelSetting } from '../traffic/sampled/model-setting.js';
import type { Cell } from './cell.js';
import { lastWriteMs, newCellPlan } from './cell-plan.js';
import { newCellScenario } from './cell-scenario.js';
import { type Drive, type DrivenCounts, drive } from './drive-cluster.js';
import { type ConnectionCounts, NO_CONNECTIONS, type ProxyFacts, sumCounts } from './proxy-facts.js';
import { type Fate, type ProxyTrace, ProxyTraces } from './proxy-traces.js';

export type PoolCell = Extract<Cell, { group: 'policy' | 'tls' }>;

const POOL_TRIALS = 40;
/** Proxies of a trial that are simulated; where there are more, they take turns. */
const PROXIES_MAX = 4;

/** Connections of `policy/` are counted for so long (the lab's README); those of `tls/` as long as there are requests. */
const POLICY_CONNECTIONS_MS = 1500;

/** Fills the pools before anything is counted. */
const RUN_UP_MS = 10_000;

/** Longest that the mesh may take to settle after the last write. */
const SETTLE_MS = 30_000;

export function simulatePools(cell: PoolCell, preset: Preset, seed: string): Result<readonly ProxyFacts[]> {
  const plan = newCellPlan(cell);
  if (!plan.ok) return plan;
  const model = new MeshModel(newCellScenario(cell, preset, seed, POOL_TRIALS), plan.value);
  const simulation = new PoolSimulation(cell, new Outcomes(model));
  const trials = Array.from({ length: POOL_TRIALS }, (_, trial) => simulation.run(newRootKey(seed), trial));
  return ok(trials.flat());
}

class PoolSimulation {
  private readonly model: MeshModel;
  private readonly loads: ClusterLoads;
  private readonly setting: ClusterSetting;
  private readonly proxies: readonly number[];

  constructor(
    private readonly cell: PoolCell,
    outcomes: Outcomes,
  ) {
    this.model = outcomes.model;
    this.loads = new ClusterLoads(outcomes);
    this.setting = { ...newModelSetting(outcomes, this.loads), isEvenlySpaced: true };
    const measured = this.model.proxies.indexesOf(cell.rows.map(({ proxy }) => proxy));
    this.proxies = measured.length > 0 ? measured : [...this.model.proxies.ids.keys()];
  }

  run(root: RootKey, trial: number): ProxyFacts[] {
    const { model, cell, proxies } = this;
    const turns = Math.ceil(proxies.length / PROXIES_MAX);
    const traces = new ProxyTraces(
      model,
      proxies.filter((_, at) => (at + trial) % turns === 0),
    );
    const horizonMs = Math.max(lastWriteMs(cell) + SETTLE_MS, cell.requests?.toMs ?? 0);
    newMeshRun(model, { root, trial, horizonNs: msToNs(horizonMs) }).run(traces);
    const draws = new Draws(root, trial);
    return traces.traces.map((trace) => this.factsOf(trace, trial, draws));
  }

  private factsOf(trace: ProxyTrace, trial: number, draws: Draws): ProxyFacts {
    const fates: Record<string, Fate> = {};
    for (const [cluster, fate] of trace.fates) fates[this.nameOf(cluster)] = fate;
    const base = { trial, fates, reloadsRoutes: trace.reloadsRoutes };
    const driven = this.drivenClusters(trace, draws);
    if (driven.length === 0) return base;
    const connections: Record<string, ConnectionCounts> = {};
    const failures: Record<string, number> = {};
    let requests = 0;
    for (const { name, counts } of driven) {
      // Clusters of several ports or hosts may have a subset of the same name.
      connections[name] = sumCounts([connections[name] ?? NO_CONNECTIONS, counts.connections]);
      requests += counts.requests;
      for (const [flag, count] of counts.failures) failures[flag] = (failures[flag] ?? 0) + count;
    }
    return { ...base, connections, requests, failures };
  }

  /** Those that get requests. */
  private drivenClusters(trace: ProxyTrace, draws: Draws): { name: string; counts: DrivenCounts }[] {
    const { model, loads, setting, cell } = this;
    const { requests } = cell;
    if (requests === undefined) return [];
    const clusters = model.clusters.clusters.length;
    const untilMs = cell.group === 'policy' ? Math.min(POLICY_CONNECTIONS_MS, requests.toMs) : requests.toMs;
    const times: Drive['times'] = {
      startNs: msToNs(Math.min(0, requests.fromMs) - RUN_UP_MS),
      fromNs: msToNs(requests.fromMs),
      toNs: msToNs(requests.toMs),
      connectionsUntilNs: msToNs(untilMs),
    };
    return clusterStarts(model, loads, model.proxies.groupOf[trace.proxy]).flatMap((start, cluster) => {
      const changes = clusterChanges(model, loads, trace, cluster, start);
      const isUsed = [start, ...changes].some((each) => 'load' in each && each.load.perSecond > 0);
      if (!isUsed) return [];
      const entity = trace.proxy * clusters + cluster;
      const sources = loads.sources.length;
      return [
        { name: this.nameOf(cluster), counts: drive({ setting, start, changes, times, draws, entity, sources }) },
      ];
    });
  }

  private nameOf(cluster: number): string {
    return this.model.clusters.clusters[cluster].subset || 'default';
  }
}
