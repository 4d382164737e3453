/** What `istioctl proxy-config` shows of one proxy: the main thread's routes, clusters and endpoints; then the workers. */
import { podName } from '../manifest/pod-name.js';
import type { DestinationRule, HttpMatch, VirtualService } from '../manifest/types.js';
import { ruleFor } from '../mesh/cluster-table.js';
import type { MeshState } from '../mesh/mesh-state.js';
import type { MeshModel } from '../mesh/model.js';
import type { InspectReport } from '../trace/inspect-report.js';
import { takesHttp } from '../traffic/request-classes.js';
import type { Rollout } from './rollout.js';

type ProxyConfig = Pick<InspectReport['proxy'], 'listeners' | 'routes' | 'clusters' | 'endpoints' | 'workers'>;

export function proxyConfig(state: MeshState, { strategy, dictionary }: Rollout, proxy: number): ProxyConfig {
  const { model } = strategy.prepared;
  const first = proxy * state.clusterCount;
  const clusters = model.clusters.clusters.map((cluster, k) => ({
    ...cluster,
    active: state.active[first + k],
    warming: state.warming[first + k],
    endpoints: state.endpoints[first + k],
  }));
  const known = clusters.filter(({ active, warming }) => active !== 0 || warming !== 0);
  return {
    listeners: listenersOf(model, state.listeners[proxy]),
    routes: routesOf(model, state.routes[proxy], dictionary.routes(state.routes[proxy])),
    clusters: known.map(({ name, host, port, subset, active, warming }) => ({
      name,
      serviceFqdn: model.clusters.hosts[host],
      port,
      subset: subset === '' ? '-' : subset,
      direction: 'outbound' as const,
      type: 'EDS',
      destinationRule: ruleNameOf(model, name, host, active === 0 ? warming : active),
      status:
        active === 0 ? ('warming' as const) : warming === 0 ? ('active' as const) : ('active, update warming' as const),
    })),
    endpoints: known.flatMap(({ name, port, active, endpoints }) =>
      active === 0
        ? []
        : model.endpoints.sets.members(endpoints).map((number) => ({
            endpoint: `${addressOf(model, number)}:${port}`,
            status: 'HEALTHY' as const,
            outlierCheck: 'OK' as const,
            cluster: name,
          })),
    ),
    workers: Array.from({ length: state.workersPerProxy }, (_, w) => {
      const worker = proxy * state.workersPerProxy + w;
      const routes = state.workerRoutes[worker];
      const hasListeners = state.workerListeners[worker] === state.listeners[proxy];
      return {
        worker: w + 1,
        revisions: { ...dictionary.routes(routes) },
        behind: [
          ...(hasListeners ? [] : ['listeners']),
          ...(routes === state.routes[proxy] ? [] : ['routes']),
          ...clusters.flatMap(({ name, active, endpoints }, k) => {
            const slot = worker * state.clusterCount + k;
            if (state.workerClusters[slot] !== active) return [name];
            return active !== 0 && state.workerEndpoints[slot] !== endpoints ? [`endpoints of ${name}`] : [];
          }),
        ],
      };
    }),
  };
}

/** One row per filter chain, as the listener dump lists them. */
function listenersOf(model: MeshModel, table: number): InspectReport['proxy']['listeners'] {
  const { listeners } = model.snapshots.listenerTables.get(table);
  return listeners.flatMap(({ name, address, port, chains }) =>
    chains.map(({ match: { serverNames, subnets }, tcp }) => {
      const conditions = [
        ...(serverNames.length === 0 ? [] : [`SNI: ${serverNames.join(',')}`]),
        ...(subnets.length === 0 ? [] : [`Addr: ${subnets.join(',')}`]),
      ];
      const destinations =
        tcp?.destinations.map(({ host, port: to, subset, share }) => ({
          cluster: `outbound|${to}|${subset}|${host}`,
          weight: 100 * share,
        })) ?? null;
      return { name, address, port, match: conditions.join('; ') || 'ALL', destinations };
    }),
  );
}

