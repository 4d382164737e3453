/** What became of a proxy's clusters, connections and requests: the common form of a measured row and a simulated proxy. */
import type { PolicyRow, TlsRow } from './cell-shape.js';
import { failureKey } from './measured-rows.js';
import type { Fate } from './proxy-traces.js';

export const CONNECTION_COUNTS = ['opened', 'closed by the proxy', 'closed by the server', 'not made'] as const;
export const HANDSHAKES = 'TLS handshakes';
export type ConnectionCount = (typeof CONNECTION_COUNTS)[number] | typeof HANDSHAKES;
export type ConnectionCounts = Readonly<Record<ConnectionCount, number>>;

export const NO_CONNECTIONS: ConnectionCounts = {
  opened: 0,
  'closed by the proxy': 0,
  'closed by the server': 0,
  'not made': 0,
  [HANDSHAKES]: 0,
};

export function mapCounts(
  counts: ConnectionCounts,
  change: (count: number, name: ConnectionCount) => number,
): ConnectionCounts {
  const names = Object.keys(counts) as ConnectionCount[];
  return Object.fromEntries(names.map((name) => [name, change(counts[name], name)])) as ConnectionCounts;
}

export function sumCounts(all: readonly ConnectionCounts[]): ConnectionCounts {
  return mapCounts(NO_CONNECTIONS, (_, name) => all.reduce((sum, counts) => sum + counts[name], 0));
}

/** Connections of all clusters together. */
export const ALL_CLUSTERS = '';

/** Undefined: not measured. */
export interface ProxyFacts {
  readonly trial: number;
  /** Subset, or `default` → what became of it. */
  readonly fates?: Readonly<Record<string, Fate>>;
  readonly reloadsRoutes?: boolean;
  readonly connections?: Readonly<Record<string, ConnectionCounts>>;
  /** All of them, and those that failed by flag. */
  readonly requests?: number;
  readonly failures?: Readonly<Record<string, number>>;
}

export function factsOfPolicyRow({ trial, clusters, routesReloaded, connections, requests }: PolicyRow): ProxyFacts {
  return {
    trial,
    ...(clusters && { fates: clusters }),
    ...(typeof routesReloaded === 'boolean' && { reloadsRoutes: routesReloaded }),
    ...(connections && {
      connections: Object.fromEntries(
        Object.entries(connections).map(([name, counters]) => [name, countsOf(counters, '')]),
      ),
    }),
    ...(requests && requestFacts(requests)),
  };
}

export function factsOfTlsRow({ trial, connections, requests }: TlsRow): ProxyFacts {
  return {
    trial,
    ...(connections && { connections: { [ALL_CLUSTERS]: countsOf(connections, 'upstream_cx_') } }),
    ...(requests && requestFacts(requests)),
  };
}

function countsOf(counters: Readonly<Record<string, number>>, prefix: string): ConnectionCounts {
  const grown = (name: string): number => counters[`${prefix}${name}`] ?? 0;
  return {
    opened: grown('total'),
    'closed by the proxy': grown('destroy_local'),
    'closed by the server': grown('destroy_remote'),
    'not made': grown('connect_fail'),
    [HANDSHAKES]: counters.handshake ?? 0,
  };
}

/** That retries were used up is no flag of its own here. */
function requestFacts(requests: Readonly<Record<string, number>>): Pick<ProxyFacts, 'requests' | 'failures'> {
  const failures: Record<string, number> = {};
  let all = 0;
  for (const [outcome, number] of Object.entries(requests)) {
    const [code, flags = '-'] = outcome.split('/');
    const flag = failureKey(Number(code), flags.split(',')[0]);
    all += number;
    if (flag !== undefined && number > 0) failures[flag] = (failures[flag] ?? 0) + number;
  }
  return { requests: all, failures };
}
