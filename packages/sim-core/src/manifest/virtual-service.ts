import { durationMs } from './duration.js';
import { exportToOf, resolveGateway, resolveHost } from './hosts.js';
import type {
  HttpMatch,
  HttpRoute,
  Layer4Route,
  ObjectMeta,
  RetryPolicy,
  RouteDestination,
  VirtualService,
} from './types.js';
import type {
  HttpMatchFields,
  HttpRouteFields,
  Layer4RouteFields,
  VirtualServiceFields,
} from './virtual-service-shape.js';
import type { FieldPath } from './yaml-documents.js';

/** Istio's defaults are filled in here, so that no reader of a route has to know them. */
export function newVirtualService(meta: ObjectMeta, fields: VirtualServiceFields): VirtualService {
  const { spec } = fields;
  const gateways = (spec.gateways ?? []).map((gateway) => resolveGateway(gateway, meta.namespace));
  return {
    type: 'VirtualService',
    meta,
    hosts: (spec.hosts ?? []).map((host) => resolveHost(host, meta.namespace)),
    exportTo: exportToOf(spec.exportTo),
    gateways: gateways.length === 0 ? ['mesh'] : gateways,
    http: (spec.http ?? []).map((route, at) => httpRoute(meta, route, at)),
    tls: (spec.tls ?? []).map((route, at) => layer4Route(meta, route, ['spec', 'tls', at])),
    tcp: (spec.tcp ?? []).map((route, at) => layer4Route(meta, route, ['spec', 'tcp', at])),
  };
}

function httpRoute(meta: ObjectMeta, fields: HttpRouteFields, at: number): HttpRoute {
  const { redirect, directResponse, rewrite } = fields;
  return {
    name: fields.name,
    matches: (fields.match ?? []).map((match) => httpMatch(meta, match)),
    destinations: routeDestinations(meta, fields.route, ['spec', 'http', at]),
    redirect: redirect && { code: redirect.redirectCode || 301 },
    directResponse: directResponse && { status: directResponse.status },
    rewrite: rewrite && { uri: rewrite.uri, authority: rewrite.authority },
    retries: retryPolicy(fields),
    timeoutMs: timeLimit(fields.timeout),
    delegate: fields.delegate && {
      namespace: fields.delegate.namespace || meta.namespace,
      name: fields.delegate.name ?? '',
    },
    position: meta.positionOf(['spec', 'http', at]),
  };
}

function layer4Route(meta: ObjectMeta, fields: Layer4RouteFields, path: FieldPath): Layer4Route {
  return {
    matches: (fields.match ?? []).map((match) => ({
      sniHosts: match.sniHosts ?? [],
      destinationSubnets: match.destinationSubnets ?? [],
      port: match.port,
      gateways: matchGateways(meta, match.gateways),
      sourceLabels: match.sourceLabels ?? {},
      sourceNamespace: match.sourceNamespace || undefined,
    })),
    destinations: routeDestinations(meta, fields.route, path),
    position: meta.positionOf(path),
  };
}

function routeDestinations(
  meta: ObjectMeta,
  route: Layer4RouteFields['route'] = [],
  path: FieldPath,
): RouteDestination[] {
  return route.map(({ destination, weight }, index) => ({
    host: resolveHost(destination.host, meta.namespace),
    // An empty subset is no subset: the field is a plain string of a protobuf.
    subset: destination.subset || undefined,
    port: destination.port?.number,
    // Istio makes a plain cluster of a single destination, whatever its weight (route.go:686-706).
    weight: route.length === 1 ? weight || 100 : (weight ?? 0),
    position: meta.positionOf([...path, 'route', index]),
  }));
}

function retryPolicy({ retries }: HttpRouteFields): RetryPolicy | undefined {
  if (retries === undefined) return undefined;
  const retryOn = (retries.retryOn ?? '').split(',').map((condition) => condition.trim());
  const conditions = retryOn.filter((condition) => condition !== '');
  // Without `attempts` the protobuf has 0, which switches retries off (retry.go:106-161).
  return {
    attempts: retries.attempts ?? 0,
    retryOn: conditions.length === 0 ? undefined : conditions,
    perTryTimeoutMs: timeLimit(retries.perTryTimeout),
    ignorePreviousHosts: retries.retryIgnorePreviousHosts,
  };
}

/** `0s` is no limit, as Envoy reads it. */
function timeLimit(written: string | undefined): number | undefined {
  return (written && durationMs(written)) || undefined;
}

/** An empty list says nothing, as an absent one. */
function matchGateways(meta: ObjectMeta, written: readonly string[] = []): readonly string[] | undefined {
  return written.length === 0 ? undefined : written.map((gateway) => resolveGateway(gateway, meta.namespace));
}

function httpMatch(meta: ObjectMeta, fields: HttpMatchFields): HttpMatch {
  return {
    name: fields.name,
    uri: fields.uri,
    ignoreUriCase: fields.ignoreUriCase ?? false,
    method: fields.method,
    authority: fields.authority,
    scheme: fields.scheme,
    headers: fields.headers ?? {},
    withoutHeaders: fields.withoutHeaders ?? {},
    queryParams: fields.queryParams ?? {},
    port: fields.port,
    gateways: matchGateways(meta, fields.gateways),
    sourceLabels: fields.sourceLabels ?? {},
    sourceNamespace: fields.sourceNamespace || undefined,
  };
}
