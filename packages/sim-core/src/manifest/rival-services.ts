/**
 * VirtualServices for the same host. A gateway puts their routes one after the other, the oldest first, and what is for
 * every request last; a sidecar takes the oldest alone (istio:pilot/pkg/networking/core/gateway.go and route/route.go,
 * SortVHostRoutes).
 */
import type { HttpMatch, HttpRoute, VirtualService } from './types.js';

/** @param services of one gateway, the oldest first */
export function mergedAtGateway(services: readonly VirtualService[]): readonly VirtualService[] {
  const byHost = new Map<string, VirtualService[]>();
  for (const service of services) {
    for (const host of service.hosts) byHost.set(host, [...(byHost.get(host) ?? []), service]);
  }
  const shared = [...byHost].filter(([, rivals]) => rivals.length > 1);
  if (shared.length === 0) return services;
  const isShared = new Set(shared.map(([host]) => host));
  const alone = services.flatMap((service) => {
    const hosts = service.hosts.filter((host) => !isShared.has(host));
    return hosts.length === 0 ? [] : [{ ...service, hosts }];
  });
  const together = shared.map(([host, rivals]) => {
    return { ...rivals[0], hosts: [host], http: catchAllsLast(rivals.flatMap(({ http }) => http)) };
  });
  return [...alone, ...together];
}

/** A route with several conditions is several routes to Envoy, of which only some may be for everything. */
function catchAllsLast(routes: readonly HttpRoute[]): HttpRoute[] {
  const narrow = routes.flatMap((route) => {
    const matches = route.matches.filter((match) => !isCatchAll(match));
    return matches.length === 0 ? [] : [{ ...route, matches }];
  });
  const wide = routes.filter(({ matches }) => matches.length === 0 || matches.some(isCatchAll));
  return [...narrow, ...wide.map((route) => ({ ...route, matches: route.matches.filter(isCatchAll) }))];
}

/** Method, authority and scheme are headers to Envoy. */
function isCatchAll({ uri, method, authority, scheme, headers, withoutHeaders, queryParams }: HttpMatch): boolean {
  if (method !== undefined || authority !== undefined || scheme !== undefined) return false;
  if ([headers, withoutHeaders, queryParams].some((conditions) => Object.keys(conditions).length > 0)) return false;
  return uri === undefined || uri.prefix === '/' || uri.regex === '.*';
}
