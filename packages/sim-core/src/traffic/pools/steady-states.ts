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

/** Requests that are looked at. With limits, so that a share of refused ones is within 1 % of them at two sigma. */
const REQUESTS = 5_000;
const LIMITED_REQUESTS = 20_000;

/** Requests before that, and times of the slowest of a hundred: until nothing of the empty start is left. */
const WARMUP_REQUESTS = 1_000;
const WARMUP_DURATIONS = 5;

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
    const tally = new Tally(1 + Math.max(...load.sources.map(({ source }) => source)), setting.upstreams.length);
    const cluster = new ProxyCluster(setting, this.draws, 0, tally);
    cluster.setConditions(situation.conditions);
    for (let worker = 0; worker < setting.workers; worker++) {
      cluster.swap(worker, spec, 0);
      cluster.setMembers(worker, members);
      cluster.setLoad(worker, load);
    }
    const perSecond = load.perSecond * setting.workers;
    const slowestMs = Math.max(...members.map((endpoint) => setting.upstreams[endpoint].durationMs.quantile(0.99)));
    const fromNs = Math.max((WARMUP_REQUESTS / perSecond) * NS_PER_SECOND, WARMUP_DURATIONS * slowestMs * NS_PER_MS);
    const requests = hasLimits(setting.policyOf(spec)) ? LIMITED_REQUESTS : REQUESTS;
    const lastsNs = (requests / perSecond) * NS_PER_SECOND;
    tally.isCounting = false;
    cluster.resume(0);
    cluster.runUntil(fromNs);
    for (const pool of cluster.standingPools) pool.found.length = 0;
    tally.isCounting = true;
    cluster.runUntil(fromNs + lastsNs);
    const ended = Math.max(
      1,
      tally.outcomes.reduce((sum, count) => sum + count, 0),
    );
    return {
      overflowShare: (tally.total(Outcome.AtLimit) + tally.total(Outcome.WhileConnecting)) / ended,
      connectingShare: tally.total(Outcome.WhileConnecting) / ended,
      renewalsPerSecond: ((tally.ends[End.Retired] + tally.ends[End.Expired]) * NS_PER_SECOND) / lastsNs,
      stock: setting.upstreams.map((_, endpoint) => newStockLaw(cluster, endpoint, lastsNs)),
    };
  }
}

function newStockLaw(cluster: ProxyCluster, endpoint: number, lastsNs: number): StockLaw {
  const visits: number[] = [];
  for (const pool of cluster.standingPools) {
    if (pool.endpoint !== endpoint) continue;
    pool.found.forEach((count, n) => {
      visits[n] = (visits[n] ?? 0) + count;
    });
  }
  return new StockLaw(visits, (cluster.setting.workers * lastsNs) / NS_PER_SECOND);
}

export function hasLimits(policy: ClusterPolicy): boolean {
  const { maxConnections, http1MaxPendingRequests, http2MaxRequests } = policy;
  return Math.min(maxConnections, http1MaxPendingRequests, http2MaxRequests) < Number.POSITIVE_INFINITY;
}

function withoutEjection({ outlierDetection: _, ...policy }: ClusterPolicy): ClusterPolicy {
  return policy;
}