/** One row per host, route and match, as the route dump lists them. */
function routesOf(
  model: MeshModel,
  table: number,
  revisions: Readonly<Record<string, string>>,
): InspectReport['proxy']['routes'] {
  const { group, virtualServices } = model.snapshots.routeTables[table];
  const { kind, gateways } = model.proxies.groups[group];
  const rows = virtualServices.flatMap((service) =>
    service.hosts.flatMap((host) => {
      const port = kind === 'gateway' ? gatewayPort(model, service, gateways) : portOf(model, host);
      return service.http.flatMap((route) => {
        const matches = route.matches.length === 0 ? [undefined] : route.matches;
        return matches.map((match) => ({
          name: kind === 'gateway' ? `http.${port}` : `${port}`,
          vhostName: `${host}:${port}`,
          domains: [host],
          match: matchInWords(match),
          virtualService: `${service.meta.name}.${service.meta.namespace}`,
          revision: revisions[service.meta.key],
          destinations: route.destinations.map((to) => ({
            cluster: `outbound|${to.port ?? portOf(model, to.host)}|${to.subset ?? ''}|${to.host}`,
            weight: to.weight,
          })),
        }));
      });
    }),
  );
  return kind === 'gateway' ? rows : [...rows, ...defaultRoutes(model, new Set(rows.map(({ domains }) => domains[0])))];
}

/** Services without a VirtualService: a sidecar routes them to their only cluster (istiod.md 5.6). */
function defaultRoutes(model: MeshModel, covered: ReadonlySet<string>): InspectReport['proxy']['routes'] {
  return model.clusters.hosts
    .filter((host) => !covered.has(host) && takesHttp(model, host))
    .map((host) => {
      const port = portOf(model, host);
      return {
        name: `${port}`,
        vhostName: `${host}:${port}`,
        domains: [host],
        match: '/*',
        virtualService: '',
        revision: '',
        destinations: [{ cluster: `outbound|${port}||${host}`, weight: 100 }],
      };
    });
}

const ANY_PORT = 80;

function portOf(model: MeshModel, host: string): number {
  const known = model.clusters.hosts.indexOf(host);
  return known < 0 ? ANY_PORT : model.clusters.clusters[model.clusters.ofHost[known][0]].port;
}

function gatewayPort(model: MeshModel, service: VirtualService, served: ReadonlySet<string>): number {
  const written = model.objects.flatMap(({ revisions }) => revisions.filter((content) => content?.type === 'Gateway'));
  const bound = [...model.plan.initial.gateways, ...written].filter(({ meta }) => {
    const name = `${meta.namespace}/${meta.name}`;
    return served.has(name) && service.gateways.includes(name);
  });
  return bound[0]?.servers[0]?.port ?? ANY_PORT;
}

/** The column MATCH: the path; other conditions are not shown there, as with istioctl. */
function matchInWords(match: HttpMatch | undefined): string {
  const uri = match?.uri;
  if (uri?.exact !== undefined) return uri.exact;
  if (uri?.prefix !== undefined) return `${uri.prefix}*`;
  if (uri?.regex !== undefined) return `regex ${uri.regex}`;
  return '/*';
}

/** The rule that gives a cluster this content, latest first: its name is in the cluster's metadata. */
function ruleNameOf(model: MeshModel, name: string, host: number, content: number): string {
  const cluster = model.clusters.clusters.findIndex((candidate) => candidate.name === name);
  for (let id = model.snapshots.ruleSets.length - 1; id >= 0; id--) {
    if (model.clusterState(id).spec[cluster] !== content) continue;
    const rules = model.snapshots.ruleSets[id].flatMap(
      ({ object, revision }) => model.objects[object].revisions[revision] ?? [],
    );
    const rule = ruleFor(rules as DestinationRule[], model.clusters.hosts[host]);
    return rule === undefined ? '' : `${rule.meta.name}.${rule.meta.namespace}`;
  }
  return '';
}

/** Manifests of Deployments know no addresses: the pod stands for its own. */
export function addressOf(model: MeshModel, number: number): string {
  const { id, address } = model.endpoints.endpoints[number].endpoint;
  return address === '' ? podName(id) : address;
}
