/** What istioctl says of a proxy, in its columns; what it does not say stands below, as in `xdsim inspect`. */
import {
  clustersTable,
  clustersWithoutEndpoints,
  endpointsTable,
  type InspectReport,
  routesInWords,
  routesTable,
} from '@xdsim/sim-core';
import { words } from '../strings/index.js';
import { duration } from '../timeline/frame.js';
import { Table } from './Table.js';

const STATUS = ['NAME', 'CLUSTER', 'CDS', 'LDS', 'EDS', 'RDS', 'ECDS', 'ISTIOD', 'VERSION'];

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
  return (
    <Table
      command={`istioctl proxy-config routes ${proxy.id}`}
      {...routesTable(proxy)}
      none={t.none}
      notes={routesInWords(proxy, t.none)}
    />
  );
}

function ClusterTable({ report: { proxy } }: Props) {
  const t = words().inspector;
  const notes = proxy.clusters.flatMap(({ name, status }) =>
    status === 'active' ? [] : [`${name}: ${t.clusterStates[status]}`],
  );
  return (
    <Table
      command={`istioctl proxy-config clusters ${proxy.id}`}
      {...clustersTable(proxy)}
      none={t.none}
      notes={notes}
    />
  );
}

function EndpointTable({ report: { proxy } }: Props) {
  const t = words().inspector;
  return (
    <Table
      command={`istioctl proxy-config endpoints ${proxy.id}`}
      {...endpointsTable(proxy)}
      none={t.none}
      notes={clustersWithoutEndpoints(proxy).map(t.noEndpoint)}
    />
  );
}
