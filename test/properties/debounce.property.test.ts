/** Invariant 4, and the cliff of invariant 13: what the debounce merges, and when a push starts (istiod.md 2). */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { msToNs } from '../../packages/sim-core/src/kernel/time.js';
import type { Scenario } from '../../packages/sim-core/src/scenario/types.js';
import { TraceKind } from '../../packages/sim-core/src/trace/events.js';
import { apply, destinationRule, groupAt, plan, service, virtualService } from '../mesh/objects.js';
import { type Observed, observe } from '../mesh/runs.js';
import { RUNS } from './counts.js';
import { newEventKinds } from './event-kinds.js';
import { meshSpec, type WorldSpec, worldSpec } from './world-specs.js';
import { HORIZON_MS, HOSTS, newWorld, scenarioOf } from './worlds.js';

/** Of both presets. */
const LATEST_TIMER_MS = 3.3;

interface Push {
  readonly atNs: number;
  readonly events: number;
}

/** What the debounce of one istiod was told, and what it did. */
interface DebounceLog {
  readonly eventNs: readonly number[];
  readonly pushes: readonly (Push & { readonly freeNs: number })[];
}

function logOf({ recording, model }: Observed, replica: number): DebounceLog {
  const { endpoints: endpointsWait } = model.scenario.debounce;
  const eventNs: number[] = [];
  const pushes: (Push & { push: number; freeNs: number })[] = [];
  let pushesPastIt = 0;
  const kindOf = newEventKinds(model);
  for (const { kind, timeNs, a, b, c } of recording) {
    if (kind === TraceKind.WatchDelivered && b === replica) {
      if (kindOf(a, b) === 'endpoints' && !endpointsWait) pushesPastIt++;
      else eventNs.push(timeNs);
    } else if (kind === TraceKind.PushStarted && c === replica) {
      // An endpoint event that does not wait starts its push in the same instant.
      if (pushesPastIt > 0) pushesPastIt--;
      else pushes.push({ atNs: timeNs, events: b, push: a, freeNs: Infinity });
    } else if (kind === TraceKind.PushQueued && c === replica) {
      const push = pushes.find((candidate) => candidate.push === a);
      if (push !== undefined) push.freeNs = timeNs;
    }
  }
  return { eventNs, pushes };
}

/** The loop of pilot/pkg/xds/discovery.go, word for word, over the times of the events. */
function naiveDebounce(
  { eventNs, pushes }: DebounceLog,
  { afterMs, maxMs }: Scenario['debounce'],
  lateNs: number,
): Push[] {
  const [after, max] = [msToNs(afterMs), msToNs(maxMs)];
  const started: Push[] = [];
  let [timer, freed] = [Infinity, Infinity];
  let [first, last, events, next] = [0, 0, 0, 0];
  let free = true;
  const pushWorker = (now: number): void => {
    if (now - first >= max || now - last >= after) {
      if (events === 0) return;
      free = false;
      freed = pushes[started.length]?.freeNs ?? Infinity;
      started.push({ atNs: now, events });
      events = 0;
    } else timer = last + after + lateNs;
  };
  for (;;) {
    const event = eventNs[next] ?? Infinity;
    const now = Math.min(event, timer, freed);
    if (now === Infinity) return started;
    if (now === event) {
      next++;
      last = now;
      if (events++ === 0) [timer, first] = [now + after + lateNs, now];
    } else if (now === freed) {
      [free, freed] = [true, Infinity];
      pushWorker(now);
    } else {
      timer = Infinity;
      if (free) pushWorker(now);
    }
  }
}

function logsOf(spec: WorldSpec, change: (scenario: Scenario) => Scenario = (same) => same): DebounceLog[] {
  const { scenario, plan: rollout, trial } = newWorld(spec);
  const seen = observe(change(scenario), rollout, { trial, horizonMs: HORIZON_MS });
  return Array.from({ length: spec.mesh.replicas }, (_, replica) => logOf(seen, replica));
}

test('events are merged, and pushes start, as the loop in discovery.go says', () => {
  fc.assert(
    fc.property(worldSpec, fc.nat(3), fc.nat(150), (spec, lateMs, contextMs) => {
      const late = ({ costs, latencies, ...scenario }: Scenario): Scenario => ({
        ...scenario,
        latencies: { ...latencies, timerLateMs: lateMs },
        // Long enough that events come while a push is being prepared.
        costs: { ...costs, istiod: { ...costs.istiod, pushContextUs: 1_000 * contextMs } },
      });
      for (const log of logsOf(spec, late)) {
        const seen = log.pushes.map(({ atNs, events }) => ({ atNs, events }));
        expect(seen).toEqual(naiveDebounce(log, newWorld(spec).scenario.debounce, msToNs(lateMs)));
      }
    }),
    RUNS,
  );
});

test('a push starts a quiet period after the last event unless the maximum is reached, and every event is in one', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      for (const { eventNs, pushes } of logsOf(spec)) {
        let first = 0;
        for (const { atNs, events } of pushes) {
          const quiet = atNs - eventNs[first + events - 1];
          const waited = atNs - eventNs[first];
          expect(quiet >= msToNs(spec.mesh.afterMs) || waited >= msToNs(spec.mesh.maxMs)).toBe(true);
          first += events;
        }
        expect(first).toBe(eventNs.length);
      }
    }),
    RUNS,
  );
});

test('push contexts of one istiod are prepared one at a time', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      for (const { pushes } of logsOf(spec)) {
        expect(pushes.filter(({ atNs }, i) => i > 0 && atNs < pushes[i - 1].freeNs)).toEqual([]);
      }
    }),
    RUNS,
  );
});

test('two writes closer than the quiet period are one push of an idle istiod, farther apart they are two', () => {
  fc.assert(
    fc.property(meshSpec, fc.integer({ min: 0, max: 450 }), fc.boolean(), fc.nat(), (mesh, gapMs, ruleFirst, trial) => {
      const writes = [apply(destinationRule(HOSTS[0], ['v1', 'v2'])), apply(virtualService(HOSTS[0], { v2: 1 }))];
      const [one, other] = ruleFirst ? writes : writes.reverse();
      const initial = { services: [service(HOSTS[0])] };
      const rollout = plan(initial, [groupAt(0, one), groupAt(gapMs, other)]);
      const scenario = scenarioOf({ mesh: { ...mesh, replicas: 1 }, requestsPerSecond: 1 });
      const seen = observe(scenario, rollout, { trial, horizonMs: HORIZON_MS });
      const { eventNs, pushes } = logOf(seen, 0);
      const apart = eventNs[1] - eventNs[0];
      // A timer that fires late gives the second event so much more time.
      const fired = pushes[0].atNs - eventNs[0];
      fc.pre(apart !== fired);
      expect(pushes.map(({ events }) => events)).toEqual(apart < fired ? [2] : [1, 1]);
      if (apart < msToNs(mesh.afterMs)) expect(pushes).toHaveLength(1);
      if (apart > msToNs(mesh.afterMs + LATEST_TIMER_MS * mesh.slowness)) expect(pushes).toHaveLength(2);
    }),
    RUNS,
  );
});
