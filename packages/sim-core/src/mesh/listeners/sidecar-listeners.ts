/**
 * Outbound listeners of a sidecar (pilot/pkg/networking/core/listener.go, tls.go): one for each HTTP port of the mesh, and
 * one for each service port that is not HTTP, with the TCP or TLS routes of the VirtualServices for that service.
 */
import { hostMatches } from '../../manifest/hosts.js';
import { matchesAt } from '../../manifest/layer4-match.js';
import { decoderOf, isHttp, isTls } from '../../manifest/protocols.js';
import type { ServicePort, VirtualService } from '../../manifest/types.js';
import type { FilterChainDraft, ListenerDraft } from './listener-tables.js';
import type { Destination, TcpProxies } from './tcp-proxy.js';

const ANY_ADDRESS = '0.0.0.0';
const HTTP_PORT = 80;
const EVERYBODY = { gateways: ['mesh'], hosts: ['*'] };

export interface SidecarInput {
  readonly namespace: string;
  /** Ports of all services of the mesh. */
  readonly ports: readonly ServicePort[];
  /** Services whose own listeners the rollout can change. */
  readonly services: readonly { readonly host: string; readonly ports: readonly ServicePort[] }[];
  /** Bound to the mesh and imported. */
  readonly virtualServices: readonly VirtualService[];
  readonly proxies: TcpProxies;
}

export function sidecarListeners(input: SidecarInput): ListenerDraft[] {
  const httpPorts = new Set(input.ports.filter(isHttp).map(({ number }) => number));
  if (httpPorts.size === 0) httpPorts.add(HTTP_PORT);
  const shared = [...httpPorts].map((port): ListenerDraft => {
    const chains = [{ match: ANY_CONNECTION, http: EVERYBODY, content: 'http' }];
    return { name: `${ANY_ADDRESS}_${port}`, address: ANY_ADDRESS, port, chains };
  });
  const own = input.services.flatMap(({ host, ports }) =>
    ports
      .filter((port) => !isHttp(port) && port.protocol !== 'UDP')
      .map((port): ListenerDraft => {
        const chains = chainsOf(host, port, input);
        return { name: `${host}_${port.number}`, address: host, port: port.number, chains };
      }),
  );
  return [...shared, ...own];
}

const ANY_CONNECTION = { serverNames: [], subnets: [] };

function chainsOf(host: string, port: ServicePort, input: SidecarInput): FilterChainDraft[] {
  const services = input.virtualServices.filter(({ hosts }) => hosts.some((own) => hostMatches(own, host)));
  const routed = isTls(port) ? tlsChains(services, port, input) : tcpChains(services, port, input);
  const isComplete = isTls(port) ? routed.length > 0 : routed.some(({ match }) => match.subnets.length === 0);
  const chains = isComplete ? routed : [...routed, defaultChain(host, port, input)];
  // Where the proxy has to find out whether it is HTTP, there is a chain for each case.
  return port.protocol === 'AUTO' ? [{ match: ANY_CONNECTION, http: EVERYBODY, content: 'auto' }, ...chains] : chains;
}

/** A set of server names and subnets has the first match that names it. */
function tlsChains(services: readonly VirtualService[], port: ServicePort, input: SidecarInput): FilterChainDraft[] {
  const chains = new Map<string, FilterChainDraft>();
  for (const service of services) {
    for (const [at, route] of service.tls.entries()) {
      for (const { sniHosts, destinationSubnets } of matchesAt(route, listenerOf(port, input)) ?? []) {
        const match = { serverNames: sniHosts, subnets: destinationSubnets };
        const key = JSON.stringify(match);
        if (chains.has(key)) continue;
        const tcp = tcpOf(service, `tls[${at}]`, route.destinations, port, input);
        chains.set(key, { match, tcp, content: service.meta.key });
      }
    }
  }
  return [...chains.values()];
}

/** The first route without subnets ends the list; what comes before it are routes for subnets. */
function tcpChains(services: readonly VirtualService[], port: ServicePort, input: SidecarInput): FilterChainDraft[] {
  const chains: FilterChainDraft[] = [];
  for (const service of services) {
    for (const [at, route] of service.tcp.entries()) {
      const matches = matchesAt(route, listenerOf(port, input));
      if (matches === undefined) continue;
      const tcp = tcpOf(service, `tcp[${at}]`, route.destinations, port, input);
      const isForAll =
        matches.length === 0 || matches.some(({ destinationSubnets }) => destinationSubnets.length === 0);
      if (isForAll)
        return [...chains, { match: ANY_CONNECTION, tcp, content: `${service.meta.key} ${decoderOf(port)}` }];
      const subnets = matches.flatMap(({ destinationSubnets }) => destinationSubnets);
      // The name of the VirtualService is not in a chain for subnets.
      chains.push({ match: { serverNames: [], subnets }, tcp, content: decoderOf(port) });
    }
  }
  return chains;
}

function listenerOf({ number: port }: ServicePort, { namespace }: SidecarInput) {
  return { port, gateway: 'mesh', namespace };
}

function tcpOf(
  service: VirtualService,
  rule: string,
  destinations: readonly Destination[],
  { number: port }: ServicePort,
  { proxies }: SidecarInput,
) {
  const { meta, hosts } = service;
  return proxies.of({ host: hosts[0], rule: `${meta.name}/${rule}`, destinations, origin: meta.key, port });
}

/** To all endpoints of the service. */
function defaultChain(host: string, port: ServicePort, { proxies }: SidecarInput): FilterChainDraft {
  const destinations = [{ host, weight: 100 }];
  const tcp = proxies.of({ host, rule: 'default route', destinations, origin: '', port: port.number });
  return { match: ANY_CONNECTION, tcp, content: decoderOf(port) };
}
