/** Invariants 7, 9 and 11: what whole rollouts come to. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Distribution } from '../../packages/sim-core/src/kernel/distribution.js';
import { newSampler } from '../../packages/sim-core/src/kernel/distribution.js';
import { nsToMs } from '../../packages/sim-core/src/kernel/time.js';
import type { HostEndpoint, RolloutPlan, WriteGroup } from '../../packages/sim-core/src/rollout/plan.js';
import type { Latencies, Scenario } from '../../packages/sim-core/src/scenario/types.js';
import { Convergence, type ConvergenceTotals } from '../../packages/sim-core/src/traffic/convergence.js';
import type { ExposureTotals } from '../../packages/sim-core/src/traffic/exposure.js';
import { apply, destinationRule, endpoint, gateway, groupAt, plan, service, virtualService } from '../mesh/objects.js';
import { expectedOf, observe } from '../mesh/runs.js';
import { expectConverged, lastCommitted } from './converged.js';
import { RUNS } from './counts.js';
import { meshSpec, worldSpec } from './world-specs.js';
import { HORIZON_MS, HOSTS, newWorld, SUBSETS, scenarioOf } from './worlds.js';

const NEVER_MS = 2 * HORIZON_MS;

/** Last moment at which anything happens when nothing but the first groups is written. */
function settledMs(
  scenario: Scenario,
  trial: number,
  rolloutOf: (...startsMs: number[]) => RolloutPlan,
  startsMs: readonly number[],
): number {
  const { recording } = observe(scenario, rolloutOf(...startsMs), { trial, horizonMs: HORIZON_MS });
  return nsToMs(recording.timeNs(recording.length - 1));
}

test('expand, wait for the slowest convergence and its EDS round trip, switch, wait, contract: no NC', () => {
  const subsets = fc.subarray(SUBSETS, { minLength: 1 });
  const policy = fc.constantFrom(undefined, { connectionPool: {} });
  fc.assert(
    fc.property(meshSpec, subsets, subsets, policy, fc.nat(), (mesh, before, after, trafficPolicy, trial) => {
      const scenario = scenarioOf({ mesh, requestsPerSecond: 1_000 });
      const routesTo = (names: readonly string[]) =>
        virtualService(HOSTS[0], Object.fromEntries(names.map((name) => [name, 1])), {
          gateways: ['mesh', 'shop/edge'],
        });
      const expanded = [...new Set([...before, ...after])];
      const rolloutOf = (switchMs = NEVER_MS, contractMs = NEVER_MS): RolloutPlan =>
        plan(
          {
            virtualServices: [routesTo(before)],
            destinationRules: [destinationRule(HOSTS[0], before)],
            gateways: [gateway('edge')],
            services: [service(HOSTS[0])],
          },
          [
            groupAt(0, apply(destinationRule(HOSTS[0], expanded, trafficPolicy), 'expanded')),
            groupAt(switchMs, apply(routesTo(after))),
            groupAt(contractMs, apply(destinationRule(HOSTS[0], after, trafficPolicy))),
          ],
        );
      const switchMs = settledMs(scenario, trial, rolloutOf, []);
      const contractMs = settledMs(scenario, trial, rolloutOf, [switchMs]);
      const { totals } = observe(scenario, rolloutOf(switchMs, contractMs), { trial, horizonMs: HORIZON_MS });
      expect(expectedOf(totals, 'NC')).toBe(0);
      expect(expectedOf(totals, 'NR')).toBe(0);
    }),
    RUNS,
  );
});

