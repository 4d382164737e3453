import type { RouteDestination, VirtualService } from './types.js';

/** Every destination of a VirtualService, by HTTP, TLS or TCP routes. */
export function destinationsOf({ http, tls, tcp }: VirtualService): RouteDestination[] {
  return [...http, ...tls, ...tcp].flatMap(({ destinations }) => destinations);
}

/** Every host that a VirtualService sends something to. */
export function destinationHosts(virtualService: VirtualService): string[] {
  return [...new Set(destinationsOf(virtualService).map(({ host }) => host))];
}
