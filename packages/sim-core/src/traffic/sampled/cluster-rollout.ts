/**
 * One cluster of one proxy through a rollout: request by request in the windows, as in its steady state between them. What
 * it counts is what the rollout causes.
 */
import { UniformStream } from '../../kernel/random.js';
import { msToNs } from '../../kernel/time.js';
import { refusedRetriesAt, remembers, steadyFailures } from '../pools/endpoint-failures.js';
import { ProxyCluster } from '../pools/proxy-cluster.js';
import type { Situation, SteadyState } from '../pools/steady-states.js';
import { ENDS, End, OUTCOMES, Outcome, Tally, type Watcher } from '../pools/tally.js';
import { Thinned } from '../pools/thinned.js';
import { applyChange } from './cluster-changes.js';
import { ClusterFailures } from './cluster-failures.js';
import { mayEject, type RolloutParts } from './rollout-parts.js';
import type { Window } from './windows.js';

/** See proxy-cluster.ts. */
const Purpose = { Stock: 0x200b, Phase: 0x200c, Past: 0x200d } as const;

/** After so long a time an endpoint is away for the longest time that there is, and a random part of it has passed. */
const PAST_NS = 1800e9;
const LONGEST_AWAY_NS = 300e9;
/** Connections that never expire are as old as this. */
const OLDEST_NS = 86_400e9;

/** After a disturbance requests count as those that it makes wait. */
const WAIT_NS = 1e9;

const NS_PER_SECOND = 1e9;

export class ClusterRollout {
  /** Requests that end as only a sample can tell, from the first window on. */
  readonly tally: Tally;
  /** What the endpoints would have failed of them in the same time without the rollout; undefined: nothing. */
  usual: Tally | undefined;
  /** Connections that it ends, by End. */
  readonly ends = new Float64Array(ENDS);
  handshakes = 0;
  /** Source → requests refused (UO) while connections are made anew. */
  readonly refused: Float64Array;
  /** From the first disturbance on. */
  readonly failures = new ClusterFailures();
  private readonly watcher: Watcher;
  private readonly cluster: ProxyCluster;
  /** Where endpoints may be ejected. */
  private readonly thinned: Thinned | undefined;
  private readonly stockDraws: UniformStream;
  /** Place in the changes. */
  private next = 0;
  private waitsUntilNs = Number.POSITIVE_INFINITY;
  /** Time in which failures of endpoints are counted here. */
  private countedNs = 0;

  constructor(private readonly parts: RolloutParts) {
    const { setting, draws, entity, sources } = parts;
    this.tally = new Tally(sources, setting.upstreams.length);
    this.refused = new Float64Array(sources);
    this.stockDraws = new UniformStream(draws, entity, Purpose.Stock);
    this.tally.weight = parts.weight;
    this.watcher = {
      arrived: (nowNs) => this.failures.arrived(nowNs),
      ended: (...requests) => this.failures.ended(...requests),
      made: (endpoint, nowNs) => parts.onConnected(endpoint, nowNs),
    };
    this.cluster = this.newCluster(this.tally);
    if (mayEject(parts)) this.thinned = new Thinned(this.cluster, draws, entity, this.tally);
  }

  run(): void {
    const { windows, horizonNs } = this.parts;
    if (this.thinned !== undefined) this.recall(this.thinned, this.tally);
    this.updateCounting(windows[0].fromNs);
    this.cluster.onRefresh = (nowNs) => this.noteState(nowNs);
    windows.forEach((window, at) => {
      const following = windows[at + 1];
      this.runWindow(window, at === 0 ? OLDEST_NS : window.fromNs - windows[at - 1].toNs);
      this.renew((following?.disturbedNs ?? horizonNs) - window.disturbedNs);
      this.letPass(window.toNs, following?.fromNs ?? horizonNs);
    });
    this.handshakes += this.growth(horizonNs - windows[windows.length - 1].toNs);
    this.failures.enter(undefined, horizonNs);
    if (this.thinned !== undefined) this.usual = this.withoutRollout();
  }

