/**
 * Ejection where nothing else is to be seen: only the requests that meet an endpoint that fails are looked at, one by one,
 * as the detector sees them. Connections play no part, and all workers have the same cluster object.
 */
import { log } from '../../kernel/elementary.js';
import { type Draws, UniformStream } from '../../kernel/random.js';
import { msToNs } from '../../kernel/time.js';
import type { Balancer } from './balancer.js';
import { NONE } from './cluster-object.js';
import { type EndpointFailure, failureOf, refusedRetriesAt, steadyFailures } from './endpoint-failures.js';
import type { OutlierDetector } from './outlier-detector.js';
import type { ProxyCluster } from './proxy-cluster.js';
import { NO_SPEC } from './setting.js';
import { notRetried, Outcome, type Tally } from './tally.js';

/** See proxy-cluster.ts. */
const Purpose = { Gaps: 0x2007, Kinds: 0x2008, Sources: 0x2009 } as const;

const NS_PER_SECOND = 1e9;

/** So many leave the detector's counts as if they had gone on for ever. */
const MANY_FAILURES = 50;
/** Much longer than any count that ejects. */
const LONG_ROW = 1e6;

export class Thinned {
  private readonly gaps: UniformStream;
  private readonly kinds: UniformStream;
  private readonly sources: UniformStream;
  /** Endpoint → when its next failure is, and whether the request before that one fails too. */
  private readonly nextNs: Float64Array;
  private readonly isInRow: Uint8Array;
  /** By endpoint, for the cluster's content and the conditions of the moment. */
  private readonly known: EndpointFailure[] = [];
  private knownFor = { spec: NO_SPEC, conditions: NONE };

  constructor(
    private readonly cluster: ProxyCluster,
    draws: Draws,
    entity: number,
    private readonly tally: Tally,
  ) {
    this.gaps = new UniformStream(draws, entity, Purpose.Gaps);
    this.kinds = new UniformStream(draws, entity, Purpose.Kinds);
    this.sources = new UniformStream(draws, entity, Purpose.Sources);
    this.nextNs = new Float64Array(cluster.setting.upstreams.length);
    this.isInRow = new Uint8Array(cluster.setting.upstreams.length);
  }

  run(fromNs: number, toNs: number): void {
    const balancer = this.cluster.balancerOf(0);
    const perSecond = this.cluster.perSecond;
    if (balancer === undefined || perSecond === 0) return;
    const { detector } = balancer.object;
    if (detector === undefined) return;
    let now = fromNs;
    this.schedule(balancer, perSecond, now);
    while (now < toNs) {
      const tickNs = detector.isRemembering ? detector.nextTickNs(now) : Number.POSITIVE_INFINITY;
      const untilNs = Math.min(tickNs, toNs);
      if (this.isSettled(balancer, detector, perSecond, untilNs - now)) {
        this.failSteadily(balancer, detector, perSecond, now, untilNs);
        now = untilNs;
        if (now === tickNs && detector.tick(now)) this.cluster.refresh(balancer.object, now);
        this.schedule(balancer, perSecond, now);
        continue;
      }
      const endpoint = this.first(balancer.available);
      if (endpoint !== NONE && this.nextNs[endpoint] < untilNs) {
        now = this.nextNs[endpoint];
        if (this.fail(balancer, endpoint, perSecond, now)) this.schedule(balancer, perSecond, now);
        else this.scheduleOne(balancer, endpoint, perSecond, now);
        continue;
      }
      if (balancer.available.length === 0) this.refuse(perSecond, now, untilNs);
      now = untilNs;
      if (now !== tickNs || !detector.tick(now)) continue;
      this.cluster.refresh(balancer.object, now);
      this.schedule(balancer, perSecond, now);
    }
  }

  /** No more can be ejected, and there are many failures to come until some endpoint returns. */
  private isSettled(balancer: Balancer, detector: OutlierDetector, perSecond: number, lastsNs: number): boolean {
    const { available, members } = balancer;
    const failing = available.filter((endpoint) => this.failureOf(balancer, endpoint).share > 0);
    // In a panic those that are out already get requests too.
    const hasMore = failing.some((endpoint) => !detector.isEjected(endpoint));
    if (hasMore && detector.mayEject(members.length)) return false;
    const share = failing.reduce((sum, endpoint) => sum + this.failureOf(balancer, endpoint).share, 0);
    return (share * perSecond * lastsNs) / (members.length * NS_PER_SECOND) >= MANY_FAILURES;
  }

  /** Failures are independent of each other: their expected number, and what the detector has counted by the end. */
  private failSteadily(
    balancer: Balancer,
    detector: OutlierDetector,
    perSecond: number,
    fromNs: number,
    toNs: number,
  ): void {
    const { setting, conditions } = this.cluster;
    const { available, object } = balancer;
    const requests = (perSecond * (toNs - fromNs)) / NS_PER_SECOND;
    const load = this.cluster.loadOf(0);
    const refused = refusedRetriesAt(setting, object.spec, available, conditions, load);
    for (const { source, share: ofLoad } of load.sources) {
      for (const { outcome, share } of steadyFailures(setting, object.spec, available, conditions, source, refused)) {
        this.tally.finishedOver(source, outcome, fromNs, toNs, requests * ofLoad * share);
      }
    }
    for (const endpoint of available) {
      const { share, code, isLocal } = this.failureOf(balancer, endpoint);
      if (share > 0) detector.countRow(endpoint, code, isLocal, this.rowLength(share));
    }
  }

