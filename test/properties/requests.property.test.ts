/** Invariants 2, 6, 8, 9 and 10: what becomes of requests. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { poissonCdf, poissonUpperTail } from '../../packages/sim-core/src/kernel/elementary.js';
import { Draws, newRootKey } from '../../packages/sim-core/src/kernel/random.js';
import type { ExposureTotals, IntervalListener } from '../../packages/sim-core/src/traffic/exposure.js';
import { RequestSampler } from '../../packages/sim-core/src/traffic/sampler.js';
import {
  destinationRule,
  endpoint,
  endpointWrite,
  gateway,
  groupAt,
  plan,
  service,
  virtualService,
} from '../mesh/objects.js';
import { expectedOf, observe } from '../mesh/runs.js';
import { RUNS } from './counts.js';
import { stopSpec, withStop } from './stops.js';
import { meshSpec, type RouteSpec, type WorldSpec, worldSpec } from './world-specs.js';
import { HORIZON_MS, HOSTS, newWorld, scenarioOf } from './worlds.js';

/** Chance of a false alarm, each way, of one comparison. */
const TAIL = 1e-9;

function isImprobable(count: number, expected: number): boolean {
  if (expected === 0) return count > 0;
  return poissonCdf(count, expected) < TAIL || poissonUpperTail(count, expected) < TAIL;
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
}

test('requests are conserved: outcomes add up to rate × horizon', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const { scenario, plan: rollout, trial } = newWorld(spec);
      const { totals, outcomes, model } = observe(scenario, rollout, { trial, horizonMs: HORIZON_MS });
      // Precondition: somebody sends requests, which takes a proxy that the routes are bound to.
      fc.pre(model.proxies.groups.some(({ count }, g) => count > 0 && outcomes.classes[g].length > 0));
      const sum = totals.buckets.reduce((total, { expected }) => total + expected, 0);
      const sent = (spec.requestsPerSecond * HORIZON_MS) / 1000;
      expect(isClose(sum, sent), `${sum} of ${sent}`).toBe(true);
    }),
    RUNS,
  );
});

test('the exact integral agrees with requests sampled one by one on the same trajectory', () => {
  const pooled = new Map<string, { expected: number; count: number }>();
  let killed = 0;
  const add = (into: typeof pooled, key: string, expected: number, count: number): void => {
    const entry = into.get(key) ?? { expected: 0, count: 0 };
    into.set(key, { expected: entry.expected + expected, count: entry.count + count });
  };
  fc.assert(
    fc.property(worldSpec, stopSpec, (spec, stop) => {
      const { scenario, plan: drawn, trial } = newWorld(spec);
      const draws = new Draws(newRootKey('requests'), trial);
      const intervals: Parameters<IntervalListener>[] = [];
      const { totals, model, outcomes, courses } = observe(scenario, withStop(drawn, stop), {
        trial,
        horizonMs: 1_000,
        onInterval:
          () =>
          (...interval) =>
            intervals.push(interval),
      });
      const { classes, views } = outcomes;
      // When pods stop is known afterwards.
      const sampler = new RequestSampler(model, classes, views, draws, undefined, undefined, courses);
      for (const interval of intervals) sampler.onInterval(...interval);
      const seen = new Map<string, { expected: number; count: number }>();
      for (const { bucket, expected } of totals.buckets) {
        const { flag, code, host, destination, subset, kind } = bucket;
        add(seen, `${flag} ${code} ${host} ${destination} ${subset} ${kind}`, expected, 0);
        add(seen, flag, expected, 0);
        if (bucket.cause === 'pod-killed') killed += expected;
      }
      for (const { outcome, count } of sampler.counts) {
        const { flag, code, host, destination, subset, kind } = outcome;
        add(seen, `${flag} ${code} ${host} ${destination} ${subset} ${kind}`, 0, count);
        add(seen, flag, 0, count);
      }
      for (const [key, { expected, count }] of seen) {
        expect(isImprobable(count, expected), `${key}: ${count} sampled, ${expected} expected`).toBe(false);
        if (!key.includes(' ')) add(pooled, key, expected, count);
      }
    }),
    RUNS,
  );
  expect(killed).toBeGreaterThan(100);
  // Small differences show in all worlds together.
  expect([...pooled.keys()].sort()).toEqual(['-', 'NC', 'NR', 'UC', 'UC,URX', 'UF', 'UF,URX', 'UH', 'UT', 'UT,URX']);
  for (const [flag, { expected, count }] of pooled) {
    expect(isImprobable(count, expected), `${flag}: ${count} sampled, ${expected} expected`).toBe(false);
  }
});

