/** Time travel: a state that is sought is the state that is reached, and agrees with the other readers of the trace. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MeshState } from '../../packages/sim-core/src/mesh/mesh-state.js';
import { StateAt } from '../../packages/sim-core/src/mesh/state-at.js';
import { XdsType } from '../../packages/sim-core/src/trace/events.js';
import { Exposure } from '../../packages/sim-core/src/traffic/exposure.js';
import { type Observed, observe } from '../mesh/runs.js';
import { RUNS } from '../properties/counts.js';
import { BROKEN_HORIZON_MS, type FaultSpec, faultSpec, newBrokenWorld } from '../properties/fault-specs.js';
import { HORIZON_MS, newWorld, type WorldSpec, worldSpec } from '../properties/worlds.js';

function observed(spec: WorldSpec): Observed {
  const { scenario, plan, trial } = newWorld(spec);
  return observe(scenario, plan, { trial, horizonMs: HORIZON_MS });
}

function observedBroken(spec: WorldSpec, faults: FaultSpec): Observed {
  const { scenario, plan, trial } = newBrokenWorld(spec, faults);
  return observe(scenario, plan, { trial, horizonMs: BROKEN_HORIZON_MS });
}

/** A moment near an event, as a share of the trace. */
const moment = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(-1, 0, 1));

function timeOf({ recording }: Observed, [share, offset]: readonly [number, number]): number {
  const i = Math.min(recording.length - 1, Math.floor(share * recording.length));
  return i < 0 ? 0 : Math.max(0, recording.timeNs(i) + offset);
}

test('seek(t) is the state after a replay from 0 to t, in any order of seeking', () => {
  fc.assert(
    fc.property(worldSpec, faultSpec, fc.array(moment, { minLength: 1, maxLength: 5 }), (spec, faults, moments) => {
      const run = observedBroken(spec, faults);
      const { model, contents, recording } = run;
      const states = new StateAt(model, contents, recording, 64);
      for (const timeNs of moments.map((drawn) => timeOf(run, drawn))) {
        const replayed = new MeshState(model, contents);
        recording.replay(replayed, 0, recording.seek(timeNs));
        replayed.timeNs = timeNs;
        expect(states.seek(timeNs)).toEqual(replayed);
      }
    }),
    RUNS,
  );
});

test('the workers are as the exposure sees them', () => {
  fc.assert(
    fc.property(worldSpec, moment, (spec, drawn) => {
      const run = observed(spec);
      const { model, contents, outcomes, recording } = run;
      const timeNs = timeOf(run, drawn);
      const state = new StateAt(model, contents, recording).seek(timeNs);
      const exposure = new Exposure(outcomes);
      recording.replay(exposure, 0, recording.seek(timeNs));
      for (let p = 0; p < model.proxies.count; p++) {
        for (let w = 0; w < state.workersPerProxy; w++) {
          const worker = p * state.workersPerProxy + w;
          const slots = [worker * state.clusterCount, (worker + 1) * state.clusterCount] as const;
          const view = outcomes.views.view(exposure.viewAt(p, w));
          expect(state.workerRoutes[worker]).toBe(view.routes);
          expect([...state.workerClusters.subarray(...slots)]).toEqual(view.spec);
          expect([...state.workerEndpoints.subarray(...slots)]).toEqual(view.endpoints);
        }
      }
    }),
    RUNS,
  );
});

test('at the end all is sent, acknowledged, and the same on every thread, whatever has been lost on the way', () => {
  fc.assert(
    fc.property(worldSpec, faultSpec, fc.constantFrom(0, 1), (spec, faults, initialFetchTimeoutMs) => {
      const impatient = { ...spec, mesh: { ...spec.mesh, initialFetchTimeoutMs } };
      const { model, contents, recording, horizonNs } = observedBroken(impatient, { ...faults, nacks: [] });
      const state = new StateAt(model, contents, recording).seek(horizonNs);
      for (let replica = 0; replica < state.istiods.count; replica++) {
        expect(state.istiods.debouncing[replica]).toBe(0);
        expect(state.istiods.preparing[replica]).toBe(-1);
        expect(state.istiods.queueLength(replica)).toBe(0);
        expect(state.istiods.pushesInProgress(replica)).toBe(0);
      }
      for (let p = 0; p < model.proxies.count; p++) {
        for (const type of Object.values(XdsType)) expect(state.syncStatus(p, type)).toBe('SYNCED');
        for (let k = 0; k < state.clusterCount; k++) {
          const main = p * state.clusterCount + k;
          for (let w = 0; w < state.workersPerProxy; w++) {
            const worker = p * state.workersPerProxy + w;
            expect(state.workerRoutes[worker]).toBe(state.routes[p]);
            expect(state.workerClusters[worker * state.clusterCount + k]).toBe(state.active[main]);
            if (state.active[main] === 0) continue;
            expect(state.workerEndpoints[worker * state.clusterCount + k]).toBe(state.endpoints[main]);
          }
        }
      }
    }),
    RUNS,
  );
});
