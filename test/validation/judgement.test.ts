import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newRootKey } from '../../packages/sim-core/src/kernel/random.js';
import { FailureCounts } from '../../packages/sim-core/src/validation/failure-counts.js';
import { judgeTotals } from '../../packages/sim-core/src/validation/judge-failures.js';
import { judgeShape } from '../../packages/sim-core/src/validation/judge-shape.js';
import { judgeWindow } from '../../packages/sim-core/src/validation/judge-windows.js';
import { failureKey } from '../../packages/sim-core/src/validation/measured-rows.js';
import type { Observation, ResponseShape, SentShape } from '../../packages/sim-core/src/validation/observation.js';
import { predictSum, repeatabilityFactor } from '../../packages/sim-core/src/validation/prediction.js';
import { ksDistance, quantilesOf } from '../../packages/sim-core/src/validation/quantiles.js';
import { meanInterval, rankCells } from '../../packages/sim-core/src/validation/ranking.js';

const ROOT = newRootKey('judgement');

function seen(times: number, responses: readonly ResponseShape[], pushes = 1, sent?: readonly SentShape[]) {
  return Array.from({ length: times }, (): Observation => ({ pushes, responses, sent, arrivalMs: {} }));
}

const ONE: readonly ResponseShape[] = [['CDS', 4, 0]];
const TWO: readonly ResponseShape[] = [...ONE, ['EDS', 2, 0]];

test('a shape holds when the most frequent sequence agrees and each seen one is simulated in 1 % of the runs', () => {
  expect(judgeShape(seen(5, ONE), seen(200, ONE)).firstDifference).toBeNull();
  expect(judgeShape([...seen(5, ONE), ...seen(1, TWO)], [...seen(198, ONE), ...seen(2, TWO)]).match).toBe(true);
  expect(judgeShape([...seen(5, ONE), ...seen(1, TWO)], [...seen(199, ONE), ...seen(1, TWO)]).firstDifference).toBe(
    'to the proxy, seen 1×, simulated with probability 0.005: message 2: measured EDS 2, simulated nothing',
  );
  expect(judgeShape([...seen(5, ONE), ...seen(4, TWO)], [...seen(90, ONE), ...seen(110, TWO)]).firstDifference).toBe(
    'to the proxy, message 2: measured nothing, simulated EDS 2',
  );
  // Equally frequent: either may be the simulation's first.
  expect(judgeShape([...seen(5, ONE), ...seen(5, TWO)], [...seen(90, ONE), ...seen(110, TWO)]).match).toBe(true);
});

test('pushes are compared, and what the proxy sends where it was logged in order', () => {
  expect(judgeShape(seen(5, ONE, 2), seen(9, ONE, 1)).firstDifference).toBe(
    'control plane, message 1: measured 2 pushes, simulated 1 pushes',
  );
  const subscribes: SentShape[] = [['request', 'EDS', 1, 0]];
  expect(judgeShape(seen(1, ONE, 1, subscribes), seen(9, ONE, 1, [['ack', 'CDS']])).firstDifference).toBe(
    'from the proxy, message 1: measured EDS request +1, simulated ACK CDS',
  );
  expect(judgeShape(seen(1, ONE, 1), seen(9, ONE, 1, subscribes)).match).toBe(true);
});

test('a window holds within 3 ms or a factor 2 of the median, signs kept', () => {
  const judge = (measured: number, simulated: number) => judgeWindow([measured], [simulated])?.holds;
  expect(judge(1, 3.9)).toBe(true);
  expect(judge(1, 4.1)).toBe(false);
  expect(judge(50, 99)).toBe(true);
  expect(judge(50, 101)).toBe(false);
  expect(judge(50, 24)).toBe(false);
  expect(judge(-300, -160)).toBe(true);
  expect(judge(-300, -140)).toBe(false);
  expect(judge(-2, 2)).toBe(false);
  expect(judgeWindow([], [1])).toBeUndefined();
  expect(judgeWindow([1], [])).toMatchObject({ simulated: null, holds: false });
});

test('quantiles are those of the lab’s own table, and the KS distance is that of the steps', () => {
  expect(quantilesOf([5, 1, 4, 2, 3])).toEqual({ p10: 1, p50: 3, p90: 5 });
  expect(ksDistance([1, 2, 3, 4], [1, 2, 3, 4])).toBe(0);
  expect(ksDistance([1, 2], [3, 4])).toBe(1);
  expect(ksDistance([1, 3], [2, 4])).toBe(0.5);
});

test('only a response below 400 without a flag that says otherwise is a success', () => {
  expect(
    ['200/-', '302/-', '503/NC', '404/-', '0/UC'].map((name) => {
      const [code, flag] = name.split('/');
      return failureKey(Number(code), flag);
    }),
  ).toEqual([undefined, undefined, 'NC', '404', 'UC']);
});

test('the repeatability factor falls from 1.9 at 3 failures to 1.1 at 50', () => {
  expect([0, 3, 50, 300].map(repeatabilityFactor)).toEqual([1.9, 1.9, 1.1, 1.1]);
  expect(repeatabilityFactor(12.247)).toBeCloseTo(1.5, 3);
});

