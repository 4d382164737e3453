/** What `istioctl proxy-config` says of a proxy, in its columns, for whoever shows it (istiod.md 9). */
import type { InspectReport } from '../trace/inspect-report.js';

type Proxy = InspectReport['proxy'];

export interface IstioctlTable {
  readonly columns: readonly string[];
  /** Of as many cells as there are columns. */
  readonly rows: readonly (readonly string[])[];
}

export function routesTable({ routes }: Proxy): IstioctlTable {
  return {
    columns: ['NAME', 'VHOST NAME', 'DOMAINS', 'MATCH', 'VIRTUAL SERVICE'],
    rows: routes.map(({ name, vhostName, domains, match, virtualService }) => [
      name,
      vhostName,
      domains.join(', '),
      match,
      virtualService,
    ]),
  };
}

/** Where each route leads, which istioctl does not say. @param nowhere word for no cluster */
export function routesInWords({ routes }: Proxy, nowhere: string): string[] {
  return routes.map(({ vhostName, match, revision, destinations }) => {
    const to = destinations.map(({ cluster, weight }) =>
      destinations.length > 1 ? `${weight} % ${cluster}` : cluster,
    );
    const from = `${vhostName}${match === '/*' ? '' : ` ${match}`}${revision === '' ? '' : ` (${revision})`}`;
    return `${from} → ${to.join(', ') || nowhere}`;
  });
}

/** A cluster that still warms is not among those that Envoy tells. */
export function clustersTable({ clusters }: Proxy): IstioctlTable {
  return {
    columns: ['SERVICE FQDN', 'PORT', 'SUBSET', 'DIRECTION', 'TYPE', 'DESTINATION RULE'],
    rows: clusters
      .filter(({ status }) => status !== 'warming')
      .map(({ serviceFqdn, port, subset, direction, type, destinationRule }) => [
        serviceFqdn,
        String(port),
        subset,
        direction,
        type,
        destinationRule,
      ]),
  };
}

export function endpointsTable({ endpoints }: Proxy): IstioctlTable {
  return {
    columns: ['ENDPOINT', 'STATUS', 'OUTLIER CHECK', 'CLUSTER'],
    rows: endpoints.map(({ endpoint, status, outlierCheck, cluster }) => [endpoint, status, outlierCheck, cluster]),
  };
}

/** Names of clusters that serve and have no row among the endpoints. */
export function clustersWithoutEndpoints({ clusters, endpoints }: Proxy): string[] {
  const known = new Set(endpoints.map(({ cluster }) => cluster));
  return clusters.flatMap(({ name, status }) => (status !== 'warming' && !known.has(name) ? [name] : []));
}
