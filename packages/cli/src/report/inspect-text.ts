/** `xdsim.inspect/v1` for people: the commands that they know, and what these would print. */
import {
  clustersTable,
  clustersWithoutEndpoints,
  endpointsTable,
  type InspectReport,
  type IstioctlTable,
  routesInWords,
  routesTable,
} from '@xdsim/sim-core';
import { padEnd, wrap } from '../text-width.js';
import { formatDuration, formatNumber } from './numbers.js';
import { revisionsInWords } from './timeline.js';

/** Between columns, as the tools have it. */
const ISTIOCTL_GAP = 5;
const KUBECTL_GAP = 3;
const MAX_PROXIES = 20;
const GROUP = 'networking.istio.io';

type Row = readonly string[];
type Status = InspectReport['proxyStatus'][number];

/** @param only the proxy that was asked for: its row of proxy-status is enough */
export function renderInspect(report: InspectReport, width: number, only?: string): string {
  const { scenario, strategy, trial, atMs, proxy } = report;
  const title = `${scenario.name}, strategy ${strategy}, trial ${trial}, seed ${scenario.seed}, ${atMs} ms after the first write was sent`;
  return [
    [wrap(title, width)],
    ['$ kubectl get virtualservice,destinationrule', ...objectLines(report), ...revisionNotes(report)],
    ['$ kubectl get pods --show-labels', ...podLines(report)],
    istiodLines(report, width),
    [
      '$ istioctl proxy-status',
      ...statusLines(report.proxyStatus, only),
      ...lostNote(report, width),
      ...statusNote(width),
    ],
    [wrap(`# ${proxy.id} in full: ${proxy.why}`, width)],
    ...listenerSection(report),
    [`$ istioctl proxy-config routes ${proxy.id}`, ...routeLines(report)],
    [`$ istioctl proxy-config clusters ${proxy.id}`, ...clusterLines(report)],
    [`$ istioctl proxy-config endpoints ${proxy.id}`, ...endpointLines(report)],
  ]
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function objectLines({ virtualServices, destinationRules, atMs }: InspectReport): string[] {
  const services = virtualServices.map(({ namespace, name, gateways, hosts, createdMs }) => [
    namespace,
    `virtualservice.${GROUP}/${name}`,
    gateways.length === 0 ? '' : JSON.stringify(gateways),
    JSON.stringify(hosts),
    age(createdMs, atMs),
  ]);
  const rules = destinationRules.map(({ namespace, name, host, createdMs }) => [
    namespace,
    `destinationrule.${GROUP}/${name}`,
    host,
    age(createdMs, atMs),
  ]);
  const namespaces = [...services, ...rules];
  const tables = [
    ...(services.length > 0 ? [kubectlTable(['NAME', 'GATEWAYS', 'HOSTS', 'AGE'], services, namespaces)] : []),
    ...(rules.length > 0 ? [kubectlTable(['NAME', 'HOST', 'AGE'], rules, namespaces)] : []),
  ];
  if (tables.length === 0) return ['No resources found'];
  return tables.flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]));
}

/** kubectl's columns look the same before and after an update: which revision it is stands below. */
function revisionNotes({ virtualServices, destinationRules }: InspectReport): string[] {
  return [
    ...virtualServices.map(({ namespace, name, revision }) => `# VirtualService ${namespace}/${name}: ${revision}`),
    ...destinationRules.map(({ namespace, name, revision, subsets }) => {
      const defined = subsets.map((subset) => `${subset.name} (${labelsOf(subset.labels)})`).join(', ');
      return `# DestinationRule ${namespace}/${name}: ${revision}, subsets ${defined === '' ? 'none' : defined}`;
    }),
  ];
}

function podLines({ pods }: InspectReport): string[] {
  if (pods.length === 0) return ['No resources found'];
  const rows = pods.map(({ namespace, name, ready, status, labels }) => [
    namespace,
    name,
    ready ? '1/1' : '0/1',
    status,
    labelsOf(labels),
  ]);
  return kubectlTable(['NAME', 'READY', 'STATUS', 'LABELS'], rows, rows);
}

function istiodLines({ istiods, atMs }: InspectReport, width: number): string[] {
  return istiods.map(({ name, up, debounce, preparingPush, queueLength, pushesInProgress, revisions }) => {
    if (!up) return `# ${name}: down`;
    const counting =
      debounce.sinceMs === null || debounce.quietSinceMs === null
        ? 'debounce quiet'
        : `debounce counts ${debounce.events} events since ${formatDuration(atMs - debounce.sinceMs)}, quiet for ${formatDuration(atMs - debounce.quietSinceMs)}`;
    const preparing = preparingPush === null ? '' : `, building the context of push ${preparingPush}`;
    const text = `# ${name}: ${counting}${preparing}; ${queueLength} connections in the push queue, ${pushesInProgress} pushes in progress; push context has ${allRevisions(revisions)}`;
    return wrap(text, width, '#   ');
  });
}

function allRevisions(revisions: Readonly<Record<string, string>>): string {
  const entries = Object.entries(revisions).map(([object, revision]) => `${object} (${revision})`);
  return entries.length === 0 ? 'no object of the change' : entries.join(', ');
}

