/** The proxies of the mesh in groups that get the same configuration: all sidecars, and the gateways of each selector. */
import type { Gateway } from '../manifest/types.js';
import type { MeshSize } from '../scenario/types.js';

interface ProxyGroup {
  readonly kind: 'sidecar' | 'gateway';
  /** Gateways that its proxies serve (`namespace/name`), or `mesh`. */
  readonly gateways: ReadonlySet<string>;
  readonly firstProxy: number;
  readonly count: number;
  /** What istiod sends besides the services' own resources. */
  readonly listeners: number;
  readonly routeConfigs: number;
  readonly staticClusters: number;
}

export interface Proxies {
  readonly count: number;
  readonly groups: readonly ProxyGroup[];
  /** proxy → index into groups. */
  readonly groupOf: Uint16Array;
  readonly ids: readonly { readonly id: string; readonly kind: 'sidecar' | 'gateway' }[];
}

/**
 * Gateway pods are spread evenly over the distinct selectors of the Gateway objects. A gateway that a VirtualService
 * names but no manifest defines is served by every gateway pod, on one HTTP port.
 */
export function newProxies(
  mesh: MeshSize,
  gateways: readonly Gateway[],
  namedGateways: ReadonlySet<string>,
  httpPorts: number,
): Proxies {
  const groups: ProxyGroup[] = [];
  const ids: { id: string; kind: 'sidecar' | 'gateway' }[] = [];
  const defined = new Set(gateways.map(gatewayName));
  const undefinedGateways = [...namedGateways].filter((name) => name !== 'mesh' && !defined.has(name));
  const selectors = [...new Set(gateways.map(selectorKey))];
  if (selectors.length === 0) selectors.push('');
  let first = 0;
  selectors.forEach((selector, index) => {
    const count = spread(mesh.gateways, selectors.length, index);
    const served = gateways.filter((gateway) => selectorKey(gateway) === selector);
    const servers = served.flatMap((gateway) => gateway.servers);
    const httpServers = servers.filter((server) => ['HTTP', 'HTTPS', 'GRPC', 'HTTP2'].includes(server.protocol));
    const ports = Math.max(1, new Set(servers.map((server) => server.port)).size);
    groups.push({
      kind: 'gateway',
      gateways: new Set([...served.map(gatewayName), ...undefinedGateways]),
      firstProxy: first,
      count,
      listeners: ports,
      routeConfigs: Math.max(1, new Set(httpServers.map((server) => server.port)).size),
      staticClusters: 1,
    });
    first += count;
  });
  for (let i = 0; i < mesh.gateways; i++) ids.push({ id: `gw-${i + 1}`, kind: 'gateway' });
  // Lab: with iptables redirection a virtual inbound and outbound listener beside one per HTTP port; with the HTTP
  // proxy port two listeners and two route configurations.
  const redirected = mesh.interception === 'redirect';
  groups.push({
    kind: 'sidecar',
    gateways: new Set(['mesh']),
    firstProxy: first,
    count: mesh.sidecars,
    listeners: redirected ? 2 + httpPorts : 1 + httpPorts,
    routeConfigs: redirected ? httpPorts : 1 + httpPorts,
    staticClusters: 3,
  });
  for (let i = 0; i < mesh.sidecars; i++) ids.push({ id: `sc-${i + 1}`, kind: 'sidecar' });
  const groupOf = new Uint16Array(ids.length);
  groups.forEach((group, index) => {
    groupOf.fill(index, group.firstProxy, group.firstProxy + group.count);
  });
  return { count: ids.length, groups, groupOf, ids };
}

function gatewayName(gateway: Gateway): string {
  return `${gateway.meta.namespace}/${gateway.meta.name}`;
}

function selectorKey(gateway: Gateway): string {
  return JSON.stringify(Object.entries(gateway.selector).sort());
}

function spread(total: number, parts: number, index: number): number {
  return Math.floor((total * (index + 1)) / parts) - Math.floor((total * index) / parts);
}
