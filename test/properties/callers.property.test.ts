/** What callers still see after their own retries, and chains of hops, against requests followed one by one. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newSampler } from '../../packages/sim-core/src/kernel/distribution.js';
import { log, poissonCdf, poissonUpperTail } from '../../packages/sim-core/src/kernel/elementary.js';
import { Draws, newRootKey, UniformStream } from '../../packages/sim-core/src/kernel/random.js';
import type { Callers, Chain } from '../../packages/sim-core/src/scenario/types.js';
import { CallerErrors } from '../../packages/sim-core/src/traffic/caller-errors.js';
import { ChainErrors } from '../../packages/sim-core/src/traffic/chain-errors.js';
import type { IntervalListener } from '../../packages/sim-core/src/traffic/exposure.js';
import type { Outcomes } from '../../packages/sim-core/src/traffic/outcomes.js';
import { RequestSampler, type SampledRequest } from '../../packages/sim-core/src/traffic/sampler.js';
import { observe } from '../mesh/runs.js';
import { times } from './counts.js';
import { stopSpec, withStop } from './stops.js';
import { type WorldSpec, worldSpec } from './world-specs.js';
import { HOSTS, newWorld } from './worlds.js';

const TAIL = 1e-9;
const NS_PER_MS = 1e6;
const HORIZON_MS = 1_000;
const HORIZON_NS = HORIZON_MS * NS_PER_MS;

function isImprobable(count: number, expected: number): boolean {
  if (expected === 0) return count > 0;
  return poissonCdf(count, expected) < TAIL || poissonUpperTail(count, expected) < TAIL;
}

/** Nothing fails but by what the rollout does: noise is not counted, and no sampled request says that it is noise. */
function withoutNoise(spec: WorldSpec): WorldSpec {
  const still = <T extends object>(routes: T): T => ({ ...routes, timeoutMs: null, perTryMs: null });
  return {
    ...spec,
    backgroundResetShare: 0,
    hosts: spec.hosts.map((host) => ({ ...host, routes: host.routes && still(host.routes) })),
    groups: spec.groups.map((group) => ({
      ...group,
      ops: group.ops.map((op) => (op.op === 'routes' ? { ...op, routes: op.routes && still(op.routes) } : op)),
    })),
  };
}

/** Every worker's views over time. */
class Timeline {
  private readonly views = new Map<string, { toNs: number; view: number }[]>();

  add(proxy: number, worker: number, view: number, toNs: number): void {
    const key = `${proxy} ${worker}`;
    this.views.set(key, [...(this.views.get(key) ?? []), { toNs, view }]);
  }

  /** What holds at the end holds on. */
  at(proxy: number, worker: number, atNs: number): number {
    const views = this.views.get(`${proxy} ${worker}`)!;
    return (views.find(({ toNs }) => atNs < toNs) ?? views[views.length - 1]).view;
  }
}

const callers: fc.Arbitrary<Callers> = fc.record({
  retries: fc.integer({ min: 0, max: 3 }),
  retryOn: fc.constantFrom('gateway-error', '5xx', '503', '404, 503', '500'),
  // Fixed delays are exact; the error of random ones has a test of its own (test/traffic/callers.test.ts).
  delayMs: fc.constantFrom(1, 5, 40, 300),
  delayFactor: fc.constantFrom(1, 2),
  retriesAllMethods: fc.boolean(),
  protocol: fc.constantFrom('http' as const, 'grpc' as const),
});

const hop = fc.record({
  proxy: fc.constantFrom('gateway' as const, 'sidecar' as const),
  host: fc.constantFrom(...HOSTS, 'untouched.shop.svc.cluster.local'),
  protocol: fc.constantFrom('http' as const, 'grpc' as const),
  retries: fc.option(fc.nat(2), { nil: undefined }),
  retryOn: fc.constantFrom(undefined, '5xx', 'connect-failure', '503'),
});

const chain: fc.Arbitrary<Chain> = fc.record({
  name: fc.constant('chain'),
  hops: fc.array(hop, { minLength: 1, maxLength: 3 }),
  requestsPerSecond: fc.option(fc.integer({ min: 1, max: 2_000 }), { nil: undefined }),
});

const RETRIED_CODES: Readonly<Record<string, readonly number[]>> = {
  'gateway-error': [502, 503, 504],
  '5xx': [500, 502, 503, 504],
  '503': [503],
  '404, 503': [404, 503],
  '500': [500],
};

