/**
 * Names of hosts and of what they stand for. Short names follow Istio's ResolveShortnameToFQDN and resolveGatewayName
 * (pilot/pkg/model/config.go, virtualservice.go), with the cluster domain that nearly every cluster has.
 */
import type { ManifestSet, ServiceObject } from './types.js';

export { endpointsOfService, hasWorkloads } from './service-endpoints.js';

const CLUSTER_DOMAIN = 'svc.cluster.local';

/** A name without a dot is a Service of the rule's own namespace; `*`, `*.x`, FQDNs and addresses stay. */
export function resolveHost(host: string, namespace: string): string {
  const isShort = host !== '' && host !== '*' && !host.includes('.') && !host.includes(':');
  return isShort ? `${host}.${namespace}.${CLUSTER_DOMAIN}` : host;
}

/** `name`, `./name`, `ns/name` and the old `name.ns.svc.cluster.local` as `ns/name`; `mesh` stays. */
export function resolveGateway(gateway: string, namespace: string): string {
  if (gateway === 'mesh') return gateway;
  if (gateway.startsWith('./')) return `${namespace}/${gateway.slice(2)}`;
  if (gateway.includes('/')) return gateway;
  if (!gateway.includes('.')) return `${namespace}/${gateway}`;
  const [name, owner] = gateway.split('.');
  return `${owner}/${name}`;
}

/** Left out or empty, an object is for every namespace. */
export function exportToOf(written: readonly string[] | undefined): readonly string[] {
  return written === undefined || written.length === 0 ? ['*'] : written;
}

/** Whether a host as an Istio rule writes it covers a host: the same, `*.suffix`, or `*`. */
export function hostMatches(pattern: string, host: string): boolean {
  if (pattern === host || pattern === '*') return true;
  return pattern.startsWith('*') && !host.startsWith('*') && host.length >= pattern.length
    ? host.endsWith(pattern.slice(1))
    : false;
}

/** Orders patterns as Envoy tries them: exact, then the longest suffix, then `*`. */
export function hostSpecificity(pattern: string): number {
  if (pattern === '*') return 0;
  return pattern.startsWith('*') ? pattern.length : Number.MAX_SAFE_INTEGER;
}

/** The service behind a host; a Kubernetes Service goes before a ServiceEntry that claims the same name. */
export function serviceForHost(set: ManifestSet, fqdn: string): ServiceObject | undefined {
  let found: ServiceObject | undefined;
  let best = -1;
  for (const service of set.services) {
    for (const host of service.hosts) {
      if (!hostMatches(host, fqdn)) continue;
      const rank = hostSpecificity(host);
      const isPreferred = rank === best && service.type === 'Service' && found?.type === 'ServiceEntry';
      if (rank <= best && !isPreferred) continue;
      best = rank;
      found = service;
    }
  }
  return found;
}
