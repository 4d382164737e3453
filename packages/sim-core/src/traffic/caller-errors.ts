/**
 * Failures that callers still see after their own retries, each of which goes to the same worker of the same proxy. What is
 * sampled comes on top: the sampled proxies tell what their own first tries and retries come to with it and without it, and
 * the difference stands for all proxies.
 */
import type { Callers, TrafficShape } from '../scenario/types.js';
import { delaySets, type FailingStretch, failedForGood, INSTANT_NS, together, withInstants } from './caller-retries.js';
import type { IntervalListener } from './exposure.js';
import type { EndpointCourses } from './in-flight/endpoint-courses.js';
import type { CutRequests } from './in-flight/in-flight.js';
import { overloadShares, type ViewInterval } from './in-flight/overload-shares.js';
import { type Bucket, isFailure, type Outcomes } from './outcomes.js';
import type { RequestClass } from './request-classes.js';
import type { Flags } from './response-flags.js';
import { type Conditions, conditionsOf, isAnswerRetried } from './retries.js';
import type { ExpectedRequests } from './sampled/extra-failures.js';
import type { ProxyFailures } from './sampled/failing-shares.js';
import type { Span } from './time-bins.js';

/** Expected failures per rollout that end in the same way. */
export interface FinalFailure {
  readonly flag: Flags;
  readonly code: number;
  readonly expected: number;
}

/** What only samples know, and what happens to requests after they were sent. */
export interface BeyondViews {
  /** Those that fail, or fail less, but for the ones that are cut. */
  readonly failures?: readonly ExpectedRequests[];
  readonly proxies?: readonly ProxyFailures[];
  /** Requests that have failed at one instant, each a reason for a retry of its own. */
  readonly cut?: readonly CutRequests[];
  readonly courses?: EndpointCourses;
}

interface Retrying {
  readonly sets: readonly (readonly number[])[];
  readonly horizonNs: number;
}

const NS_PER_SECOND = 1e9;

