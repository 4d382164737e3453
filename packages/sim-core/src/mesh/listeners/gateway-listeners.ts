/**
 * Listeners of a gateway (pilot/pkg/networking/core/gateway.go): one for each address and port of the servers that select
 * it. Plain HTTP servers share a filter chain, each of the others has its own, and TLS that passes through has one for each
 * set of server names.
 */
import { hostMatches } from '../../manifest/hosts.js';
import { matchesAt } from '../../manifest/layer4-match.js';
import { decoderOf, isHttp, isPassthrough } from '../../manifest/protocols.js';
import type { Gateway, GatewayServer, Layer4Route, VirtualService } from '../../manifest/types.js';
import type { FilterChainDraft, ListenerDraft } from './listener-tables.js';
import type { TcpProxies } from './tcp-proxy.js';

const ANY_ADDRESS = '0.0.0.0';
const HTTP_PORT = 80;

export interface GatewayInput {
  /** Those that the group serves, as they are. */
  readonly gateways: readonly Gateway[];
  /** Those that VirtualServices name and no manifest defines: served by everybody. */
  readonly assumed: readonly string[];
  /** Bound to the group. */
  readonly virtualServices: readonly VirtualService[];
  /** Port of an HTTP listener that no manifest shows; undefined: there is none. */
  readonly assumedPort: number | undefined;
  readonly proxies: TcpProxies;
}

interface NamedServer extends GatewayServer {
  /** `namespace/name`. */
  readonly gateway: string;
}

export function gatewayListeners(input: GatewayInput): ListenerDraft[] {
  const defined = input.gateways.flatMap(({ meta, servers }) =>
    servers.map((server): NamedServer => ({ ...server, gateway: `${meta.namespace}/${meta.name}` })),
  );
  const servers = [...defined, ...input.assumed.flatMap((gateway) => assumedServers(gateway, input.virtualServices))];
  const byAddress = new Map<string, NamedServer[]>();
  for (const server of servers) {
    const address = `${server.bind || ANY_ADDRESS}_${server.port}`;
    byAddress.set(address, [...(byAddress.get(address) ?? []), server]);
  }
  const listeners = [...byAddress].flatMap(([name, sharing]): ListenerDraft[] => {
    const chains = chainsOf(sharing, input);
    const [{ bind, port }] = sharing;
    return chains.length === 0 ? [] : [{ name, address: bind || ANY_ADDRESS, port, chains }];
  });
  const { assumedPort, assumed } = input;
  return assumedPort === undefined ? listeners : [...listeners, assumedHttp(assumedPort, assumed)];
}

/**
 * Every gateway is taken to serve HTTP on one port at least before the rollout, whether or not a manifest shows it.
 * @param start Gateways before the rollout
 * @param all the same and those that come
 */
export function assumedHttpPort(start: readonly Gateway[], all: readonly Gateway[]): number | undefined {
  const servesHttp = ({ servers }: Gateway): boolean =>
    servers.some((server) => isHttp(server) || (server.protocol === 'HTTPS' && !isPassthrough(server)));
  if (start.some(servesHttp)) return undefined;
  const taken = new Set(all.flatMap(({ servers }) => servers.map(({ port }) => port)));
  let port = HTTP_PORT;
  while (taken.has(port)) port++;
  return port;
}

function chainsOf(servers: readonly NamedServer[], input: GatewayInput): FilterChainDraft[] {
  const plain = servers.filter(isHttp);
  const http = { gateways: plain.map(({ gateway }) => gateway), hosts: plain.flatMap(({ hosts }) => hosts.map(bare)) };
  // Whose hosts they are is in the routes: the chain itself stays as it is.
  const shared = plain.length === 0 ? [] : [{ match: ANY_CONNECTION, http, content: 'http' }];
  const claimed = new Set<string>();
  return [
    ...shared,
    ...servers.filter((server) => !isHttp(server)).flatMap((server) => ownChains(server, input, claimed)),
  ];
}

const ANY_CONNECTION = { serverNames: [], subnets: [] };

