/** Invariant 13: how the windows of one merged push grow with the mesh, and with the load on a small istiod. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nsToMs } from '../../packages/sim-core/src/kernel/time.js';
import type { PresetName } from '../../packages/sim-core/src/scenario/presets.js';
import { TraceKind } from '../../packages/sim-core/src/trace/events.js';
import { ClusterWindows } from '../../packages/sim-core/src/traffic/cluster-windows.js';
import { apply, destinationRule, endpoint, gateway, groupAt, plan, service, virtualService } from '../mesh/objects.js';
import { observe } from '../mesh/runs.js';
import { RUNS, times } from './counts.js';
import { type MeshSpec, meshSpec } from './world-specs.js';
import { HOSTS, scenarioOf } from './worlds.js';

const TRIALS = 7;

const [HOST] = HOSTS;

/** Adds v2, drops v1 and moves the route, all in one push. */
const replaceTogether = (() => {
  const routesTo = (subset: string) => virtualService(HOST, { [subset]: 1 }, { gateways: ['mesh', 'shop/edge'] });
  const initial = {
    virtualServices: [routesTo('v1')],
    destinationRules: [destinationRule(HOST, ['v1'])],
    gateways: [gateway('edge')],
    services: [service(HOST)],
    endpoints: [endpoint('one', HOST, 'v1'), endpoint('two', HOST, 'v2')],
  };
  return plan(initial, [groupAt(0, apply(destinationRule(HOST, ['v2']))), groupAt(0, apply(routesTo('v2')))]);
})();

interface Medians {
  readonly addMs: number;
  readonly removeMs: number;
}

function mediansOf(mesh: MeshSpec, seed: number): Medians {
  const scenario = scenarioOf({ mesh, requestsPerSecond: 1 });
  const add: number[] = [];
  const remove: number[] = [];
  for (let trial = 0; trial < TRIALS; trial++) {
    let windows: ClusterWindows | undefined;
    observe(scenario, replaceTogether, {
      seed: `${seed}`,
      trial,
      sinks: (outcomes) => {
        windows = new ClusterWindows(outcomes.model, outcomes);
        return [windows];
      },
    });
    const { addNs, removeNs } = windows?.finish() ?? { addNs: [], removeNs: [] };
    add.push(...addNs);
    remove.push(...removeNs);
  }
  return { addMs: nsToMs(median(add)), removeMs: nsToMs(median(remove)) };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

// Precondition: writes that are one push, so a quiet period well above the delays of the watches.
const merged = (preset: PresetName): fc.Arbitrary<MeshSpec> =>
  meshSpec.map((mesh) => ({ ...mesh, sidecars: 2 + mesh.sidecars, preset, afterMs: 200, maxMs: 10_000, slowness: 1 }));

for (const preset of ['lab', 'default'] as const) {
  test(`the remove window of one merged push grows with the mesh, the add window does not (preset ${preset})`, () => {
    fc.assert(
      fc.property(merged(preset), fc.nat(), (mesh, seed) => {
        const small = mediansOf({ ...mesh, services: 10 }, seed);
        const large = mediansOf({ ...mesh, services: 300 }, seed);
        expect(small.removeMs).toBeGreaterThan(0);
        expect(small.addMs).toBeGreaterThan(0);
        expect(large.removeMs).toBeGreaterThan(2 * small.removeMs);
        // Half as much again and 1 ms is what medians of so few proxies and trials differ by.
        expect(large.addMs).toBeLessThan(1.5 * small.addMs + 1);
      }),
      times(50),
    );
  });
}

test('more slots than cores share the CPU, so that a push takes longer on average', () => {
  const crowd = fc.record({ sidecars: fc.integer({ min: 8, max: 16 }), services: fc.integer({ min: 3, max: 60 }) });
  fc.assert(
    fc.property(merged('default'), crowd, fc.nat(), (mesh, sizes, seed) => {
      const durationMs = (slots: number): number => {
        const alone = { ...mesh, ...sizes, gateways: 0, replicas: 1, cores: 1, slots };
        const scenario = scenarioOf({ mesh: alone, requestsPerSecond: 1 });
        const { recording } = observe(scenario, replaceTogether, { seed: `${seed}` });
        const started = new Map<number, number>();
        const durations: number[] = [];
        for (const { kind, proxy, timeNs } of recording) {
          if (kind === TraceKind.PushDequeued) started.set(proxy, timeNs);
          if (kind === TraceKind.PushDone) durations.push(timeNs - (started.get(proxy) ?? 0));
        }
        return nsToMs(durations.reduce((sum, duration) => sum + duration, 0) / durations.length);
      };
      // Most go through in one piece, and the others wait for it: their mean is the number under way.
      expect(durationMs(5)).toBeGreaterThan(2.5 * durationMs(1));
    }),
    RUNS,
  );
});
