/** What istioctl says of a proxy, in its columns; what it does not say stands below, as in `xdsim inspect`. */
import type { InspectReport } from '@xdsim/sim-core';
import { words } from '../strings/index.js';
import { duration } from '../timeline/frame.js';
import { Table } from './Table.js';

const STATUS = ['NAME', 'CLUSTER', 'CDS', 'LDS', 'EDS', 'RDS', 'ECDS', 'ISTIOD', 'VERSION'];
const ROUTES = ['NAME', 'VHOST NAME', 'DOMAINS', 'MATCH', 'VIRTUAL SERVICE'];
const CLUSTERS = ['SERVICE FQDN', 'PORT', 'SUBSET', 'DIRECTION', 'TYPE', 'DESTINATION RULE'];
const ENDPOINTS = ['ENDPOINT', 'STATUS', 'OUTLIER CHECK', 'CLUSTER'];

interface Props {
  readonly report: InspectReport;
}

export function IstioctlTables({ report }: Props) {
  const t = words().inspector;
  const { proxy, atMs } = report;
  return (
    <>
      <p class="soft">
        {proxy.id}, {t.at(duration(atMs * 1e6))}
      </p>
      <StatusTable report={report} />
      <RouteTable report={report} />
      <ClusterTable report={report} />
      <EndpointTable report={report} />
      <ul class="workers">
        {proxy.workers.map(({ worker, behind }) => (
          <li key={worker}>
            {t.workers} {worker}: {behind.length === 0 ? t.inStep : t.behind(behind.join(', '))}
          </li>
        ))}
      </ul>
    </>
  );
}

/** istioctl asks the istiods: a proxy without a stream is not there. */
function StatusTable({ report: { proxy, proxyStatus } }: Props) {
  const rows = proxyStatus.flatMap(({ name, cluster, cds, lds, eds, rds, ecds, istiod, version }) =>
    name === proxy.id && istiod !== null ? [[name, cluster, cds, lds, eds, rds, ecds, istiod, version]] : [],
  );
  return <Table command="istioctl proxy-status" columns={STATUS} rows={rows} none={words().stage.offline} />;
}

function RouteTable({ report: { proxy } }: Props) {
  const t = words().inspector;
  const rows = proxy.routes.map(({ name, vhostName, domains, match, virtualService }) => [
    name,
    vhostName,
    domains.join(', '),
    match,
    virtualService,
  ]);
  const notes = proxy.routes.map(({ vhostName, match, revision, destinations }) => {
    const to = destinations.map(({ cluster, weight }) =>
      destinations.length > 1 ? `${weight} % ${cluster}` : cluster,
    );
    const from = `${vhostName}${match === '/*' ? '' : ` ${match}`}${revision === '' ? '' : ` (${revision})`}`;
    return `${from} → ${to.join(', ') || t.none}`;
  });
  return (
    <Table
      command={`istioctl proxy-config routes ${proxy.id}`}
      columns={ROUTES}
      rows={rows}
      none={t.none}
      notes={notes}
    />
  );
}

/** A cluster that still warms is not among those that Envoy tells. */
function ClusterTable({ report: { proxy } }: Props) {
  const t = words().inspector;
  const rows = proxy.clusters
    .filter(({ status }) => status !== 'warming')
    .map(({ serviceFqdn, port, subset, direction, type, destinationRule }) => [
      serviceFqdn,
      String(port),
      subset,
      direction,
      type,
      destinationRule,
    ]);
  const notes = proxy.clusters.flatMap(({ name, status }) =>
    status === 'active' ? [] : [`${name}: ${t.clusterStates[status]}`],
  );
  return (
    <Table
      command={`istioctl proxy-config clusters ${proxy.id}`}
      columns={CLUSTERS}
      rows={rows}
      none={t.none}
      notes={notes}
    />
  );
}

function EndpointTable({ report: { proxy } }: Props) {
  const t = words().inspector;
  const rows = proxy.endpoints.map(({ endpoint, status, outlierCheck, cluster }) => [
    endpoint,
    status,
    outlierCheck,
    cluster,
  ]);
  const notes = proxy.clusters
    .filter(({ name, status }) => status !== 'warming' && !proxy.endpoints.some(({ cluster }) => cluster === name))
    .map(({ name }) => t.noEndpoint(name));
  return (
    <Table
      command={`istioctl proxy-config endpoints ${proxy.id}`}
      columns={ENDPOINTS}
      rows={rows}
      none={t.none}
      notes={notes}
    />
  );
}
