/**
 * The kinds of long-lived connections that a rollout can affect, and how many of each are open at a proxy: TCP connections,
 * one kind for each filter chain that some revision has, and HTTP streams, one for each kind of request.
 */
import type { MeshModel } from '../../mesh/model.js';
import type { LongLivedLoad } from '../../scenario/types.js';
import type { Outcomes } from '../outcomes.js';
import { spreadOver } from '../spread.js';
import { type ConnectionAttributes, httpTakerOf, type Taker, takerOf } from './chain-lookup.js';

export interface Flow {
  readonly type: 'tcp' | 'stream';
  /** Host as the VirtualService names it, or the service. */
  readonly host: string;
  /** `<VirtualService>/<tcp[i], tls[i], route name or http[i]>`, or `default route`. */
  readonly rule: string;
  /** Open at each proxy of the group before the rollout. */
  readonly openPerProxy: number;
  /** Of a stream: its requests, an index into Outcomes.classes of the group; −1: a TCP connection. */
  readonly requests: number;
  readonly load: LongLivedLoad;
  /** What takes one that comes to a proxy with a listener table. */
  takerIn(table: number): Taker;
}

/** Stands for the `*` of a wildcard. */
const EXAMPLE_LABEL = 'any';

/** Flows per proxy group. */
export function longLivedFlows(model: MeshModel, outcomes: Outcomes): readonly (readonly Flow[])[] {
  const { tcpConnections, streams } = model.scenario.traffic;
  const tcp = spreadOver(
    model,
    tcpConnections.total,
    model.proxies.groups.map((_, group) => tcpDrafts(model, group)),
  );
  const http = spreadOver(
    model,
    streams.total,
    model.proxies.groups.map((_, group) => streamDrafts(model, outcomes, group)),
  );
  return model.proxies.groups.map((_, group) =>
    [
      ...tcp[group].map(({ amount, ...draft }) => ({ ...draft, openPerProxy: amount, load: tcpConnections })),
      ...http[group].map(({ amount, ...draft }) => ({ ...draft, openPerProxy: amount, load: streams })),
    ].filter(({ load }) => load.total > 0),
  );
}

type Draft = Omit<Flow, 'openPerProxy' | 'load'>;

/** Connections that take the same chains at every state of the listeners are one kind. */
function tcpDrafts(model: MeshModel, group: number): Draft[] {
  const { listenerTables } = model.snapshots;
  const tables = tablesOf(model, group);
  const drafts = new Map<string, Draft>();
  for (const table of tables) {
    for (const { name, chains } of listenerTables.get(table).listeners) {
      const isMixed = chains.some(({ tcp }) => tcp === undefined);
      for (const { tcp, match } of chains) {
        // Where the proxy has to find out, what no route claims is taken to be HTTP.
        if (tcp === undefined || (isMixed && tcp.rule === 'default route')) continue;
        const [serverName = ''] = match.serverNames;
        const [subnet = ''] = match.subnets;
        const connection: ConnectionAttributes = {
          listener: name,
          serverName: serverName.replace('*', EXAMPLE_LABEL),
          subnet,
        };
        const takerIn = (id: number): Taker => takerOf(listenerTables.get(id), connection);
        const taken = tables.map((id) => identityOf(takerIn(id)));
        const key = taken.join(' ');
        // Nobody has been connecting to what was not there.
        if (drafts.has(key) || typeof takerIn(tables[0]) === 'string') continue;
        drafts.set(key, { type: 'tcp', host: tcp.host, rule: tcp.rule, requests: -1, takerIn });
      }
    }
  }
  return [...drafts.values()];
}

/** Only requests to a gateway or sidecar whose listener is known can lose it. */
function streamDrafts(model: MeshModel, outcomes: Outcomes, group: number): Draft[] {
  const { listenerTables } = model.snapshots;
  const start = model.firstSnapshot.listeners[group];
  return outcomes.classes[group].flatMap(({ host, rule, request }, requests): Draft[] => {
    const takerIn = (id: number): Taker => httpTakerOf(listenerTables.get(id), request.gateway, request.authority);
    if (typeof takerIn(start) === 'string') return [];
    return [{ type: 'stream', host, rule, requests, takerIn }];
  });
}

function identityOf(taker: Taker): string {
  return typeof taker === 'string' ? taker : String(taker.id);
}

/** Listener tables of a group, at each revision of each object beside the others as they were, and in the end. */
function tablesOf(model: MeshModel, group: number): number[] {
  const { objects } = model;
  const states = objects.flatMap((object, index) =>
    object.revisions.map((_, revision) =>
      model.snapshot(model.snapshotId(objects.map((__, other) => (other === index ? revision : 0)))),
    ),
  );
  return [...new Set([model.firstSnapshot, ...states, model.lastSnapshot].map(({ listeners }) => listeners[group]))];
}
