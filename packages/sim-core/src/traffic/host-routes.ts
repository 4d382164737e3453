/** Which of a host's VirtualServices routes a request, and by which of its routes. */
import { hostMatches, hostSpecificity } from '../manifest/hosts.js';
import { matchesRequest, type RequestAttributes } from '../manifest/http-match.js';
import type { HttpMatch, HttpRoute, VirtualService } from '../manifest/types.js';

/** The VirtualServices that a request's host selects, the oldest first: exact host, then the longest wildcard, then `*`. */
export function servicesFor(services: readonly VirtualService[], authority: string): readonly VirtualService[] {
  let chosen: VirtualService[] = [];
  let best = -1;
  for (const service of services) {
    const ranks = service.hosts.filter((host) => hostMatches(host, authority)).map(hostSpecificity);
    const rank = Math.max(-1, ...ranks);
    if (rank < 0 || rank < best) continue;
    chosen = rank > best ? [service] : [...chosen, service];
    best = rank;
  }
  return chosen;
}

export function routeFor(service: VirtualService, request: RequestAttributes): HttpRoute | undefined {
  return service.http.find(
    (route) => route.matches.length === 0 || route.matches.some((match) => matchesRequest(match, request)),
  );
}

/**
 * A gateway puts the routes of all of them one after another, each up to its first route that takes everything, and those
 * to the end (istio:pilot/pkg/networking/core/gateway.go, core/route/route.go, SortVHostRoutes).
 */
export function mergedRouteFor(services: readonly VirtualService[], request: RequestAttributes): HttpRoute | undefined {
  let last: HttpRoute | undefined;
  for (const service of services) {
    const route = routeFor(service, request);
    if (route === undefined) continue;
    const isLast = route.matches.every((match) => isCatchAll(match) || !matchesRequest(match, request));
    if (!isLast) return route;
    last ??= route;
  }
  return last;
}

/** A match on nothing but the path, and every path has it. Which port, gateway and source it is for, istiod has asked before. */
function isCatchAll(match: HttpMatch): boolean {
  const { uri, method, authority, scheme, headers, withoutHeaders, queryParams } = match;
  const takesAnyPath = uri === undefined || uri.prefix === '/' || uri.regex === '.*';
  const others = [headers, withoutHeaders, queryParams].every((fields) => Object.keys(fields).length === 0);
  return takesAnyPath && method === undefined && authority === undefined && scheme === undefined && others;
}
