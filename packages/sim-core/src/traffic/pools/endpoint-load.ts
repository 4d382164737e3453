/** Requests per second that reach each endpoint as the load of the proxies moves: picks are even within a cluster. */
import type { MeshModel } from '../../mesh/model.js';
import { TraceKind } from '../../trace/events.js';
import { StepFunction } from '../step-function.js';
import { clusterStart } from './cluster-changes.js';
import type { ClusterLoads } from './cluster-loads.js';
import type { SampledProxy } from './sampled-trace.js';

const NS_PER_SECOND = 1e9;

/** The highest rate of any endpoint within a second, over all proxies. */
export function peakEndpointLoad(
  model: MeshModel,
  loads: ClusterLoads,
  proxies: readonly SampledProxy[],
  horizonNs: number,
): number {
  const rates = new Float64Array(model.endpoints.endpoints.length);
  const steps = [...rates].map(() => new StepFunction());
  const workers = proxies.flatMap((sampled) => workersOf(model, loads, sampled));
  const count = (members: readonly number[], perSecond: number): void => {
    for (const endpoint of members) rates[endpoint] += perSecond / members.length;
  };
  for (const { members, perSecond, weight } of workers) {
    members.forEach((set, cluster) => {
      count(set, weight * perSecond[cluster]);
    });
  }
  steps.forEach((step, endpoint) => {
    step.set(0, rates[endpoint]);
  });
  const changes = proxies.flatMap(({ events }, at) => events.map((event) => ({ at, event })));
  changes.sort((a, b) => a.event.timeNs - b.event.timeNs);
  const perProxy = model.scenario.mesh.workersPerProxy;
  for (const { at, event } of changes) {
    if (event.kind === TraceKind.EndpointCondition) continue;
    const { members, perSecond, weight } = workers[at * perProxy + event.a];
    const move = (cluster: number, set: readonly number[], rate: number): void => {
      if (set === members[cluster] && rate === perSecond[cluster]) return;
      count(members[cluster], -weight * perSecond[cluster]);
      count(set, weight * rate);
      const touched = new Set([...members[cluster], ...set]);
      members[cluster] = set;
      perSecond[cluster] = rate;
      for (const endpoint of touched) steps[endpoint].set(event.timeNs, Math.max(0, rates[endpoint]));
    };
    if (event.kind === TraceKind.WorkerRoutes) {
      for (const cluster of members.keys()) move(cluster, members[cluster], loads.of(event.b, cluster).perSecond);
    } else if (event.kind === TraceKind.WorkerEndpoints) {
      move(event.b, model.endpoints.sets.members(event.c), perSecond[event.b]);
    } else if (event.c === 0) {
      move(event.b, [], perSecond[event.b]);
    }
  }
  for (const step of steps) step.set(horizonNs, 0);
  return Math.max(0, ...steps.map((step) => step.peak(NS_PER_SECOND)));
}

function workersOf(model: MeshModel, loads: ClusterLoads, { group, weight }: SampledProxy) {
  const starts = model.clusters.clusters.map((_, cluster) => clusterStart(model, loads, group, cluster));
  return Array.from({ length: model.scenario.mesh.workersPerProxy }, () => ({
    weight,
    members: starts.map(({ spec, members }) => (spec === 0 ? [] : members)),
    perSecond: starts.map(({ load }) => load.perSecond),
  }));
}
