/** What each proxy does at any moment, from the views of its workers. Stands behind the exposure whose views it reads. */
import type { Bucket, Exposure, Outcomes } from '@xdsim/sim-core';
import { isFailure, TraceKind, type TraceSink } from '@xdsim/sim-core';
import type { Phase, ProxyState, ProxyStates } from './picture.js';

export class ProxyStateReader implements TraceSink {
  private readonly states: ProxyState[] = [];
  private readonly ids = new Map<string, number>();
  private readonly changes: { readonly atNs: number[]; readonly state: number[] }[];
  private readonly warming: Set<number>[];
  private readonly workers: number;

  constructor(
    private readonly outcomes: Outcomes,
    private readonly exposure: Exposure,
  ) {
    const { model } = outcomes;
    this.workers = model.scenario.mesh.workersPerProxy;
    this.warming = Array.from({ length: model.proxies.count }, () => new Set<number>());
    this.changes = this.warming.map(() => ({ atNs: [], state: [] }));
    for (let p = 0; p < model.proxies.count; p++) this.update(p, 0);
  }

  emit(kind: TraceKind, timeNs: number, proxy: number, a: number): void {
    switch (kind) {
      case TraceKind.ClusterWarming:
        this.warming[proxy].add(a);
        break;
      case TraceKind.ClusterWarm:
      case TraceKind.ClusterRemoved:
        this.warming[proxy].delete(a);
        break;
      case TraceKind.WorkerCluster:
      case TraceKind.WorkerEndpoints:
      case TraceKind.WorkerRoutes:
        break;
      default:
        return;
    }
    this.update(proxy, timeNs);
  }

  finish(): ProxyStates {
    const first = new Uint32Array(this.changes.length + 1);
    this.changes.forEach(({ atNs }, p) => {
      first[p + 1] = first[p] + atNs.length;
    });
    const atNs = new Float64Array(first[this.changes.length]);
    const state = new Uint16Array(atNs.length);
    this.changes.forEach((changes, p) => {
      atNs.set(changes.atNs, first[p]);
      state.set(changes.state, first[p]);
    });
    return { states: this.states, first, atNs, state };
  }

  private update(p: number, timeNs: number): void {
    const views = Array.from({ length: this.workers }, (_, w) => this.exposure.viewAt(p, w));
    const warming = [...this.warming[p]].sort((a, b) => a - b);
    const group = this.outcomes.model.proxies.groupOf[p];
    const key = `${group}|${views}|${warming}`;
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.states.push(this.newState(group, views, warming)) - 1;
      this.ids.set(key, id);
    }
    const { atNs, state } = this.changes[p];
    if (state.at(-1) === id) return;
    if (atNs.at(-1) === timeNs) state[state.length - 1] = id;
    else {
      atNs.push(timeNs);
      state.push(id);
    }
  }

  private newState(group: number, viewIds: readonly number[], warming: readonly number[]): ProxyState {
    const { model, views: table } = this.outcomes;
    const { firstSnapshot: start, lastSnapshot: end } = model;
    const views = viewIds.map((id) => table.view(id));
    const routes = views.map((view) => phaseOf(view.routes, start.routes[group], end.routes[group]));
    const before = start.clusters[group].spec.join(',');
    const after = end.clusters[group].spec.join(',');
    const clusters = views.map(({ spec }) => phaseOf(spec.join(','), before, after));
    return {
      routes: together(routes),
      clusters: together(clusters),
      warming: warming.map((k) => model.clusters.clusters[k].name),
      ...this.failure(group, viewIds),
    };
  }

  private failure(group: number, viewIds: readonly number[]): Pick<ProxyState, 'failing' | 'bucket'> {
    let all = 0;
    let failing = 0;
    let bucket: Bucket | undefined;
    let most = 0;
    for (const id of viewIds) {
      for (const rate of this.outcomes.outcome(this.outcomes.idOf(group, id)).rates) {
        all += rate.perSecond;
        if (!isFailure(rate.bucket)) continue;
        failing += rate.perSecond;
        if (rate.perSecond <= most) continue;
        most = rate.perSecond;
        bucket = rate.bucket;
      }
    }
    return { failing: all === 0 ? 0 : failing / all, bucket };
  }
}

function phaseOf<T>(now: T, before: T, after: T): Phase {
  if (before === after && now === before) return 'same';
  return now === after ? 'new' : now === before ? 'old' : 'between';
}

function together(phases: readonly Phase[]): Phase {
  return phases.every((phase) => phase === phases[0]) ? phases[0] : 'mixed';
}
