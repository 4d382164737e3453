import { resolveHost } from './hosts.js';
import { fieldOf, listOf } from './object-source.js';
import type { VirtualService } from './types.js';

/** Every host that a VirtualService sends something to, by HTTP, TCP or TLS routes. */
export function destinationHosts(virtualService: VirtualService): string[] {
  const { meta, http } = virtualService;
  const layer4 = ['tcp', 'tls']
    .flatMap((layer) => listOf(fieldOf(meta.raw, 'spec', layer)))
    .flatMap((route) => listOf(fieldOf(route, 'route')))
    .map((target) => resolveHost(String(fieldOf(target, 'destination', 'host')), meta.namespace));
  const hosts = http.flatMap(({ destinations }) => destinations.map(({ host }) => host));
  return [...new Set([...hosts, ...layer4])];
}
