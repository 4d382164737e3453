/** What a rollout does to one cluster of one proxy, worker by worker, as far as requests and connections can tell. */
import type { MeshModel } from '../../mesh/model.js';
import { TraceKind } from '../../trace/events.js';
import type { ProxyCluster } from '../pools/proxy-cluster.js';
import type { Load } from '../pools/setting.js';
import type { ClusterLoads } from './cluster-loads.js';
import type { SampledProxy } from './sampled-trace.js';

/** All workers alike. */
export interface ClusterStart {
  /** 0: the cluster is not there. */
  readonly spec: number;
  readonly members: readonly number[];
  readonly load: Load;
  readonly conditions: number;
}

/** It disturbs when it takes connections away or moves requests; new conditions wait for the next new connection. */
export type ClusterChange = { readonly atNs: number; readonly worker: number; readonly disturbs: boolean } & (
  | { readonly kind: 'swap'; readonly spec: number }
  | { readonly kind: 'members'; readonly members: readonly number[] }
  | { readonly kind: 'load'; readonly load: Load }
  | { readonly kind: 'conditions'; readonly conditions: number }
  /** Servers whose inbound filter chains are replaced: each connection to them ends with its next answer. */
  | { readonly kind: 'server-drain'; readonly endpoints: readonly number[] }
);

/** What the proxies of a group have before the rollout, by cluster. */
export function clusterStarts(model: MeshModel, loads: ClusterLoads, group: number): ClusterStart[] {
  const { routes, clusters } = model.firstSnapshot;
  const { spec, selector } = clusters[group];
  return model.clusters.clusters.map((_, cluster) => ({
    spec: spec[cluster],
    members: model.endpoints.sets.members(model.endpoints.select(cluster, selector[cluster], model.initialReady)),
    load: loads.of(routes[group], cluster),
    conditions: model.initialConditions,
  }));
}

/** In the order of time. */
export function clusterChanges(
  model: MeshModel,
  loads: ClusterLoads,
  { events }: Pick<SampledProxy, 'events'>,
  cluster: number,
  start: ClusterStart,
): ClusterChange[] {
  const load: Load[] = Array.from({ length: model.scenario.mesh.workersPerProxy }, () => start.load);
  const members = load.map(() => start.members);
  let { conditions } = start;
  const changes: ClusterChange[] = [];
  for (const { kind, timeNs: atNs, proxy, a, b, c } of events) {
    if (kind === TraceKind.EndpointCondition) {
      conditions = model.conditions.with(conditions, a, b);
      changes.push({ atNs, worker: 0, disturbs: false, kind: 'conditions', conditions });
    } else if (kind === TraceKind.ListenerDraining) {
      const behind = model.inbound.endpointsOf.get(proxy) ?? [];
      const endpoints = behind.filter((endpoint) => members.some((own) => own.includes(endpoint)));
      if (endpoints.length === 0) continue;
      changes.push({ atNs, worker: 0, disturbs: true, kind: 'server-drain', endpoints });
    } else if (kind === TraceKind.WorkerRoutes) {
      const next = loads.of(b, cluster);
      const disturbs = next.perSecond !== load[a].perSecond;
      if (next !== load[a]) changes.push({ atNs, worker: a, disturbs, kind: 'load', load: next });
      load[a] = next;
    } else if (b === cluster && kind === TraceKind.WorkerCluster) {
      changes.push({ atNs, worker: a, disturbs: true, kind: 'swap', spec: c });
      members[a] = [];
    } else if (b === cluster && kind === TraceKind.WorkerEndpoints) {
      const next = model.endpoints.sets.members(c);
      if (next !== members[a]) changes.push({ atNs, worker: a, disturbs: true, kind: 'members', members: next });
      members[a] = next;
    }
  }
  return changes;
}

export function applyChange(cluster: ProxyCluster, change: ClusterChange): void {
  switch (change.kind) {
    case 'swap':
      cluster.swap(change.worker, change.spec, change.atNs);
      break;
    case 'members':
      cluster.setMembers(change.worker, change.members);
      break;
    case 'load':
      cluster.setLoad(change.worker, change.load);
      break;
    case 'conditions':
      cluster.setConditions(change.conditions);
      break;
    case 'server-drain':
      cluster.drainByServer(change.endpoints);
      break;
  }
}
