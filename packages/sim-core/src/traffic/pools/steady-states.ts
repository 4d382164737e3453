/**
 * What a cluster of one proxy does under a load that does not change: run once, apart from all trials, and known from
 * then on to whoever has the same limits, endpoints and load. Ejection is left out: it is of the trials.
 */
import { Draws, newRootKey } from '../../kernel/random.js';
import type { ClusterPolicy } from '../../manifest/traffic-policy.js';
import { ProxyCluster } from './proxy-cluster.js';
import type { ClusterSetting, Load } from './setting.js';
import { StockLaw } from './stock-law.js';
import { End, Outcome, Tally } from './tally.js';

/** All workers alike. */
export interface Situation {
  readonly spec: number;
  readonly members: readonly number[];
  readonly conditions: number;
  /** Of each worker. */
  readonly load: Load;
}

export interface SteadyState {
  /** Shares of requests that limits refuse: in all, and while connections are being made. */
  readonly overflowShare: number;
  readonly connectingShare: number;
  /** Connections of the proxy that end of age or use, and are made anew. */
  readonly renewalsPerSecond: number;
  /** Endpoint → size of a worker's pool. */
  readonly stock: readonly StockLaw[];
}

/**
 * Requests that are looked at, and at least for how many times that one takes: the number of those under way has to
 * change. With limits in several runs, each from empty pools: who has got the connections then keeps them for long, and
 * each proxy has them elsewhere.
 */
const REQUESTS = 3_000;
const LIMITED_REQUESTS = 600;
const LIMITED_RUNS = 24;
const DURATIONS = 10;

/** Before that, until nothing of the empty start is left: requests, and times of the slowest of a hundred. */
const WARMUP_REQUESTS = 300;
const WARMUP_DURATIONS = 3;

/** Trials count from 0. */
const NO_TRIAL = -1;

const NS_PER_SECOND = 1e9;
const NS_PER_MS = 1e6;

export class SteadyStates {
  private readonly known = new Map<string, SteadyState>();
  /** By cluster content. */
  private readonly policyKeys: string[] = [];
  private readonly setting: ClusterSetting;
  private readonly draws: Draws;

  constructor(setting: ClusterSetting, seed: string) {
    this.setting = { ...setting, policyOf: (spec) => withoutEjection(setting.policyOf(spec)) };
    this.draws = new Draws(newRootKey(seed), NO_TRIAL);
  }

  of(situation: Situation): SteadyState {
    const key = this.keyOf(situation);
    let state = this.known.get(key);
    if (state === undefined) {
      state = this.run(situation);
      this.known.set(key, state);
    }
    return state;
  }

  private keyOf({ spec, members, conditions, load }: Situation): string {
    const connect = members.map((endpoint) => this.setting.connect(spec, endpoint, conditions));
    this.policyKeys[spec] ??= JSON.stringify(this.setting.policyOf(spec));
    return `${this.policyKeys[spec]} ${members} ${connect} ${load.perSecond.toPrecision(9)}`;
  }

  private run(situation: Situation): SteadyState {
    const { setting } = this;
    const { spec, members, load } = situation;
    const isLimited = hasLimits(setting.policyOf(spec));
    const perNs = (load.perSecond * setting.workers) / NS_PER_SECOND;
    const durations = members.map((endpoint) => setting.upstreams[endpoint].durationMs);
    const slowestNs = NS_PER_MS * Math.max(...durations.map((duration) => duration.quantile(0.99)));
    const usualNs = NS_PER_MS * Math.max(...durations.map(({ mean }) => mean));
    const fromNs = Math.max(WARMUP_REQUESTS / perNs, WARMUP_DURATIONS * slowestNs);
    const lastsNs = Math.max((isLimited ? LIMITED_REQUESTS : REQUESTS) / perNs, DURATIONS * usualNs);
    const tally = new Tally(1 + Math.max(...load.sources.map(({ source }) => source)), setting.upstreams.length);
    const visits = setting.upstreams.map((): number[] => []);
    const runs = isLimited ? LIMITED_RUNS : 1;
    for (let run = 0; run < runs; run++) this.look(situation, run, fromNs, lastsNs, tally, visits);
    const ended = tally.outcomes.reduce((sum, count) => sum + count, 0) || 1;
    const seconds = (runs * lastsNs) / NS_PER_SECOND;
    return {
      overflowShare: (tally.total(Outcome.AtLimit) + tally.total(Outcome.WhileConnecting)) / ended,
      connectingShare: tally.total(Outcome.WhileConnecting) / ended,
      renewalsPerSecond: (tally.ends[End.Retired] + tally.ends[End.Expired]) / seconds,
      stock: visits.map((ofEndpoint) => new StockLaw(ofEndpoint, setting.workers * seconds)),
    };
  }

  private look(
    { spec, members, load, conditions }: Situation,
    run: number,
    fromNs: number,
    lastsNs: number,
    tally: Tally,
    visits: readonly number[][],
  ): void {
    const { setting } = this;
    const cluster = new ProxyCluster(setting, this.draws, run, tally);
    cluster.setConditions(conditions);
    for (let worker = 0; worker < setting.workers; worker++) {
      cluster.swap(worker, spec, 0);
      cluster.setMembers(worker, members);
      cluster.setLoad(worker, load);
    }
    tally.isCounting = false;
    cluster.resume(0);
    cluster.runUntil(fromNs);
    for (const { found } of cluster.standingPools) found.length = 0;
    tally.isCounting = true;
    cluster.runUntil(fromNs + lastsNs);
    for (const { endpoint, found } of cluster.standingPools) {
      found.forEach((count, n) => {
        visits[endpoint][n] = (visits[endpoint][n] ?? 0) + count;
      });
    }
  }
}

export function hasLimits(policy: ClusterPolicy): boolean {
  const { maxConnections, http1MaxPendingRequests, http2MaxRequests } = policy;
  return Math.min(maxConnections, http1MaxPendingRequests, http2MaxRequests) < Number.POSITIVE_INFINITY;
}

function withoutEjection({ outlierDetection: _, ...policy }: ClusterPolicy): ClusterPolicy {
  return policy;
}
