/** Which filter chain of a table takes a connection (envoy: source/common/listener_manager/filter_chain_manager_impl.cc). */
import { hostMatches, hostSpecificity } from '../../manifest/hosts.js';
import type { FilterChain, Listener, ListenerTable } from '../../mesh/listeners/listener-tables.js';

/** What a listener can see of a TCP connection. */
export interface ConnectionAttributes {
  /** Name of the listener that it comes to. */
  readonly listener: string;
  /** Empty: none is given. */
  readonly serverName: string;
  /** A subnet that it is sent to, as routes write it; empty: none that they name. */
  readonly subnet: string;
}

/** What takes a connection: a filter chain, or nothing. */
export type Taker = FilterChain | 'no-listener' | 'no-filter-chain';

/** By address first, then by the most specific server name. */
export function takerOf(table: ListenerTable, { listener: name, serverName, subnet }: ConnectionAttributes): Taker {
  const listener = table.listeners.find((candidate) => candidate.name === name);
  if (listener === undefined) return 'no-listener';
  const tcp = listener.chains.filter((chain) => chain.tcp !== undefined);
  const forSubnet = tcp.filter(({ match }) => match.subnets.includes(subnet));
  const candidates = forSubnet.length > 0 ? forSubnet : tcp.filter(({ match }) => match.subnets.length === 0);
  return mostSpecific(candidates, serverName) ?? 'no-filter-chain';
}

/** The HTTP chain for requests that come in by a gateway; `mesh` in a sidecar. */
export function httpTakerOf(table: ListenerTable, gateway: string, authority: string): Taker {
  const takes = ({ http }: FilterChain): boolean =>
    http?.gateways.includes(gateway) === true && http.hosts.some((host) => hostMatches(host, authority));
  const chains = table.listeners.flatMap(({ chains: all }: Listener) => all.filter(takes));
  return chains[0] ?? 'no-listener';
}

function mostSpecific(chains: readonly FilterChain[], serverName: string): FilterChain | undefined {
  let best: FilterChain | undefined;
  let rank = -1;
  for (const chain of chains) {
    const { serverNames } = chain.match;
    const ranks = serverNames.filter((name) => hostMatches(name, serverName)).map(hostSpecificity);
    const own = serverNames.length === 0 ? 0 : Math.max(-1, ...ranks);
    if (own <= rank) continue;
    best = chain;
    rank = own;
  }
  return best;
}