  /** Failures in a row at any moment; an endpoint that always fails may be anywhere in the detector's count. */
  private rowLength(share: number): number {
    const u = this.kinds.next();
    return Math.floor(share === 1 ? LONG_ROW * u : log(u) / log(share));
  }

  /** Nobody is in service: every request fails. */
  private refuse(perSecond: number, fromNs: number, toNs: number): void {
    for (const { source, share } of this.cluster.loadOf(0).sources) {
      const count = (share * perSecond * (toNs - fromNs)) / NS_PER_SECOND;
      this.tally.finishedOver(source, Outcome.AllEjected, fromNs, toNs, count);
    }
  }

  private first(available: readonly number[]): number {
    let first = NONE;
    for (const endpoint of available) {
      if (first === NONE || this.nextNs[endpoint] < this.nextNs[first]) first = endpoint;
    }
    return first;
  }

  private schedule(balancer: Balancer, perSecond: number, now: number): void {
    for (const endpoint of balancer.available) this.scheduleOne(balancer, endpoint, perSecond, now);
  }

  /**
   * The next failure: with probability p it is the next request. Else that one is answered, and failures among those that
   * follow are a thinned Poisson process.
   */
  private scheduleOne(balancer: Balancer, endpoint: number, perSecond: number, now: number): void {
    const p = this.failureOf(balancer, endpoint).share;
    if (p === 0) {
      this.nextNs[endpoint] = Number.POSITIVE_INFINITY;
      return;
    }
    const gapNs = (NS_PER_SECOND * balancer.available.length) / perSecond;
    const isInRow = p === 1 || this.kinds.next() < p;
    this.isInRow[endpoint] = isInRow ? 1 : 0;
    const restNs = isInRow ? 0 : (-log(this.gaps.next()) * gapNs) / p;
    this.nextNs[endpoint] = now - log(this.gaps.next()) * gapNs + restNs;
  }

  /** @returns whether an endpoint has been ejected */
  private fail(balancer: Balancer, endpoint: number, perSecond: number, now: number): boolean {
    const { detector } = balancer.object;
    if (this.isInRow[endpoint] === 0) detector?.report(endpoint, 200, false, balancer.members.length, now);
    const knownNs = now + this.answerNs(balancer, endpoint);
    let isEjected = this.attempt(balancer, endpoint, now, knownNs);
    if (!isEjected) return false;
    // Requests under way when the detector learns of the last error.
    const gapNs = (NS_PER_SECOND * balancer.available.length) / perSecond / this.failureOf(balancer, endpoint).share;
    const gap = (): number => -log(this.gaps.next()) * gapNs;
    for (let at = now + gap(); at < knownNs; at += gap()) {
      isEjected = this.attempt(balancer, endpoint, at, knownNs) || isEjected;
    }
    for (const candidate of balancer.available) {
      if (detector?.isEjected(candidate)) this.cluster.withdraw(balancer.object, candidate, now);
    }
    return isEjected;
  }

  /** A request that fails at its first endpoint, and where its retries lead it. */
  private attempt(balancer: Balancer, first: number, now: number, knownNs: number): boolean {
    const { setting } = this.cluster;
    const source = this.pickSource();
    const tried: number[] = [];
    let isEjected = false;
    for (let endpoint = first; ; endpoint = balancer.pick(tried, now)) {
      const { ending, code, outcome, isLocal, share } = this.failureOf(balancer, endpoint);
      const hasFailed = tried.length === 0 || this.kinds.next() < share;
      isEjected = this.report(balancer, endpoint, hasFailed ? code : 200, isLocal && hasFailed, knownNs) || isEjected;
      if (!hasFailed) return isEjected;
      tried.push(endpoint);
      const isOver = tried.length >= setting.attempts(source, ending) || balancer.available.length === 0;
      const isRefused = !isOver && tried.length === 1 && this.isRetryRefused(balancer);
      if (!isOver && !isRefused) continue;
      this.tally.finished(source, isRefused ? notRetried(outcome) : outcome, now);
      return isEjected;
    }
  }

  private isRetryRefused({ object, available }: Balancer): boolean {
    const { setting, conditions } = this.cluster;
    const share = refusedRetriesAt(setting, object.spec, available, conditions, this.cluster.loadOf(0));
    return share > 0 && this.kinds.next() < share;
  }

  private report(
    { object, members }: Balancer,
    endpoint: number,
    code: number,
    isLocal: boolean,
    now: number,
  ): boolean {
    const detector = object.detector as OutlierDetector;
    return detector.report(endpoint, code, isLocal, members.length, now);
  }

  private failureOf({ object }: Balancer, endpoint: number): EndpointFailure {
    const { setting, conditions } = this.cluster;
    if (object.spec !== this.knownFor.spec || conditions !== this.knownFor.conditions) {
      this.knownFor = { spec: object.spec, conditions };
      this.known.length = 0;
    }
    this.known[endpoint] ??= failureOf(setting, object.spec, endpoint, conditions);
    return this.known[endpoint];
  }

  private answerNs(balancer: Balancer, endpoint: number): number {
    const { upstreams, tcpHandshakeMs } = this.cluster.setting;
    const { isLocal } = this.failureOf(balancer, endpoint);
    return msToNs(isLocal ? tcpHandshakeMs.mean : upstreams[endpoint].durationMs.mean);
  }

  private pickSource(): number {
    const { sources } = this.cluster.loadOf(0);
    let rest = this.sources.next();
    for (const { source, share } of sources) {
      rest -= share;
      if (rest < 0) return source;
    }
    return sources[sources.length - 1].source;
  }
}
