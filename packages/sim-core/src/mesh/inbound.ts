/**
 * The server side of mutual TLS: which sidecar stands before which endpoint, and which connections it takes under the
 * PeerAuthentications that it has been sent (istiod.md 8.2, envoy.md 7.3).
 */
import { mtlsMode } from '../manifest/peer-authentication.js';
import type { PeerAuthentication, ServiceObject } from '../manifest/types.js';
import { Takes } from '../rollout/connection-kinds.js';
import type { HostEndpoint } from '../rollout/plan.js';
import type { EndpointTable } from './endpoint-table.js';
import type { ProxyGroup } from './proxies.js';

const TAKES_OF_MODE = {
  DISABLE: Takes.Plaintext,
  PERMISSIVE: Takes.Plaintext | Takes.Mtls,
  STRICT: Takes.Mtls,
} as const;

export class Inbound {
  /** endpoint → the proxy that is its sidecar; −1: it has none, or none that is simulated. */
  readonly serverOf: Int32Array;
  /** proxy → endpoints behind it. */
  readonly endpointsOf = new Map<number, number[]>();

  private readonly endpoints: readonly HostEndpoint[];

  constructor(
    table: EndpointTable,
    private readonly services: readonly ServiceObject[],
    groups: readonly ProxyGroup[],
  ) {
    const taken = groups.map(() => 0);
    this.endpoints = table.endpoints;
    this.serverOf = Int32Array.from(table.endpoints, ({ endpoint }, number) => {
      if (!endpoint.hasSidecar) return -1;
      const group = groupOf(groups, endpoint.namespace, table.localityOf(number));
      if (group < 0) return -1;
      const { firstProxy, count } = groups[group];
      // Small meshes have more endpoints than sidecars: then one stands for several.
      const proxy = firstProxy + (taken[group]++ % count);
      this.endpointsOf.set(proxy, [...(this.endpointsOf.get(proxy) ?? []), number]);
      return proxy;
    });
  }

  /** What a server takes: by its sidecar's policies, or what clients have been sending it before the rollout. */
  takes(endpoint: number, policies: readonly PeerAuthentication[], asBefore: number): number {
    const { endpoint: target, hosts, takes } = this.endpoints[endpoint];
    if (takes !== undefined) return takes;
    if (!target.hasSidecar) return asBefore;
    const { namespace, labels } = target;
    const mode = mtlsMode(policies, { namespace, labels, port: this.portOf(hosts) });
    // A sidecar that takes plaintext lets the TLS of its application through.
    return TAKES_OF_MODE[mode] | (mode === 'STRICT' ? 0 : asBefore & Takes.Tls);
  }

  /** The workload's port, as far as the services of its hosts agree on one. */
  private portOf(hosts: readonly string[]): number | undefined {
    const ports = this.services
      .filter((service) => service.hosts.some((host) => hosts.includes(host)))
      .flatMap((service) => service.ports.map(({ number, targetPort = number }) => targetPort));
    return new Set(ports).size === 1 ? ports[0] : undefined;
  }
}

/** Sidecars of the endpoint's namespace, and best of its locality; where none are told of, any. */
function groupOf(groups: readonly ProxyGroup[], namespace: string, locality: string): number {
  const sidecars = (group: ProxyGroup): boolean => group.kind === 'sidecar' && group.count > 0;
  const own = (group: ProxyGroup): boolean => sidecars(group) && group.namespace === namespace;
  const near = groups.findIndex((group) => own(group) && group.locality === locality);
  if (near >= 0) return near;
  const far = groups.findIndex(own);
  return far >= 0 ? far : groups.findIndex(sidecars);
}
