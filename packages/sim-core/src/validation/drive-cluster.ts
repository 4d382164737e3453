/** One cluster of one proxy under the requests of a cell: what happens to it when, and what is counted of it in which time. */
import type { Draws } from '../kernel/random.js';
import { ProxyCluster } from '../traffic/pools/proxy-cluster.js';
import { type ClusterSetting, Connect } from '../traffic/pools/setting.js';
import { ENDING_OF, End, Tally } from '../traffic/pools/tally.js';
import { endingOf } from '../traffic/response-flags.js';
import { applyChange, type ClusterChange, type ClusterStart } from '../traffic/sampled/cluster-changes.js';
import { failureKey } from './measured-rows.js';
import { type ConnectionCounts, HANDSHAKES, mapCounts } from './proxy-facts.js';

export interface Drive {
  readonly setting: ClusterSetting;
  readonly start: ClusterStart;
  /** In the order of time. */
  readonly changes: readonly ClusterChange[];
  readonly times: {
    /** Requests start, with empty pools. */
    readonly startNs: number;
    /** They are counted. */
    readonly fromNs: number;
    readonly toNs: number;
    /** Connections are counted from 0 on, and for so long. */
    readonly connectionsUntilNs: number;
  };
  readonly draws: Draws;
  /** Of the proxy's cluster, apart from all others. */
  readonly entity: number;
  readonly sources: number;
}

export interface DrivenCounts {
  readonly connections: ConnectionCounts;
  readonly requests: number;
  /** By flag. */
  readonly failures: ReadonlyMap<string, number>;
}

export function drive(parts: Drive): DrivenCounts {
  const { fromNs, toNs, connectionsUntilNs } = parts.times;
  const driven = new DrivenCluster(parts);
  const states = new Map<number, State>();
  for (const atNs of [fromNs, 0, connectionsUntilNs].sort((a, b) => a - b)) {
    driven.runUntil(atNs);
    states.set(atNs, driven.state());
  }
  driven.runUntil(toNs);
  const end = driven.finish();
  const [first, begun, ended] = [fromNs, 0, connectionsUntilNs].map((atNs) => states.get(atNs) as State);
  return {
    connections: mapCounts(ended.connections, (count, name) => count - begun.connections[name]),
    requests: end.arrivals - first.arrivals,
    failures: failuresBetween(first, end),
  };
}

interface State {
  readonly connections: ConnectionCounts;
  readonly arrivals: number;
  /** By Outcome. */
  readonly outcomes: readonly number[];
}

class DrivenCluster {
  private readonly tally: Tally;
  private readonly cluster: ProxyCluster;
  private readonly changes: readonly ClusterChange[];
  /** Place in the changes. */
  private next = 0;
  private handshakes = 0;

  constructor({ setting, start, changes, times, draws, entity, sources }: Drive) {
    this.tally = new Tally(sources, setting.upstreams.length);
    this.changes = changes;
    const connect = (spec: number, endpoint: number, conditions: number): number => {
      const made = setting.connect(spec, endpoint, conditions);
      if (made === Connect.Tls) this.handshakes++;
      return made;
    };
    this.cluster = new ProxyCluster({ ...setting, connect }, draws, entity, this.tally);
    this.cluster.setConditions(start.conditions);
    for (let worker = 0; worker < setting.workers; worker++) {
      this.cluster.setLoad(worker, start.load);
      if (start.spec === 0) continue;
      this.cluster.swap(worker, start.spec, times.startNs);
      this.cluster.setMembers(worker, start.members);
    }
    this.cluster.resume(times.startNs);
  }

  runUntil(toNs: number): void {
    const { cluster, changes } = this;
    for (; this.next < changes.length && changes[this.next].atNs <= toNs; this.next++) {
      cluster.runUntil(changes[this.next].atNs);
      applyChange(cluster, changes[this.next]);
    }
    cluster.runUntil(toNs);
  }

  /** What is under way goes on to its end. */
  finish(): State {
    this.cluster.finish();
    return this.state();
  }

  state(): State {
    const { tally, handshakes } = this;
    const { ends, opened, arrivals } = tally;
    const connections = {
      opened,
      'closed by the proxy': ends[End.ClosedIdle] + ends[End.Drained] + ends[End.Retired] + ends[End.Expired],
      // To Envoy one that was never made is closed by the other side too.
      'closed by the server': ends[End.Failed] + ends[End.Cut],
      'not made': ends[End.Failed],
      [HANDSHAKES]: handshakes,
    };
    return { connections, arrivals, outcomes: ENDING_OF.map((_, outcome) => tally.total(outcome)) };
  }
}

function failuresBetween(first: State, end: State): ReadonlyMap<string, number> {
  const failures = new Map<string, number>();
  ENDING_OF.forEach((ending, outcome) => {
    const { code, flag } = endingOf(ending);
    const key = failureKey(code, flag);
    const count = end.outcomes[outcome] - first.outcomes[outcome];
    if (key !== undefined && count > 0) failures.set(key, (failures.get(key) ?? 0) + count);
  });
  return failures;
}