function delayNs({ delayMs, delayFactor }: Callers, retry: number): number {
  let ms = newSampler(delayMs).mean;
  for (let i = 0; i < retry; i++) ms *= delayFactor;
  return ms * NS_PER_MS;
}

test('failures after the retries of callers agree with requests that are retried one by one', () => {
  let seen = 0;
  fc.assert(
    fc.property(worldSpec, callers, stopSpec, (drawn, caller, stop) => {
      const { scenario, plan, trial } = newWorld(withoutNoise(drawn));
      const traffic = { ...scenario.traffic, callers: caller, methods: { GET: 3, POST: 1 } };
      const draws = new Draws(newRootKey('callers'), trial);
      const timeline = new Timeline();
      const arrived: SampledRequest[] = [];
      let [errors, isRetrying]: [CallerErrors?, boolean?] = [];
      const intervals: Parameters<IntervalListener>[] = [];
      const { model, outcomes, courses, cut, later } = observe({ ...scenario, traffic }, withStop(plan, stop), {
        trial,
        horizonMs: HORIZON_MS,
        onInterval: (of) => {
          const theirs = new CallerErrors(of);
          errors = theirs;
          return (proxy, worker, view, fromNs, toNs) => {
            timeline.add(proxy, worker, view, toNs);
            intervals.push([proxy, worker, view, fromNs, toNs]);
            theirs.onInterval(proxy, worker, view, fromNs, toNs);
          };
        },
      });
      const follow = (request: SampledRequest) => isRetrying || arrived.push(request);
      const { classes, views } = outcomes;
      const sampler = new RequestSampler(model, classes, views, draws, follow, undefined, courses);
      for (const interval of intervals) sampler.onInterval(...interval);
      isRetrying = true;
      const stream = new UniformStream(draws, 0, 0x2000);
      const counts = new Map<string, { expected: number; count: number }>();
      const add = (key: string, expected: number, count: number): void => {
        const entry = counts.get(key) ?? { expected: 0, count: 0 };
        counts.set(key, { expected: entry.expected + expected, count: entry.count + count });
      };
      for (const first of arrived) {
        const isAgain = caller.retriesAllMethods || stream.next() < 0.75;
        let [last, atNs, isCutTwice] = [first, first.atNs, false];
        for (let retry = 0; isAgain && retry < caller.retries; retry++) {
          if (!RETRIED_CODES[caller.retryOn].includes(last.code)) break;
          // It hears of the failure when the pod has stopped.
          const heardNs = last.cause === 'pod-killed' ? atNs + last.durationMs * NS_PER_MS : atNs;
          atNs = heardNs + delayNs(caller, retry);
          const view = timeline.at(first.proxy, first.worker, atNs);
          const wasCut = last.cause === 'pod-killed';
          last = sampler.request(first.proxy, first.worker, view, first.index, atNs);
          isCutTwice ||= wasCut && last.cause === 'pod-killed';
        }
        // Of what one pod has taken with it, the model does not ask whether another one takes the retry.
        if (last.code >= 400 && !isCutTwice) add(`${last.flag} ${last.code}`, 0, 1);
      }
      const left = errors!.finish(HORIZON_NS, { cut, failures: later });
      for (const { flag, code, expected } of left) add(`${flag} ${code}`, expected, 0);
      for (const [key, { expected, count }] of counts) {
        expect(isImprobable(count, expected), `${key}: ${count} followed, ${expected} expected`).toBe(false);
        seen += count;
      }
    }),
    { ...times(100), endOnFailure: true },
  );
  expect(seen).toBeGreaterThan(1_000);
});