  /** What the detector knows from the time before the first window. */
  private recall(thinned: Thinned, tally: Tally): void {
    const { setting, windows, start, draws, entity } = this.parts;
    if (start.spec === 0 || !remembers(setting, start.spec, start.members, start.conditions)) return;
    const [{ fromNs }] = windows;
    const pastNs = PAST_NS + LONGEST_AWAY_NS * draws.uniform(entity, Purpose.Past, 0);
    tally.isCounting = false;
    thinned.run(fromNs - pastNs, fromNs);
    tally.isCounting = true;
  }

  private newCluster(tally: Tally): ProxyCluster {
    const { setting, draws, entity, start, queue } = this.parts;
    const cluster = new ProxyCluster(setting, draws, entity, tally, queue);
    cluster.setConditions(start.conditions);
    const { outlierDetection } = setting.policyOf(start.spec);
    const phase = draws.uniform(entity, Purpose.Phase, 0) * msToNs(outlierDetection?.intervalMs ?? 0);
    for (let worker = 0; worker < setting.workers; worker++) {
      cluster.setLoad(worker, start.load);
      if (start.spec === 0) continue;
      cluster.swap(worker, start.spec, -OLDEST_NS - phase);
      cluster.setMembers(worker, start.members);
    }
    return cluster;
  }

  private runWindow(window: Window, sinceNs: number): void {
    const { parts, tally, cluster } = this;
    this.applyUntil(window.fromNs, false);
    cluster.resume(window.fromNs);
    const isFirst = window === parts.windows[0];
    const grown = this.restock(sinceNs);
    if (!isFirst) this.handshakes += grown;
    tally.waits = isFirst ? parts.waits.usual : undefined;
    cluster.runUntil(window.disturbedNs);
    tally.watcher = this.watcher;
    const before = { ends: tally.ends.slice(), outcomes: tally.outcomes.slice(), made: tally.made };
    this.applyUntil(window.toNs, true);
    this.advance(window.toNs);
    cluster.finish();
    cluster.closeLeaving();
    tally.watcher = undefined;
    tally.waits = undefined;
    const ended = (end: number): number => tally.ends[end] - before.ends[end];
    for (const end of [End.ClosedIdle, End.Drained, End.Cut]) this.ends[end] += ended(end);
    // What is made in place of a connection that had served its time is not the rollout's.
    this.handshakes += Math.max(0, tally.made - before.made - ended(End.Retired) - ended(End.Expired));
    this.countRefused(before.outcomes);
    if (tally.countsEndpointFailures) this.countedNs += window.toNs - window.disturbedNs;
  }

  private applyUntil(untilNs: number, isRunning: boolean): void {
    const { parts, tally } = this;
    for (; this.next < parts.changes.length && parts.changes[this.next].atNs <= untilNs; this.next++) {
      const change = parts.changes[this.next];
      if (isRunning) this.advance(change.atNs);
      applyChange(this.cluster, change);
      this.updateCounting(change.atNs);
      if (!isRunning || !change.disturbs) continue;
      this.waitsUntilNs = change.atNs + WAIT_NS;
      tally.waits = parts.waits.disturbed;
    }
  }

  private advance(toNs: number): void {
    const { cluster, tally } = this;
    if (this.waitsUntilNs < toNs) {
      cluster.runUntil(this.waitsUntilNs);
      tally.waits = undefined;
      this.waitsUntilNs = Number.POSITIVE_INFINITY;
    }
    cluster.runUntil(toNs);
  }

  /** Failures of endpoints that do not depend on each other are not counted here, but by the exact integral. */
  private updateCounting(nowNs: number): void {
    const { setting } = this.parts;
    const situation = this.thinned && this.situation();
    this.tally.countsEndpointFailures =
      situation !== undefined && remembers(setting, situation.spec, situation.members, situation.conditions);
    this.noteState(nowNs);
  }

  private noteState(nowNs: number): void {
    const { cluster, tally } = this;
    const balancer = tally.countsEndpointFailures ? cluster.balancerOf(0) : undefined;
    const { conditions } = cluster;
    this.failures.enter(balancer && { spec: balancer.object.spec, available: balancer.available, conditions }, nowNs);
  }

