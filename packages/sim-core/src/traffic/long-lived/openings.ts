/**
 * What becomes of a connection of each flow that opens at a worker with a given view (envoy.md 16, last line): which filter
 * chain takes it, which clusters it goes to, and what refuses it.
 */
import { NO_CLUSTER } from '../../mesh/listeners/tcp-proxy.js';
import type { MeshModel } from '../../mesh/model.js';
import { Takes } from '../../rollout/connection-kinds.js';
import type { Outcomes } from '../outcomes.js';
import { Absence, type View } from '../views.js';
import type { Flow } from './flows.js';

/** No filter chain. */
export const NO_CHAIN = -1;

/** Why a connection is closed at once. */
export type RefusalCause =
  | 'eds-late'
  | 'cds-late'
  | 'lds-late'
  | 'subset-undefined'
  | 'no-ready-endpoints'
  | 'endpoint-refuses'
  | 'server-expects-tls'
  | 'server-expects-plaintext'
  | 'no-filter-chain'
  | 'no-listener';

/** A connection that is closed as soon as it opens; the code of a TCP connection is 0. */
export interface Refusal {
  readonly flag: '-' | 'NC' | 'NR' | 'UH' | 'UF';
  readonly code: 0;
  readonly host: string;
  readonly destination: string;
  readonly subset: string;
  readonly cause: RefusalCause;
  readonly kind: 'sidecar' | 'gateway';
}

export interface Opening {
  readonly id: number;
  /** Filter chain that takes the connection, or NO_CHAIN. */
  readonly chain: number;
  /** The proxy closes it at this age; Infinity: never. */
  readonly limitMs: number;
  /** It is closed at that age because nothing was sent for so long. */
  readonly isIdleLimit: boolean;
  /** Shares that connect, by the endpoints that they are spread over: none are known of a cluster that nothing touches. */
  readonly accepted: readonly { readonly share: number; readonly endpoints: number }[];
  readonly refused: readonly { readonly share: number; readonly refusal: Refusal }[];
}

interface Destination {
  readonly cluster: number;
  readonly host: string;
  readonly subset: string;
  readonly share: number;
}

type Result = Pick<Refusal, 'flag' | 'cause'>;

export class Openings {
  private readonly openings: Opening[] = [];
  private readonly ids = new Map<string, number>();
  /** group → view → id for each of its flows. */
  private readonly known: Map<number, Int32Array>[];

  constructor(
    private readonly model: MeshModel,
    private readonly outcomes: Outcomes,
    private readonly flows: readonly (readonly Flow[])[],
  ) {
    this.known = flows.map(() => new Map());
  }

  get(id: number): Opening {
    return this.openings[id];
  }

  /** Flow → id of its opening. */
  of(group: number, view: number): Int32Array {
    let ids = this.known[group].get(view);
    if (ids === undefined) {
      const content = this.outcomes.views.view(view);
      ids = Int32Array.from(this.flows[group], (flow) => this.idOf(this.newOpening(flow, group, content)));
      this.known[group].set(view, ids);
    }
    return ids;
  }