test('failures of chains agree with user requests that are followed hop by hop', () => {
  let seen = 0;
  fc.assert(
    fc.property(worldSpec, callers, chain, (drawn, caller, path) => {
      const { scenario, plan, trial } = newWorld(withoutNoise(drawn));
      const traffic = { ...scenario.traffic, callers: caller, chains: [path], methods: { GET: 3, POST: 1 } };
      const draws = new Draws(newRootKey('chains'), trial);
      const timeline = new Timeline();
      let errors: ChainErrors | undefined;
      const { outcomes } = observe({ ...scenario, traffic }, plan, {
        trial,
        horizonMs: HORIZON_MS,
        onInterval: (of) => {
          const mine = new ChainErrors(of);
          errors = mine;
          return (proxy, worker, view, fromNs, toNs) => {
            timeline.add(proxy, worker, view, toNs);
            mine.onInterval(proxy, worker, view, fromNs, toNs);
          };
        },
      });
      const [found] = errors!.finish(HORIZON_NS);
      const follower = new ChainFollower(outcomes, timeline, draws);
      const perNs = (path.requestsPerSecond ?? traffic.requestsPerSecond) / 1e9;
      const byHop = path.hops.map(() => 0);
      let afterRetries = 0;
      for (let at = follower.gapNs(perNs); at < HORIZON_NS; at += follower.gapNs(perNs)) {
        let [failed, atNs] = [follower.follow(path, at), at];
        if (failed >= 0) byHop[failed]++;
        const isAgain = RETRIED_CODES[caller.retryOn].includes(503) && (caller.retriesAllMethods || follower.isGet());
        for (let retry = 0; failed >= 0 && isAgain && retry < caller.retries; retry++) {
          atNs += delayNs(caller, retry);
          failed = follower.follow(path, atNs);
        }
        if (failed >= 0) afterRetries++;
      }
      for (const [i, count] of byHop.entries()) {
        expect(isImprobable(count, found.byHop[i]), `hop ${i}: ${count}, ${found.byHop[i]} expected`).toBe(false);
        seen += count;
      }
      expect(isImprobable(afterRetries, found.caller), `${afterRetries}, ${found.caller} expected`).toBe(false);
      expect(found.byHop.reduce((sum, part) => sum + part, 0)).toBeLessThanOrEqual(found.requests * (1 + 1e-9));
    }),
    { ...times(100), endOnFailure: true },
  );
  expect(seen).toBeGreaterThan(1_000);
});

/** A user request through any worker of each hop's kind. */
class ChainFollower {
  private readonly stream: UniformStream;
  private readonly sampler: RequestSampler;

  constructor(
    private readonly outcomes: Outcomes,
    private readonly timeline: Timeline,
    draws: Draws,
  ) {
    this.stream = new UniformStream(draws, 0, 0x2000);
    this.sampler = new RequestSampler(outcomes.model, outcomes.classes, outcomes.views, draws);
  }

  gapNs(perNs: number): number {
    return -log(this.stream.next()) / perNs;
  }

  isGet(): boolean {
    return this.stream.next() < 0.75;
  }

  /** Hop at which it failed; −1: nowhere. */
  follow({ hops }: Chain, atNs: number, from = 0): number {
    if (from === hops.length) return -1;
    if (this.failsAt(hops[from], atNs)) return from;
    let failed = this.follow({ name: '', hops }, atNs, from + 1);
    for (let retry = 0; failed >= 0 && retry < this.retriesOf(hops[from]); retry++) {
      failed = this.follow({ name: '', hops }, atNs, from + 1);
    }
    return failed;
  }

  private failsAt({ proxy: kind, host }: Chain['hops'][number], atNs: number): boolean {
    const { model, classes } = this.outcomes;
    const proxies = [...model.proxies.groupOf.keys()].filter(
      (proxy) =>
        model.proxies.ids[proxy].kind === kind &&
        classes[model.proxies.groupOf[proxy]].some((requests) => requests.host === host),
    );
    if (proxies.length === 0) return false;
    const proxy = proxies[Math.floor(this.stream.next() * proxies.length)];
    const worker = Math.floor(this.stream.next() * model.scenario.mesh.workersPerProxy);
    const ofHost = classes[model.proxies.groupOf[proxy]].flatMap(({ host: of }, index) => (of === host ? [index] : []));
    // All rules of a host get the same share here.
    const index = ofHost[Math.floor(this.stream.next() * ofHost.length)];
    return this.sampler.request(proxy, worker, this.timeline.at(proxy, worker, atNs), index, atNs).code >= 500;
  }

  /** Retries of an answer of 503 that comes back. */
  private retriesOf({ proxy: kind, host, protocol, retries, retryOn }: Chain['hops'][number]): number {
    const { model, classes, decisionsOf } = this.outcomes;
    const group = model.proxies.groups.findIndex(
      (each, g) => each.kind === kind && classes[g].some((requests) => requests.host === host),
    );
    const index = group < 0 ? -1 : classes[group].findIndex((requests) => requests.host === host);
    const before = group < 0 ? undefined : decisionsOf.call(this.outcomes, model.firstSnapshot.routes[group])[index];
    const own = before?.kind === 'forward' ? before.retries : undefined;
    const words = retryOn?.split(',') ?? own?.retryOn ?? ['unavailable'];
    const isRetried =
      words.some((word) => ['5xx', 'gateway-error', '503'].includes(word)) ||
      (words.includes('unavailable') && protocol === 'grpc');
    return isRetried ? (retries ?? own?.attempts ?? 2) : 0;
  }
}