/** @param claimed server names that have a chain already: the first VirtualService to name one has it */
function ownChains(server: NamedServer, input: GatewayInput, claimed: Set<string>): FilterChainDraft[] {
  const { gateway, protocol, tls, hosts, portName, port } = server;
  const names = hosts.map(bare);
  const match = { serverNames: names.includes('*') ? [] : names, subnets: [] };
  if (isPassthrough(server)) return passedThrough(server, input, claimed);
  if (protocol === 'HTTPS') {
    const content = JSON.stringify(['https', gateway, portName, port, tls]);
    return [{ match, http: { gateways: [gateway], hosts: names }, content }];
  }
  const [tcp] = routesTo(server, input, 'tcp');
  if (tcp === undefined) return [];
  const content = JSON.stringify([decoderOf(server), tls]);
  return [{ match: tls === undefined ? ANY_CONNECTION : match, tcp: tcpOf(tcp, server, input), content }];
}

function passedThrough(server: NamedServer, input: GatewayInput, claimed: Set<string>): FilterChainDraft[] {
  return routesTo(server, input, 'tls').flatMap((bound) =>
    bound.matches.flatMap(({ sniHosts }): FilterChainDraft[] => {
      if (sniHosts.some((name) => claimed.has(name))) return [];
      for (const name of sniHosts) claimed.add(name);
      const match = { serverNames: sniHosts, subnets: [] };
      return [{ match, tcp: tcpOf(bound, server, input), content: decoderOf(server) }];
    }),
  );
}

interface BoundRoute {
  readonly service: VirtualService;
  readonly route: Layer4Route;
  readonly rule: string;
  readonly matches: Layer4Route['matches'];
}

/** Routes of the VirtualServices at a server's gateway whose hosts it has, and that are for its port. */
function routesTo(server: NamedServer, { virtualServices }: GatewayInput, layer: 'tcp' | 'tls'): BoundRoute[] {
  const { gateway, port, hosts } = server;
  return virtualServices
    .filter((service) => service.gateways.includes(gateway) && hosts.some((host) => isServed(service, host)))
    .flatMap((service) =>
      service[layer].flatMap((route, at) => {
        const matches = matchesAt(route, { port, gateway });
        return matches === undefined ? [] : [{ service, route, rule: `${service.meta.name}/${layer}[${at}]`, matches }];
      }),
    );
}

function isServed({ hosts }: VirtualService, written: string): boolean {
  const host = bare(written);
  return hosts.some((own) => hostMatches(host, own) || hostMatches(own, host));
}

function tcpOf({ service, route, rule }: BoundRoute, { port }: NamedServer, { proxies }: GatewayInput) {
  const { destinations } = route;
  return proxies.of({ host: service.hosts[0], rule, destinations, origin: service.meta.key, port });
}

/** `namespace/host` → `host`. */
function bare(host: string): string {
  return host.slice(host.indexOf('/') + 1);
}

/** A gateway that no manifest defines has the ports that TCP and TLS routes at it are for. */
function assumedServers(gateway: string, virtualServices: readonly VirtualService[]): NamedServer[] {
  const ports = (layer: 'tcp' | 'tls'): number[] =>
    virtualServices
      .filter(({ gateways }) => gateways.includes(gateway))
      .flatMap((service) => service[layer])
      .flatMap(({ matches, destinations }) => {
        const matched = matches.flatMap(({ port }) => port ?? []);
        return matched.length > 0 ? matched : destinations.flatMap(({ port }) => port ?? []).slice(0, 1);
      });
  const server = { gateway, hosts: ['*'], portName: '' };
  return [
    ...[...new Set(ports('tcp'))].map((port) => ({ ...server, port, protocol: 'TCP' })),
    ...[...new Set(ports('tls'))].map((port) => ({
      ...server,
      port,
      protocol: 'TLS',
      tls: { mode: 'PASSTHROUGH' as const },
    })),
  ];
}

function assumedHttp(port: number, gateways: readonly string[]): ListenerDraft {
  const http = { gateways, hosts: ['*'] };
  return {
    name: `${ANY_ADDRESS}_${port}`,
    address: ANY_ADDRESS,
    port,
    chains: [{ match: ANY_CONNECTION, http, content: 'http' }],
  };
}