  private idOf(opening: Omit<Opening, 'id'>): number {
    const key = JSON.stringify(opening);
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.openings.length;
      this.openings.push({ ...opening, id });
      this.ids.set(key, id);
    }
    return id;
  }

  private newOpening(flow: Flow, group: number, view: View): Omit<Opening, 'id'> {
    const taker = flow.takerIn(view.listeners);
    if (typeof taker === 'string') {
      const result: Result = taker === 'no-listener' ? { flag: '-', cause: taker } : { flag: 'NR', cause: taker };
      const refused = [{ share: 1, refusal: this.refusal(flow, group, { host: '', subset: '' }, result) }];
      return { chain: NO_CHAIN, limitMs: Infinity, isIdleLimit: false, accepted: [], refused };
    }
    const { idleTimeoutMs = Infinity, maxDurationMs = Infinity } = taker.tcp ?? {};
    // What is used at least so often is never idle for longer.
    const idleMs = flow.load.quietMs < idleTimeoutMs ? Infinity : idleTimeoutMs;
    const parts = this.destinationsOf(flow, taker.tcp?.destinations, view).map((destination) =>
      this.connecting(flow, group, destination, view),
    );
    return {
      chain: taker.id,
      limitMs: Math.min(idleMs, maxDurationMs),
      isIdleLimit: idleMs < maxDurationMs,
      accepted: parts.flatMap(({ accepted }) => accepted),
      refused: parts.flatMap(({ refused }) => refused),
    };
  }

  /** A stream goes where the routes send its requests; those that fail are counted as requests. */
  private destinationsOf(flow: Flow, tcp: readonly Destination[] | undefined, view: View): readonly Destination[] {
    if (flow.type === 'tcp') return tcp ?? [];
    const decision = this.outcomes.decisionsOf(view.routes)[flow.requests];
    return decision.kind === 'forward' ? decision.parts : [];
  }

  private connecting(flow: Flow, group: number, to: Destination, view: View): Pick<Opening, 'accepted' | 'refused'> {
    const refusedBy = (result: Result, share = to.share): Opening['refused'] =>
      flow.type === 'tcp' ? [{ share, refusal: this.refusal(flow, group, to, result) }] : [];
    const { cluster, share } = to;
    if (cluster === NO_CLUSTER) return { accepted: [], refused: refusedBy({ flag: 'NC', cause: 'subset-undefined' }) };
    if (cluster < 0) return { accepted: [{ share, endpoints: 0 }], refused: [] };
    if (view.spec[cluster] === 0) {
      return { accepted: [], refused: refusedBy({ flag: 'NC', cause: this.causeOfAbsence(cluster, view, group) }) };
    }
    const { sets } = this.model.endpoints;
    const ready = sets.members(view.endpoints[cluster]);
    if (ready.length === 0) return { accepted: [], refused: refusedBy({ flag: 'UH', cause: 'no-ready-endpoints' }) };
    const results = ready.map((endpoint) => this.resultAt(endpoint, view.spec[cluster], view.conditions));
    const taking = ready.filter((_, at) => results[at] === undefined);
    const accepted =
      taking.length === 0 ? [] : [{ share: (share * taking.length) / ready.length, endpoints: sets.of(taking) }];
    // One attempt: a TCP proxy does not try another endpoint.
    const refused = results.flatMap((result) => (result === undefined ? [] : refusedBy(result, share / ready.length)));
    return { accepted, refused };
  }

  /** undefined: the endpoint takes what the cluster sends (envoy.md 7.2). */
  private resultAt(endpoint: number, spec: number, conditions: number): Result | undefined {
    const takes = this.model.conditions.takes(conditions, endpoint);
    const sent = this.model.connectionKind(spec, endpoint);
    if ((takes & sent) !== 0) return undefined;
    if (takes === Takes.Nothing) return { flag: 'UF', cause: 'endpoint-refuses' };
    // A server that awaits a handshake closes what it does not understand: the connection had been made.
    if (sent === Takes.Plaintext) return { flag: '-', cause: 'server-expects-tls' };
    return { flag: 'UF', cause: 'server-expects-plaintext' };
  }

  private causeOfAbsence(cluster: number, view: View, group: number): RefusalCause {
    if (view.absence[cluster] === Absence.Warming) return 'eds-late';
    const { listeners, clusters } = this.model.lastSnapshot;
    if (clusters[group].spec[cluster] !== 0) return 'cds-late';
    const isUsedInTheEnd = this.model.snapshots.listenerTables.get(listeners[group]).clusters.has(cluster);
    return isUsedInTheEnd ? 'subset-undefined' : 'lds-late';
  }

  private refusal({ host }: Flow, group: number, to: Pick<Destination, 'host' | 'subset'>, result: Result): Refusal {
    const { kind } = this.model.proxies.groups[group];
    return { ...result, code: 0, host, destination: to.host, subset: to.subset, kind };
  }
}