test('a flag that one side lacks counts as absent only where the other expects at least 3', () => {
  const judge = (total: number, expected: number, predicted: [number, number] = [0, 0]) =>
    judgeTotals({ seen: total, expected, rows: 10 }, predicted);
  expect(judge(0, 2.9, [0, 8])).toMatchObject({ holds: true, isExcluded: false });
  expect(judge(0, 3, [0, 9])).toMatchObject({ holds: false, isExcluded: true });
  expect(judge(2, 0)).toMatchObject({ holds: true, isExcluded: false });
  expect(judge(3, 0)).toMatchObject({ holds: false, isExcluded: true });
  const judged = judge(40, 20, [10, 30]);
  expect(judged).toMatchObject({ measuredMean: 4, simulatedMean: 2, holds: true });
  expect(judged.interval).toEqual([expect.closeTo(1 / 1.9), expect.closeTo(3 * 1.9)]);
  expect(judge(58, 20, [10, 30])).toMatchObject({ holds: false, isExcluded: false });
});

test('the prediction contains the noise of counting and that between trials', () => {
  const sure = predictSum([{ expected: 4, variance: 0 }], 5, ROOT);
  expect(sure).toEqual([20, 20]);
  // Poisson with mean 20: 99 % lie within 9 … 32.
  const [low, high] = predictSum([{ expected: 4, variance: 4 }], 5, ROOT);
  expect([low, high].map((count, i) => Math.abs(count - [9, 32][i]) <= 1)).toEqual([true, true]);
  // Trials that expect 0 or 10: the sum of five is 10 × Binomial(5, 1/2).
  expect(
    predictSum(
      [
        { expected: 0, variance: 0 },
        { expected: 10, variance: 0 },
      ],
      5,
      ROOT,
    ),
  ).toEqual([0, 50]);
});

test('an evenly spaced stream: counts are expected where the windows are, with the noise of their edges', () => {
  const requests = { perSecondPerProxy: 1000, fromMs: -10, toMs: 90 };
  const fails = (probability: number) => new Map([['NC', probability]]);
  const none = new Map<string, number>();
  const count = (stretches: [Map<string, number>, number, number][], workers = 1) => {
    const counts = new FailureCounts(requests, workers, 1000e6);
    for (const [probabilities, from, to] of stretches) counts.add(0, probabilities, from * 1e6, to * 1e6);
    return counts.finish().get('NC');
  };
  expect(count([[none, 0, 1000]])).toBeUndefined();
  expect(count([[fails(1), 0, 1000]])).toEqual({ expected: 100, variance: 0 });
  expect(count([[fails(0.5), 0, 1000]])).toEqual({ expected: 100 / 2, variance: 100 / 4 });
  // 2.5 spacings, cut in the middle of one: either 2 or 3 requests.
  const edge = count([
    [none, 0, 10],
    [fails(1), 10, 12.5],
    [none, 12.5, 1000],
  ]);
  expect(edge?.expected).toBeCloseTo(2.5);
  expect(edge?.variance).toBeCloseTo(0.25);
  const whole = count([
    [fails(1), 0, 10.25],
    [fails(1), 10.25, 20.75],
    [none, 20.75, 1000],
  ]);
  expect(whole?.expected).toBeCloseTo(30.75);
  expect(whole?.variance).toBeCloseTo(0.75 * 0.25);
  expect(count([[fails(1), 0, 1000]], 2)?.expected).toBeCloseTo(50);
});

test('expected counts add up over any division of time, and the variance is never above a Poisson stream’s', () => {
  const cuts = fc.uniqueArray(fc.double({ min: 0.001, max: 99, noNaN: true }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(cuts, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 9, maxLength: 9 }), (at, p) => {
      const counts = new FailureCounts({ perSecondPerProxy: 400, fromMs: 0, toMs: 100 }, 1, 200e6);
      const edges = [0, ...at.sort((a, b) => a - b), 200];
      let expected = 0;
      for (let i = 1; i < edges.length; i++) {
        counts.add(0, new Map([['NC', p[i - 1]]]), edges[i - 1] * 1e6, edges[i] * 1e6);
        expected += p[i - 1] * 0.4 * (Math.min(100, edges[i]) - edges[i - 1]);
      }
      const count = counts.finish().get('NC');
      expect(count?.expected).toBeCloseTo(expected, 6);
      expect(count?.variance).toBeLessThanOrEqual((count?.expected ?? 0) + 1e-9);
    }),
  );
});

test('cells are ranked only where the lab can tell them apart', () => {
  expect(meanInterval([1, 1, 1])).toEqual({ low: 1, high: 1 });
  expect(meanInterval([1])).toEqual({ low: -Infinity, high: Infinity });
  const { low, high } = meanInterval([1, 2, 3]);
  expect([low, high]).toEqual([expect.closeTo(2 - 2.4841, 3), expect.closeTo(2 + 2.4841, 3)]);
  const cells = [
    { measuredTrials: [0, 0, 0], simulatedMean: 0 },
    { measuredTrials: [1, 2, 3], simulatedMean: 5 },
    { measuredTrials: [20, 21, 20], simulatedMean: 4 },
  ];
  expect(rankCells(cells)).toEqual({ pairs: 2, same: 1 });
});
