/** Where a route table sends a request: the first match among the routes of its host, as Istio builds them. */
import type { RequestAttributes } from '../manifest/http-match.js';
import type { RetryPolicy } from '../manifest/types.js';
import type { MeshModel } from '../mesh/model.js';
import type { RouteTable } from '../mesh/snapshots.js';
import { mergedRouteFor, routeFor, servicesFor } from './host-routes.js';

/** One destination of a route. */
export interface RoutePart {
  /** Tracked cluster, or −1 where the rollout does not touch it. */
  readonly cluster: number;
  readonly host: string;
  readonly subset: string;
  /** Share of the route's requests, adding up to 1. */
  readonly share: number;
}

export interface Forward {
  readonly kind: 'forward';
  readonly parts: readonly RoutePart[];
  readonly retries: RetryPolicy | undefined;
  /** Infinity: none, which is Istio's default (istiod.md 8.3). */
  readonly timeoutMs: number;
}

export type RouteDecision =
  | Forward
  | { readonly kind: 'answer'; readonly code: number }
  | { readonly kind: 'no-route' };

/** Decides for a request at a proxy with this route table. */
export function decide(model: MeshModel, table: RouteTable, request: RequestAttributes): RouteDecision {
  const services = servicesFor(table.virtualServices, request.authority);
  if (services.length === 0) return withoutVirtualService(model, table, request);
  const isMerged = model.proxies.groups[table.group].kind === 'gateway';
  // A sidecar takes the oldest alone.
  const route = isMerged ? mergedRouteFor(services, request) : routeFor(services[0], request);
  if (route === undefined) return { kind: 'no-route' };
  if (route.redirect !== undefined) return { kind: 'answer', code: route.redirect.code };
  if (route.directResponse !== undefined) return { kind: 'answer', code: route.directResponse.status };
  const total = route.destinations.reduce((sum, destination) => sum + destination.weight, 0);
  if (total === 0) return { kind: 'no-route' };
  const parts = route.destinations
    .filter((destination) => destination.weight > 0)
    .map(({ host, subset = '', port, weight }) => ({
      cluster: clusterOf(model, host, port, subset),
      host,
      subset,
      share: weight / total,
    }));
  return { kind: 'forward', parts, retries: route.retries, timeoutMs: route.timeoutMs ?? Number.POSITIVE_INFINITY };
}

/** A sidecar routes a known service to its default cluster; a gateway has no route (istiod.md 5.6). */
function withoutVirtualService(model: MeshModel, table: RouteTable, request: RequestAttributes): RouteDecision {
  if (model.proxies.groups[table.group].kind === 'gateway') return { kind: 'no-route' };
  const host = request.authority;
  // Out of the sidecar's scope the request goes through as it is (ALLOW_ANY, istiod.md 5.11).
  const isInScope = table.hosts[model.clusters.hosts.indexOf(host)] ?? true;
  const part = { cluster: isInScope ? clusterOf(model, host, request.port, '') : -1, host, subset: '', share: 1 };
  return { kind: 'forward', parts: [part], retries: undefined, timeoutMs: Number.POSITIVE_INFINITY };
}

/** A destination without a port means the service's only one; with several, the first. */
function clusterOf(model: MeshModel, host: string, port: number | undefined, subset: string): number {
  const { clusters } = model;
  const exact = port === undefined ? -1 : clusters.indexOf(host, port, subset);
  if (exact >= 0) return exact;
  const h = clusters.hosts.indexOf(host);
  if (h < 0) return -1;
  return clusters.ofHost[h].find((cluster) => clusters.clusters[cluster].subset === subset) ?? -1;
}