test('when writes stop, every worker of every proxy converges to what was written last', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const { scenario, plan: rollout, trial } = newWorld(spec);
      let convergence: Convergence | undefined;
      const seen = observe(scenario, rollout, {
        trial,
        horizonMs: HORIZON_MS,
        sinks: (known, exposed, contents) => {
          convergence = new Convergence(known.model, contents, exposed, known.views);
          return [convergence];
        },
      });
      expectConverged(seen);
      // The study measures against the plan's last writes, which came last unless one group overtook another.
      const { model, horizonNs } = seen;
      const isPlanned = lastCommitted(seen).writes.every(
        (write, object) => write === model.writes.findLastIndex((other) => other.object === object),
      );
      const totals = convergence?.finish(horizonNs) as ConvergenceTotals;
      if (isPlanned) expect(totals.unsettledShare).toBe(0);
      expect(totals.propagationNs).toBeLessThanOrEqual(horizonNs);
      expect(totals.skewNs).toBeLessThanOrEqual(totals.inconsistentNs);
      if (isPlanned) expect(totals.skewNs).toBeLessThanOrEqual(totals.propagationNs);
    }),
    RUNS,
  );
});

/** Means instead of draws: what differs is then caused, not luck. */
function withoutLuck(scenario: Scenario): Scenario {
  const latencies = Object.entries(scenario.latencies).map(([name, spec]) => [name, newSampler(spec).mean]);
  const { sharedHost: _, ...costs } = scenario.costs;
  return {
    ...scenario,
    latencies: Object.fromEntries(latencies) as { [K in keyof Latencies]: Distribution },
    costs: { ...costs, spreadSigma: 0 },
    // The order of the queue is drawn per push: with a slot for everybody it decides nothing. So is a cluster's place
    // in an EDS response: without other services there are no places.
    mesh: { ...scenario.mesh, pushThrottle: 100, services: 1 },
  };
}

test('an unrelated DestinationRule or VirtualService outside every quiet period changes nothing that a request can see', () => {
  const other = 'other.shop.svc.cluster.local';
  const writes = [apply(destinationRule(other, [], { connectionPool: {} })), apply(virtualService(other, { '': 1 }))];
  const quietMs = 20_000;
  fc.assert(
    fc.property(worldSpec, fc.constantFrom(...writes), fc.boolean(), (spec, unrelated, isFirst) => {
      // One proxy: the order in which proxies have their turn is drawn anew for each push, and the other is one more.
      const isSidecar = spec.mesh.sidecars > 0;
      const alone = { replicas: 1, sidecars: isSidecar ? 1 : 0, gateways: isSidecar ? 0 : 1 };
      const { scenario, plan: rollout, trial } = newWorld({ ...spec, mesh: { ...spec.mesh, ...alone } });
      const [first, ...rest] = rollout.groups;
      const start = 'atMs' in first.start ? (first.start.atMs as number) : first.start.afterPreviousMs;
      const later = (group: WriteGroup): WriteGroup =>
        'atMs' in group.start ? { ...group, start: { atMs: quietMs + (group.start.atMs as number) } } : group;
      const delayed = [{ ...first, start: { atMs: quietMs + start } }, ...rest.map(later)];
      const readiness = rollout.readiness.map((one) => ({ ...one, atMs: quietMs + (one.atMs as number) }));
      const endpoints: HostEndpoint[] = [...rollout.initial.endpoints, endpoint('other', other, 'v1')];
      const services = [...rollout.initial.services, service(other)];
      const totalsWith = (atMs: number) => {
        const groups = [...delayed, groupAt(atMs, unrelated)];
        const initial = { ...rollout.initial, endpoints, services };
        const whole = { ...rollout, initial, groups, readiness };
        return observe(withoutLuck(scenario), whole, { trial, horizonMs: HORIZON_MS }).totals;
      };
      const without = byBucket(totalsWith(NEVER_MS));
      const beside = byBucket(totalsWith(isFirst ? 0 : 2 * quietMs));
      expect([...beside.keys()].sort()).toEqual([...without.keys()].sort());
      // A cluster's place in an EDS response of several is drawn anew for each: some microseconds.
      for (const [bucket, expected] of beside) expect(expected).toBeCloseTo(without.get(bucket) ?? 0, 3);
    }),
    RUNS,
  );
});

function byBucket({ buckets }: ExposureTotals): Map<string, number> {
  return new Map(buckets.map(({ bucket, expected }) => [JSON.stringify(bucket), expected]));
}
