/**
 * The listeners that a group of proxies gets, by their contents: equal ones have one id, and so have the filter chains in
 * them. What a change of listeners does to connections follows from which chains stay (envoy.md 11.2, 11.3).
 */
import type { ObjectRevision } from '../group-scope.js';
import { InternedSets } from '../interned-sets.js';
import type { TcpProxy } from './tcp-proxy.js';

/** Which connections a filter chain takes: by server name, by destination address; empty lists take all. */
interface ChainMatch {
  readonly serverNames: readonly string[];
  readonly subnets: readonly string[];
}

export interface FilterChainDraft {
  readonly match: ChainMatch;
  /** undefined: HTTP, whose routes come by RDS. */
  readonly tcp?: TcpProxy;
  /** Whose requests an HTTP chain takes; undefined: everybody's. */
  readonly http?: { readonly gateways: readonly string[]; readonly hosts: readonly string[] };
  /** What it holds besides, as text: certificates, names. */
  readonly content: string;
}

export interface FilterChain extends FilterChainDraft {
  /** Identity over all listeners and tables. */
  readonly id: number;
}

interface ListenerOf<Chain> {
  readonly name: string;
  /** Address that it is bound to, or whose connections it is handed. */
  readonly address: string;
  readonly port: number;
  /** Never empty: istiod leaves out a listener without filter chains. */
  readonly chains: readonly Chain[];
}

export type ListenerDraft = ListenerOf<FilterChainDraft>;
export type Listener = ListenerOf<FilterChain>;

export interface ListenerTable {
  readonly group: number;
  /** Those that the rollout can change; sorted by name. */
  readonly listeners: readonly Listener[];
  /** All listeners of the proxy. */
  readonly resources: number;
  /** Route configurations that they name, as a set of `routeConfigs`. */
  readonly routeConfigs: number;
  /** Clusters that TCP and TLS routes send connections to, as in TcpDestination. */
  readonly clusters: ReadonlySet<number>;
  /** Objects whose revisions are in it. */
  readonly revisions: readonly ObjectRevision[];
}

export interface TableDraft {
  readonly group: number;
  readonly listeners: readonly ListenerDraft[];
  /** Listeners beside these, which nothing changes. */
  readonly fixed: number;
  readonly revisions: readonly ObjectRevision[];
}

export class ListenerTables {
  /** Sets of route configurations, by number. */
  readonly routeConfigs = new InternedSets();
  private readonly routeNames = new Map<string, number>();
  private readonly tables: ListenerTable[] = [];
  private readonly ids = new Map<string, number>();
  private readonly chainIds = new Map<string, number>();
  private readonly replacedBy = new Map<number, readonly number[]>();

  idOf({ group, listeners: drafts, fixed, revisions }: TableDraft): number {
    const listeners = drafts.map((draft) => this.listenerOf(draft)).sort((a, b) => (a.name < b.name ? -1 : 1));
    const contents = listeners.map(({ name, chains }) => [name, ...chains.map(({ id }) => id)].join(' '));
    const acts = revisions.map(({ object, revision }) => `${object}.${revision}`).join(',');
    const key = `${group}|${acts}|${fixed}|${contents.join(',')}`;
    let id = this.ids.get(key);
    if (id === undefined) {
      const clusters = new Set(
        listeners.flatMap(({ chains }) =>
          chains.flatMap(({ tcp }) => tcp?.destinations.map(({ cluster }) => cluster) ?? []),
        ),
      );
      const routeConfigs = this.routeConfigs.of(listeners.flatMap((listener) => this.routesOf(listener)));
      const resources = fixed + listeners.length;
      id = this.tables.push({ group, listeners, resources, routeConfigs, clusters, revisions }) - 1;
      this.ids.set(key, id);
    }
    return id;
  }

  get(id: number): ListenerTable {
    return this.tables[id];
  }

  /** Listeners of one table that another has none of, by name. */
  removed(from: number, to: number): number {
    const kept = new Set(this.tables[to].listeners.map(({ name }) => name));
    return this.tables[from].listeners.filter(({ name }) => !kept.has(name)).length;
  }

  /** Filter chains of one table that are not in the next: their connections are drained. */
  replaced(from: number, to: number): readonly number[] {
    const key = from * 0x4000000 + to;
    let chains = this.replacedBy.get(key);
    if (chains === undefined) {
      const kept = new Set(this.chainsOf(to));
      chains = this.chainsOf(from).filter((chain) => !kept.has(chain));
      this.replacedBy.set(key, chains);
    }
    return chains;
  }

  /** Plain HTTP servers of a listener share one, each HTTPS server has its own (gatewayRDSRouteName in gateway.go). */
  private routesOf({ name, chains }: Listener): number[] {
    return chains.flatMap(({ http, content }) => {
      if (http === undefined) return [];
      const key = `${name} ${content}`;
      const number = this.routeNames.get(key) ?? this.routeNames.size;
      this.routeNames.set(key, number);
      return [number];
    });
  }

  private chainsOf(table: number): number[] {
    return this.tables[table].listeners.flatMap(({ chains }) => chains.map(({ id }) => id));
  }

  private listenerOf(draft: ListenerDraft): Listener {
    // What else a listener holds is the same for all; but one that looks for server names is another listener.
    const reads = draft.chains.some(({ match }) => match.serverNames.length > 0) ? 'names' : '';
    return {
      ...draft,
      chains: draft.chains.map((chain) => ({
        ...chain,
        id: this.chainId(JSON.stringify([draft.name, reads, chain.match, chain.tcp?.content, chain.content])),
      })),
    };
  }

  private chainId(key: string): number {
    let id = this.chainIds.get(key);
    if (id === undefined) {
      id = this.chainIds.size;
      this.chainIds.set(key, id);
    }
    return id;
  }
}