  private countRefused(before: Float64Array): void {
    const { tally, refused } = this;
    const share = this.steadyState()?.connectingShare ?? 0;
    this.failures.endWindow(share);
    for (const source of refused.keys()) {
      let ended = 0;
      for (let at = source * OUTCOMES; at < (source + 1) * OUTCOMES; at++) ended += tally.outcomes[at] - before[at];
      const at = source * OUTCOMES + Outcome.WhileConnecting;
      refused[source] += Math.max(0, tally.outcomes[at] - before[at] - share * ended);
    }
  }

  /** Between windows, and after the last. */
  private letPass(fromNs: number, toNs: number): void {
    if (!this.tally.countsEndpointFailures) return;
    this.tally.watcher = this.watcher;
    this.thinned?.run(fromNs, toNs);
    this.tally.watcher = undefined;
    this.countedNs += toNs - fromNs;
  }

  /** Connections that the new policy ends of use or age more often than the old one did. */
  private renew(lastsNs: number): void {
    const { start, steady } = this.parts;
    const isUsed = start.spec !== 0 && start.members.length > 0 && start.load.perSecond > 0;
    const before = isUsed ? steady.of(start).renewalsPerSecond : 0;
    const after = this.steadyState()?.renewalsPerSecond ?? 0;
    this.handshakes += (Math.max(0, after - before) * lastsNs) / NS_PER_SECOND;
  }

  /** @returns connections that a time without a window adds to the pools */
  private growth(lastsNs: number): number {
    return this.sizes(lastsNs).reduce((sum, { pool, size }) => sum + Math.max(0, size - pool.connections), 0);
  }

  private restock(lastsNs: number): number {
    const sizes = this.sizes(lastsNs);
    const grown = sizes.reduce((sum, { pool, size }) => sum + Math.max(0, size - pool.connections), 0);
    for (const { pool, size } of sizes) this.cluster.stock(pool, size);
    return grown;
  }

  private sizes(lastsNs: number) {
    const { cluster, parts } = this;
    const state = this.steadyState();
    if (state === undefined) return [];
    return Array.from({ length: parts.setting.workers }, (_, worker) => worker).flatMap((worker) => {
      const balancer = cluster.balancerOf(worker);
      if (balancer === undefined) return [];
      const idleNs = Math.min(OLDEST_NS, msToNs(balancer.object.policy.idleTimeoutMs));
      return balancer.available.map((endpoint) => {
        const pool = balancer.object.poolOf(worker, endpoint);
        const drawn = state.stock[endpoint].draw(Math.min(lastsNs, idleNs), this.stockDraws.next());
        return { pool, size: lastsNs >= idleNs ? drawn : Math.max(drawn, pool.connections) };
      });
    });
  }

  private steadyState(): SteadyState | undefined {
    const situation = this.situation();
    return situation && this.parts.steady.of(situation);
  }

  /** As the first worker has it; undefined where no request reaches an endpoint. */
  private situation(): Situation | undefined {
    const { cluster } = this;
    const balancer = cluster.balancerOf(0);
    const load = cluster.loadOf(0);
    if (balancer === undefined || balancer.members.length === 0 || load.perSecond === 0) return undefined;
    return { spec: balancer.object.spec, members: balancer.members, conditions: cluster.conditions, load };
  }

  /** In the time in which failures of endpoints are counted here. */
  private withoutRollout(): Tally {
    const { parts } = this;
    const { start, setting, windows, horizonNs } = parts;
    const usual = new Tally(parts.sources, setting.upstreams.length);
    if (start.spec === 0 || start.load.perSecond === 0) return usual;
    if (remembers(setting, start.spec, start.members, start.conditions)) {
      const cluster = this.newCluster(usual);
      const thinned = new Thinned(cluster, parts.draws, parts.entity, usual);
      this.recall(thinned, usual);
      thinned.run(windows[0].fromNs, horizonNs);
      return usual;
    }
    const requests = (start.load.perSecond * setting.workers * this.countedNs) / NS_PER_SECOND;
    const { spec, members, conditions, load } = start;
    const refused = refusedRetriesAt(setting, spec, members, conditions, load);
    for (const { source, share: ofLoad } of load.sources) {
      const failures = steadyFailures(setting, spec, members, conditions, source, refused);
      for (const { outcome, share } of failures)
        usual.finishedOver(source, outcome, 0, horizonNs, requests * ofLoad * share);
    }
    return usual;
  }
}
