/** Invariants 3 and 11 where things break: what a lost stream means to both ends, and that all is well in the end. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newRootKey } from '../../packages/sim-core/src/kernel/random.js';
import { msToNs } from '../../packages/sim-core/src/kernel/time.js';
import { prepareStrategy, runTrial } from '../../packages/sim-core/src/study/trial.js';
import { TraceKind } from '../../packages/sim-core/src/trace/events.js';
import { observe } from '../mesh/runs.js';
import { expectConverged } from './converged.js';
import { times } from './counts.js';
import { faultSpec, BROKEN_HORIZON_MS as HORIZON_MS, newBrokenWorld } from './fault-specs.js';
import { worldSpec } from './world-specs.js';

const RUNS = times(120);

test('whatever breaks, proxies that reject nothing converge to what was written last', () => {
  fc.assert(
    fc.property(worldSpec, faultSpec, (spec, faults) => {
      const { scenario, plan, trial } = newBrokenWorld(spec, faults);
      const seen = observe(scenario, plan, { trial, horizonMs: HORIZON_MS });
      expectConverged(seen, (proxy) => faults.nacks.some(({ proxies: rejecting }) => rejecting.includes(proxy)));
    }),
    RUNS,
  );
});

test('without a stream nobody speaks: what was under way is lost, and what was to be said with it', () => {
  const needStream: ReadonlySet<number> = new Set([
    TraceKind.PushDequeued,
    TraceKind.ResponseSent,
    TraceKind.ResponseReceived,
    TraceKind.RequestSent,
    TraceKind.AckSent,
    TraceKind.NackSent,
    TraceKind.PushDone,
  ]);
  fc.assert(
    fc.property(worldSpec, faultSpec, (spec, faults) => {
      const { scenario, plan, trial } = newBrokenWorld(spec, faults);
      const { recording, model } = observe(scenario, plan, { trial, horizonMs: HORIZON_MS });
      const isOpen = new Array<boolean>(model.proxies.count).fill(true);
      // Responses of the stream that the proxy has not acknowledged yet.
      const owed = model.proxies.ids.map(() => new Map<number, number>());
      for (const { kind, proxy, a } of recording) {
        if (kind === TraceKind.StreamClosed) isOpen[proxy] = false;
        else if (kind === TraceKind.StreamOpened) {
          isOpen[proxy] = true;
          owed[proxy].clear();
        } else if (needStream.has(kind)) expect(isOpen[proxy]).toBe(true);
        if (kind === TraceKind.ResponseReceived) owed[proxy].set(a, (owed[proxy].get(a) ?? 0) + 1);
        if (kind === TraceKind.AckSent || kind === TraceKind.NackSent) {
          const left = owed[proxy].get(a) ?? 0;
          expect(left).toBeGreaterThan(0);
          owed[proxy].set(a, left - 1);
        }
      }
    }),
    RUNS,
  );
});

test('a dead istiod does nothing, and no more pushes are in service than there are slots', () => {
  fc.assert(
    fc.property(worldSpec, faultSpec, (spec, faults) => {
      const { scenario, plan, trial } = newBrokenWorld(spec, faults);
      const { recording, model } = observe(scenario, plan, { trial, horizonMs: HORIZON_MS });
      const isUp = new Array<boolean>(spec.mesh.replicas).fill(true);
      const replicaOf = new Array<number>(model.proxies.count).fill(0);
      const inService = new Set<number>();
      for (const { kind, proxy, a, b, c } of recording) {
        switch (kind) {
          case TraceKind.IstiodDown:
          case TraceKind.IstiodUp:
            isUp[a] = kind === TraceKind.IstiodUp;
            break;
          case TraceKind.StreamOpened:
            expect(isUp[a]).toBe(true);
            replicaOf[proxy] = a;
            break;
          case TraceKind.StreamClosed:
          case TraceKind.PushDone:
            inService.delete(proxy);
            break;
          case TraceKind.WatchDelivered:
          case TraceKind.UnrelatedEvent:
            expect(isUp[b]).toBe(true);
            break;
          case TraceKind.PushStarted:
          case TraceKind.PushQueued:
            expect(isUp[c]).toBe(true);
            break;
          case TraceKind.PushDequeued:
            inService.add(proxy);
            for (let replica = 0; replica < spec.mesh.replicas; replica++) {
              const own = [...inService].filter((p) => replicaOf[p] === replica);
              expect(own.length).toBeLessThanOrEqual(spec.mesh.slots);
            }
            break;
        }
      }
    }),
    RUNS,
  );
});

test('same seed, same bytes, also where things break', () => {
  fc.assert(
    fc.property(worldSpec, faultSpec, (spec, faults) => {
      const { scenario, plan } = newBrokenWorld(spec, faults);
      const prepared = prepareStrategy(scenario, plan);
      const root = newRootKey(`seed ${spec.trial}`);
      const resultOf = (trial: number) => JSON.stringify(runTrial(prepared, root, trial, msToNs(HORIZON_MS)));
      const alone = resultOf(1);
      resultOf(0);
      expect(resultOf(1)).toBe(alone);
    }),
    RUNS,
  );
});
