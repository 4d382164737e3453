/** Invariant 5: same seed, same bytes, whatever ran before on the same prepared strategy. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newRootKey } from '../../packages/sim-core/src/kernel/random.js';
import { msToNs } from '../../packages/sim-core/src/kernel/time.js';
import { MeshModel } from '../../packages/sim-core/src/mesh/model.js';
import { prepareStrategy, runTrial } from '../../packages/sim-core/src/study/trial.js';
import { decode } from '../../packages/sim-core/src/trace/decode.js';
import { Outcomes } from '../../packages/sim-core/src/traffic/outcomes.js';
import { observe } from '../mesh/runs.js';
import { times } from './counts.js';
import { worldSpec } from './world-specs.js';
import { HORIZON_MS, newWorld } from './worlds.js';

/** A run is many trials, each with its requests. */
const RUNS = times(40);

const TRIALS = [0, 1, 2];

/** Trials that run before the one whose trace is compared. */
const OTHERS = 6;

test('same seed, same bytes of every result: in any order of trials, and again after other trials', () => {
  fc.assert(
    fc.property(worldSpec, fc.shuffledSubarray(TRIALS, { minLength: TRIALS.length }), (spec, order) => {
      const { scenario, plan } = newWorld(spec);
      const root = newRootKey(`seed ${spec.trial}`);
      const resultsOf = (trials: readonly number[]): Map<number, string> => {
        const prepared = prepareStrategy(scenario, plan);
        const results = trials.map((trial) => [trial, runTrial(prepared, root, trial, msToNs(HORIZON_MS))] as const);
        return new Map(results.map(([trial, result]) => [trial, JSON.stringify(result)]));
      };
      const inOrder = resultsOf(TRIALS);
      const shuffled = resultsOf([...order, ...order]);
      for (const trial of TRIALS) expect(shuffled.get(trial)).toBe(inOrder.get(trial));
    }),
    RUNS,
  );
});

test('same seed, same bytes of the trace: for a trial alone, and after other trials', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const { scenario, plan } = newWorld(spec);
      const traceOf = (outcomes: Outcomes, trial: number): string => {
        const { recording, dictionary } = observe(scenario, plan, { outcomes, trial, horizonMs: HORIZON_MS });
        return Array.from({ length: recording.length }, (_, i) =>
          JSON.stringify(decode(recording, i, dictionary)),
        ).join('\n');
      };
      const [alone, shared] = [0, 1].map(() => new Outcomes(new MeshModel(scenario, plan)));
      const expected = traceOf(alone, 0);
      for (let trial = OTHERS; trial > 0; trial--) observe(scenario, plan, { outcomes: shared, trial });
      expect(traceOf(shared, 0)).toBe(expected);
    }),
    RUNS,
  );
});