/** Methods that a request can be sent with again (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

export class CallerErrors {
  private readonly callers: Callers;
  private readonly conditions: Conditions;
  /** Worker → its failing stretches, by outcome. */
  private readonly stretches = new Map<number, { fromNs: number; toNs: number; outcome: number }[]>();

  /** Worker → its views, where endpoints may be overloaded. */
  private readonly intervals = new Map<number, ViewInterval[]>();

  constructor(private readonly outcomes: Outcomes) {
    this.callers = outcomes.model.scenario.traffic.callers;
    this.conditions = conditionsOf(this.callers.retryOn);
  }

  readonly onInterval: IntervalListener = (proxy, worker, view, fromNs, toNs) => {
    const { outcomes } = this;
    const { scenario, proxies } = outcomes.model;
    const id = proxy * scenario.mesh.workersPerProxy + worker;
    if (scenario.traffic.endpointCapacityPerSecond !== undefined) push(this.intervals, id, { fromNs, toNs, view });
    const outcome = outcomes.idOf(proxies.groupOf[proxy], view);
    if (outcomes.outcome(outcome).failuresPerSecond > 0) push(this.stretches, id, { fromNs, toNs, outcome });
  };

  /**
   * After the last interval.
   * @param beyond what views alone do not tell of the same trial
   */
  finish(horizonNs: number, beyond: BeyondViews = {}): readonly FinalFailure[] {
    const { failures = [], proxies = [], cut = [], courses } = beyond;
    const expected = new Sums();
    const retrying: Retrying = { sets: delaySets(this.callers), horizonNs };
    const instants = this.instants(cut);
    for (const worker of new Set([...this.stretches.keys(), ...instants.keys()])) {
      this.classesAt(worker).forEach((requests, index) => {
        if (requests.perSecond === 0) return;
        const own = this.instantsOf(instants.get(worker), index, requests);
        const failing = withInstants(this.failing(worker, index, horizonNs), own);
        this.followTries(requests, failing, failing, retrying, this.perNs(requests), expected);
      });
    }
    const ends = new Map<string, Sums>();
    for (const proxy of proxies) this.addSampled(this.withOverload(proxy, courses), instants, retrying, expected, ends);
    for (const { bucket, expected: count } of failures) {
      if (!isFailure(bucket)) continue;
      const own = ends.get(JSON.stringify(bucket));
      if (own === undefined || own.first === 0) expected.add(endKey(bucket), count);
      else for (const [key, part] of own.sums) expected.add(key, (count * part) / own.first);
    }
    return [...expected.sums].map(([key, count]) => {
      const [flag, code] = key.split(' ');
      return { flag: flag as Flags, code: Number(code), expected: count };
    });
  }

  /** What overloaded endpoints fail of a proxy's requests, as its first worker sees it. */
  private withOverload(sampled: ProxyFailures, courses: EndpointCourses | undefined): ProxyFailures {
    const { outcomes, intervals } = this;
    const { workersPerProxy } = outcomes.model.scenario.mesh;
    const views = intervals.get(sampled.proxy * workersPerProxy);
    if (courses === undefined || views === undefined) return sampled;
    const group = outcomes.model.proxies.groupOf[sampled.proxy];
    const classes = sampled.classes.map(({ first, again }, index) => {
      const shares = overloadShares(outcomes, courses, group, index, views);
      const perNs = outcomes.classes[group][index].perSecond / NS_PER_SECOND;
      const failed = shares.flat().map((part) => ({ ...part, count: part.share * perNs * (part.toNs - part.fromNs) }));
      return { first: [...first, ...failed], again: [...again, ...shares] };
    });
    return { ...sampled, classes };
  }

  /** @param ends bucket → what becomes of first tries that end so */
  private addSampled(
    { proxy, weight, classes }: ProxyFailures,
    instants: ReadonlyMap<number, readonly CutRequests[]>,
    retrying: Retrying,
    expected: Sums,
    ends: Map<string, Sums>,
  ): void {
    const { workersPerProxy } = this.outcomes.model.scenario.mesh;
    for (let worker = proxy * workersPerProxy; worker < (proxy + 1) * workersPerProxy; worker++) {
      this.classesAt(worker).forEach((requests, index) => {
        const { first, again } = classes[index];
        if (requests.perSecond === 0 || (again.length === 0 && first.length === 0)) return;
        const own = this.instantsOf(instants.get(worker), index, requests);
        const failing = this.failing(worker, index, retrying.horizonNs);
        const shares = again.map((list) => list.map((share) => this.stretchOf(share, share.share)));
        const exact = withInstants(failing, own);
        const all = withInstants(together([failing, ...shares]), own);
        const perNs = weight * this.perNs(requests);
        this.followTries(requests, exact, all, retrying, perNs, expected);
        this.followTries(requests, exact, exact, retrying, -perNs, expected);
        for (const failed of first) {
          const key = JSON.stringify(failed.bucket);
          const sums = ends.get(key) ?? new Sums();
          ends.set(key, sums);
          const count = (weight * failed.count) / workersPerProxy;
          sums.first += count;
          const tries = [this.stretchOf(failed, 1)];
          this.followTries(requests, tries, all, retrying, count / (failed.toNs - failed.fromNs), sums);
        }
      });
    }
  }

  /** Requests of a class that fail for good, those with a method that is not tried again included. */
  private followTries(
    requests: RequestClass,
    first: readonly FailingStretch[],
    again: readonly FailingStretch[],
    { sets, horizonNs }: Retrying,
    perNs: number,
    into: Sums,
  ): void {
    const share = retriedShare(this.outcomes.model.scenario.traffic, methodOf(requests));
    const add = (weight: number) => (key: string, ns: number) => into.add(key, perNs * weight * ns);
    if (share > 0) failedForGood(first, again, sets, horizonNs, add(share));
    if (share < 1) failedForGood(first, again, [[]], horizonNs, add(1 - share));
  }

  private classesAt(worker: number): readonly RequestClass[] {
    const { model, classes } = this.outcomes;
    return classes[model.proxies.groupOf[Math.floor(worker / model.scenario.mesh.workersPerProxy)]];
  }

  private perNs({ perSecond }: RequestClass): number {
    return perSecond / this.outcomes.model.scenario.mesh.workersPerProxy / NS_PER_SECOND;
  }

  /** By worker, in order of time. */
  private instants(cut: readonly CutRequests[]): ReadonlyMap<number, readonly CutRequests[]> {
    const byWorker = new Map<number, CutRequests[]>();
    for (const requests of [...cut].sort((a, b) => a.atNs - b.atNs)) {
      const id = requests.proxy * this.outcomes.model.scenario.mesh.workersPerProxy + requests.worker;
      push(byWorker, id, requests);
    }
    return byWorker;
  }

  private instantsOf(
    cut: readonly CutRequests[] | undefined,
    index: number,
    requests: RequestClass,
  ): readonly FailingStretch[] {
    return (cut ?? []).flatMap((one) => {
      if (one.index !== index) return [];
      const share = one.expected / this.perNs(requests) / INSTANT_NS;
      return [this.stretchOf({ bucket: one.bucket, fromNs: one.atNs, toNs: one.atNs + INSTANT_NS }, share)];
    });
  }

  private failing(worker: number, index: number, horizonNs: number): FailingStretch[] {
    return (this.stretches.get(worker) ?? []).flatMap(({ fromNs, toNs, outcome }) => {
      const { lost } = this.outcomes.outcome(outcome).classes[index];
      if (lost.length === 0) return [];
      const ends = lost.map(({ share, ...end }) => ({ key: endKey(end), share, isRetried: this.isRetried(end) }));
      const retried = ends.reduce((sum, { share, isRetried }) => sum + (isRetried ? share : 0), 0);
      // What holds at the horizon is taken to hold on.
      return [{ fromNs, toNs: toNs < horizonNs ? toNs : Number.POSITIVE_INFINITY, retried, lost: ends }];
    });
  }

  private stretchOf({ bucket, fromNs, toNs }: Span & { readonly bucket: Bucket }, share: number): FailingStretch {
    const isRetried = this.isRetried(bucket);
    return { fromNs, toNs, retried: isRetried ? share : 0, lost: [{ key: endKey(bucket), share, isRetried }] };
  }

  private isRetried({ code }: { readonly code: number }): boolean {
    return isAnswerRetried(code, this.conditions, this.callers.protocol);
  }
}

function push<T>(lists: Map<number, T[]>, key: number, value: T): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}

/** Amounts by how a request ends. */
class Sums {
  readonly sums = new Map<string, number>();
  /** Of first tries. */
  first = 0;

  add(key: string, amount: number): void {
    this.sums.set(key, (this.sums.get(key) ?? 0) + amount);
  }
}

function endKey({ flag, code }: { readonly flag: Flags; readonly code: number }): string {
  return `${flag} ${code}`;
}

/** The method that a class's rule asks for; undefined: it takes any. */
function methodOf({ request, isMethodOpen }: RequestClass): string | undefined {
  return isMethodOpen ? undefined : request.method;
}

/** Share of requests whose method lets callers try again; `method` undefined: those of the traffic as a whole. */
export function retriedShare({ methods, callers }: TrafficShape, method?: string): number {
  if (callers.retriesAllMethods) return 1;
  if (method !== undefined) return IDEMPOTENT.has(method) ? 1 : 0;
  const shares = Object.entries(methods);
  const sum = (counted: typeof shares): number => counted.reduce((total, [, share]) => total + share, 0);
  return sum(shares.filter(([each]) => IDEMPOTENT.has(each))) / sum(shares);
}
