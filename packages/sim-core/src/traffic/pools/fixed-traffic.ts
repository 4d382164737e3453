/**
 * One cluster of one proxy under the traffic of a measurement: a fixed rate at even distances, fixed times per endpoint,
 * and one swap. For comparison with what a lab has counted.
 */
import { newSampler, type Sampler } from '../../kernel/distribution.js';
import type { Draws } from '../../kernel/random.js';
import { msToNs } from '../../kernel/time.js';
import type { ClusterPolicy } from '../../manifest/traffic-policy.js';
import type { EndingName } from '../response-flags.js';
import { HashTables } from './hash-table.js';
import { ProxyCluster } from './proxy-cluster.js';
import type { ClusterSetting } from './setting.js';
import { ENDING_OF, End, OUTCOMES, Tally } from './tally.js';

export interface FixedTraffic {
  readonly workers: number;
  /** Of the proxy. */
  readonly requestsPerSecond: number;
  /** When requests start, with empty pools, and when counting does; both before the swap. */
  readonly fromMs: number;
  readonly countedFromMs: number;
  /** undefined: the cluster stays as it is. */
  readonly swapMs: number | undefined;
  readonly toMs: number;
  /** Connections are counted for so long, from 0. */
  readonly connectionsUntilMs: number;
  readonly before: ClusterPolicy;
  readonly after: ClusterPolicy;
  readonly endpoints: readonly { readonly id: string; readonly durationMs: number }[];
  /** How connections of the two policies end: a value of Connect. */
  readonly connect: { readonly before: number; readonly after: number };
  readonly tcpHandshakeMs: Sampler;
  readonly tlsHandshakeMs: Sampler;
  /** Of a request, retries included. */
  readonly attempts: number;
}

export interface FixedTrafficCounts {
  readonly requests: Readonly<Partial<Record<EndingName, number>>>;
  /** Attempts to connect, and those that failed. */
  readonly opened: number;
  readonly failed: number;
  /** By the proxy: idle ones at the swap, the others after their last request. */
  readonly closedIdle: number;
  readonly drained: number;
}

const [BEFORE, AFTER] = [1, 2];

/** @param entity tells proxies of one trial apart */
export function simulateFixedTraffic(traffic: FixedTraffic, draws: Draws, entity: number): FixedTrafficCounts {
  const { workers, endpoints, swapMs } = traffic;
  const tally = new Tally(1, endpoints.length);
  const cluster = new ProxyCluster(newSetting(traffic), draws, entity, tally);
  const members = [...endpoints.keys()];
  const perSecond = traffic.requestsPerSecond / workers;
  for (let worker = 0; worker < workers; worker++) {
    cluster.swap(worker, BEFORE, msToNs(traffic.fromMs));
    cluster.setMembers(worker, members);
    cluster.setLoad(worker, { perSecond, sources: [{ source: 0, share: 1 }] });
  }
  tally.isCounting = false;
  cluster.resume(msToNs(traffic.fromMs));
  cluster.runUntil(msToNs(traffic.countedFromMs));
  tally.isCounting = true;
  cluster.runUntil(0);
  const { opened } = tally;
  if (swapMs !== undefined) {
    cluster.runUntil(msToNs(swapMs));
    for (let worker = 0; worker < workers; worker++) {
      cluster.swap(worker, AFTER);
      cluster.setMembers(worker, members);
    }
  }
  cluster.runUntil(msToNs(traffic.connectionsUntilMs));
  const counts = {
    opened: tally.opened - opened,
    failed: tally.ends[End.Failed],
    closedIdle: tally.ends[End.ClosedIdle],
    drained: tally.ends[End.Drained],
  };
  cluster.runUntil(msToNs(traffic.toMs));
  cluster.finish();
  return { ...counts, requests: requestsOf(tally) };
}

function newSetting(traffic: FixedTraffic): ClusterSetting {
  return {
    workers: traffic.workers,
    upstreams: traffic.endpoints.map(({ id, durationMs }) => ({ id, durationMs: newSampler(durationMs) })),
    tcpHandshakeMs: traffic.tcpHandshakeMs,
    tlsHandshakeMs: traffic.tlsHandshakeMs,
    isEvenlySpaced: true,
    hashTables: new HashTables(),
    policyOf: (spec) => (spec === BEFORE ? traffic.before : traffic.after),
    connect: (spec) => (spec === BEFORE ? traffic.connect.before : traffic.connect.after),
    attempts: () => traffic.attempts,
  };
}

function requestsOf(tally: Tally): FixedTrafficCounts['requests'] {
  const requests: Partial<Record<EndingName, number>> = {};
  for (let outcome = 0; outcome < OUTCOMES; outcome++) {
    const count = tally.total(outcome);
    const ending = ENDING_OF[outcome];
    if (count > 0) requests[ending] = (requests[ending] ?? 0) + count;
  }
  return requests;
}