test('a subset that is missing for good fails exactly its weight of steady traffic, and errors are linear in the rate', () => {
  const weight = fc.integer({ min: 1, max: 100 });
  fc.assert(
    fc.property(meshSpec, weight, fc.nat(100), fc.integer({ min: 1, max: 10_000 }), (mesh, missing, there, rate) => {
      const initial = {
        virtualServices: [virtualService(HOSTS[0], { v1: there, v2: missing }, { gateways: ['mesh', 'shop/edge'] })],
        destinationRules: [destinationRule(HOSTS[0], ['v1'])],
        gateways: [gateway('edge')],
        services: [service(HOSTS[0])],
        endpoints: [endpoint('one', HOSTS[0], 'v1'), endpoint('two', HOSTS[0], 'v2')],
      };
      const errorsAt = (requestsPerSecond: number): number => {
        const rollout = plan(initial, [groupAt(100, endpointWrite(endpoint('three', HOSTS[0], 'v1'), 'apply'))]);
        const { totals } = observe(scenarioOf({ mesh, requestsPerSecond }), rollout, { horizonMs: 1_000 });
        expect(isClose(expectedOf(totals, 'NC'), totals.errors)).toBe(true);
        return totals.errors;
      };
      expect(isClose(errorsAt(rate), (rate * missing) / (missing + there))).toBe(true);
      expect(isClose(errorsAt(3 * rate), 3 * errorsAt(rate))).toBe(true);
    }),
    RUNS,
  );
});

test('errors of any rollout are linear in the request rate', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const totalsAt = (factor: number) => {
        const {
          scenario,
          plan: rollout,
          trial,
        } = newWorld({
          ...spec,
          requestsPerSecond: spec.requestsPerSecond * factor,
        });
        return observe(scenario, rollout, { trial, horizonMs: HORIZON_MS }).totals;
      };
      const [one, five] = [totalsAt(1), totalsAt(5)];
      expect(isClose(five.errors, 5 * one.errors)).toBe(true);
      expect(isClose(five.failures, 5 * one.failures)).toBe(true);
      expect(isClose(five.peakErrors, 5 * one.peakErrors)).toBe(true);
      expect(five.failingNs).toBe(one.failingNs);
    }),
    RUNS,
  );
});

/** The same rollout with every route changed; everything but requests goes on as it was. */
function withRoutes(spec: WorldSpec, change: (routes: RouteSpec) => RouteSpec): WorldSpec {
  return {
    ...spec,
    hosts: spec.hosts.map((host) => ({ ...host, routes: host.routes && change(host.routes) })),
    groups: spec.groups.map((group) => ({
      ...group,
      ops: group.ops.map((op) => (op.op === 'routes' ? { ...op, routes: op.routes && change(op.routes) } : op)),
    })),
  };
}

function totalsOf(spec: WorldSpec) {
  const { scenario, plan: rollout, trial } = newWorld(spec);
  return observe(scenario, rollout, { trial, horizonMs: HORIZON_MS }).totals;
}

test('retries never raise failures, and never change NC, NR or UH', () => {
  fc.assert(
    fc.property(worldSpec, fc.integer({ min: 0, max: 4 }), (spec, attempts) => {
      // A route without retries has no timeout of a try either, so that retries would bring it in.
      const failuresWith = (retries: number) =>
        totalsOf(withRoutes(spec, (routes) => ({ ...routes, attempts: retries, perTryMs: null })));
      const [without, retried] = [failuresWith(0), failuresWith(attempts)];
      for (const flag of ['NC', 'NR', 'UH']) expect(expectedOf(retried, flag)).toBe(expectedOf(without, flag));
      const failed = ({ buckets }: ExposureTotals): number =>
        buckets.reduce((sum, { bucket, expected }) => sum + (bucket.code >= 400 ? expected : 0), 0);
      expect(failed(retried)).toBeLessThanOrEqual(failed(without) * (1 + 1e-12));
    }),
    RUNS,
  );
});

test('a destination of weight zero changes nothing that a request can see', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const { scenario, plan: rollout, trial } = newWorld(spec);
      const { virtualServices } = rollout.initial;
      // Another subset of a host that the mesh knows; of another host it would be one more host that is touched.
      const bare = (service: (typeof virtualServices)[number]) => ({
        ...service,
        http: service.http.map((route) => ({
          ...route,
          destinations: route.destinations.filter(({ weight }) => weight > 0),
        })),
      });
      const without = {
        ...rollout,
        initial: { ...rollout.initial, virtualServices: virtualServices.map(bare) },
        groups: rollout.groups.map((group) => ({
          ...group,
          writes: group.writes.map((write) => {
            const { object } = write;
            return object.type === 'VirtualService' ? { ...write, object: bare(object) } : write;
          }),
        })),
      };
      const [plain, zero] = [without, rollout].map((planned) =>
        observe(scenario, planned, { trial, horizonMs: HORIZON_MS }),
      );
      expect(zero.totals).toEqual(plain.totals);
      expect(zero.recording.length).toBe(plain.recording.length);
    }),
    RUNS,
  );
});

test('no route decision holds a destination of weight zero, and the shares of the others add up to one', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const { scenario, plan: rollout, trial } = newWorld(spec);
      const { outcomes, model } = observe(scenario, rollout, { trial, horizonMs: HORIZON_MS });
      model.snapshots.routeTables.forEach((_, table) => {
        for (const decision of outcomes.decisionsOf(table)) {
          if (decision.kind !== 'forward') continue;
          for (const { share } of decision.parts) expect(share).toBeGreaterThan(0);
          expect(decision.parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
        }
      });
    }),
    RUNS,
  );
});