/** As istioctl has it, which asks the istiods: proxies without a stream are not there. */
function statusLines(all: InspectReport['proxyStatus'], only: string | undefined): string[] {
  const statuses = all.filter(({ istiod }) => istiod !== null);
  // What is not in order comes first: it must not hide behind the first twenty.
  const sorted = [...statuses.filter((status) => !isSynced(status)), ...statuses.filter(isSynced)];
  const shown = new Set(only === undefined ? sorted.slice(0, MAX_PROXIES) : sorted.filter(({ name }) => name === only));
  const rows = statuses
    .filter((status) => shown.has(status))
    .map(({ name, cluster, cds, lds, eds, rds, ecds, istiod, version }) => [
      name,
      cluster,
      cds,
      lds,
      eds,
      rds,
      ecds,
      istiod ?? '',
      version,
    ]);
  const rest = new Map<string, number>();
  for (const status of sorted.filter((candidate) => !shown.has(candidate))) {
    const text = statusInWords(status);
    rest.set(text, (rest.get(text) ?? 0) + 1);
  }
  return [
    ...table(['NAME', 'CLUSTER', 'CDS', 'LDS', 'EDS', 'RDS', 'ECDS', 'ISTIOD', 'VERSION'], rows, ISTIOCTL_GAP),
    ...[...rest].map(([text, count]) => `… ${count} more, ${text}`),
  ];
}

function lostNote({ proxyStatus }: InspectReport, width: number): string[] {
  const lost = proxyStatus.filter(({ istiod }) => istiod === null).map(({ name }) => name);
  if (lost.length === 0) return [];
  const names = `${lost.slice(0, MAX_PROXIES).join(', ')}${lost.length > MAX_PROXIES ? ' …' : ''}`;
  return [
    wrap(
      `# Without a stream, and so in no istiod's list: ${lost.length} of ${proxyStatus.length}: ${names}`,
      width,
      '#   ',
    ),
  ];
}

function statusNote(width: number): string[] {
  return [
    wrap(
      '# Compares what istiod has sent with what was acknowledged: a change that is still in the debounce or the queue shows as SYNCED, and an acknowledged cluster may still be warming.',
      width,
      '# ',
    ),
  ];
}

function isSynced({ cds, lds, eds, rds }: Status): boolean {
  return [cds, lds, eds, rds].every((status) => status === 'SYNCED');
}

function statusInWords({ cds, lds, eds, rds }: Status): string {
  const stale = Object.entries({ CDS: cds, LDS: lds, EDS: eds, RDS: rds }).filter(([, status]) => status !== 'SYNCED');
  return stale.length === 0 ? 'all SYNCED' : stale.map(([type, status]) => `${type} ${status}`).join(', ');
}

/** Left out where there are none but those of plain HTTP, which hold nothing that is not among the routes. */
function listenerSection({ proxy }: InspectReport): string[][] {
  const own = proxy.listeners.filter(({ destinations, match }) => destinations !== null || match !== 'ALL');
  if (own.length === 0) return [];
  const rows = own.map(({ address, port, match, destinations }) => [
    address,
    String(port),
    match,
    destinations === null ? 'Route' : `Cluster: ${destinations.map(clusterText).join(', ') || 'none'}`,
  ]);
  const title = `$ istioctl proxy-config listeners ${proxy.id}`;
  return [[title, ...table(['ADDRESSES', 'PORT', 'MATCH', 'DESTINATION'], rows, ISTIOCTL_GAP)]];
}

function clusterText({ cluster, weight }: { readonly cluster: string; readonly weight: number }): string {
  return weight === 100 ? cluster : `${formatNumber(weight)} % ${cluster}`;
}

function routeLines({ proxy }: InspectReport): string[] {
  const notes = routesInWords(proxy, 'no cluster').map((note) => `# ${note}`);
  const workers = proxy.workers
    .filter(({ behind }) => behind.length > 0)
    .map(({ worker, behind, revisions }) => {
      return `# worker ${worker} has not run yet: ${behind.join(', ')}; its routes are ${revisionsInWords(revisions)}`;
    });
  return [...istioctlTable(routesTable(proxy)), ...notes, ...workers];
}

function clusterLines({ proxy }: InspectReport): string[] {
  const warming = proxy.clusters
    .filter(({ status }) => status !== 'active')
    .map(({ name, status }) => `# ${name} is ${status}${status === 'warming' ? ': not serving yet' : ''}`);
  return [...istioctlTable(clustersTable(proxy)), ...warming];
}

function endpointLines({ proxy }: InspectReport): string[] {
  const empty = clustersWithoutEndpoints(proxy).map((name) => `# ${name} has no endpoint`);
  return [...istioctlTable(endpointsTable(proxy)), ...empty];
}

function istioctlTable({ columns, rows }: IstioctlTable): string[] {
  return table(columns, rows, ISTIOCTL_GAP);
}

/** Rows begin with the namespace: a column only where `all` rows of the command are in several. */
function kubectlTable(headings: Row, rows: readonly Row[], all: readonly Row[]): string[] {
  const isOne = new Set(all.map(([namespace]) => namespace)).size <= 1;
  return isOne
    ? table(
        headings,
        rows.map((row) => row.slice(1)),
        KUBECTL_GAP,
      )
    : table(['NAMESPACE', ...headings], rows, KUBECTL_GAP);
}

function table(headings: Row, rows: readonly Row[], gap: number): string[] {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column].length)) + gap);
  return all.map((row) =>
    row
      .map((cell, column) => padEnd(cell, widths[column]))
      .join('')
      .trimEnd(),
  );
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? '<none>' : pairs.sort().join(',');
}

/** As kubectl rounds it; objects that were there before the rollout are older than the simulation knows. */
function age(createdMs: number | null, atMs: number): string {
  if (createdMs === null) return '<unknown>';
  const seconds = Math.floor((atMs - createdMs) / 1000);
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 10 && seconds % 60 > 0 ? `${minutes}m${seconds % 60}s` : `${minutes}m`;
}
