/** The size of a pool after a long time, from a short run: held against the long time itself. */
import { expect, test } from 'vitest';
import type { Distribution } from '../../../packages/sim-core/src/kernel/distribution.js';
import type { LoadBalancing } from '../../../packages/sim-core/src/manifest/traffic-policy.js';
import { SteadyStates } from '../../../packages/sim-core/src/traffic/pools/steady-states.js';
import { begin, loadOf, newStage } from './stage.js';

const LONG_MS = 1_200_000;
const RUNS = 5;

interface Case {
  readonly name: string;
  readonly perSecond: number;
  readonly durationsMs: readonly Distribution[];
  readonly simple: Exclude<LoadBalancing, 'RING_HASH' | 'MAGLEV'>;
  readonly isEvenlySpaced?: boolean;
}

const WEB: Distribution = { lognormal: { median: 20, p95: 100 } };
const EXPONENTIAL: Distribution = { gamma: { mean: 200, shape: 1 } };

const CASES: readonly Case[] = [
  { name: 'few requests', perSecond: 20, durationsMs: [WEB, WEB, WEB], simple: 'LEAST_REQUEST' },
  { name: 'few requests at random', perSecond: 20, durationsMs: [WEB, WEB, WEB], simple: 'RANDOM' },
  { name: 'some at once', perSecond: 60, durationsMs: [EXPONENTIAL, EXPONENTIAL], simple: 'RANDOM' },
  { name: 'some at once, spread', perSecond: 60, durationsMs: [EXPONENTIAL, EXPONENTIAL], simple: 'LEAST_REQUEST' },
  { name: 'a slow endpoint', perSecond: 60, durationsMs: [1, 500], simple: 'LEAST_REQUEST', isEvenlySpaced: true },
];

test.each(CASES)('twenty minutes of $name', ({ perSecond, durationsMs, simple, isEvenlySpaced = false }) => {
  const options = { durationsMs, isEvenlySpaced, policies: [{ loadBalancer: { simple } }] };
  const members = [...durationsMs.keys()];
  const lived = members.map(() => 0);
  for (let trial = 0; trial < RUNS; trial++) {
    const stage = newStage({ ...options, trial });
    stage.tally.isCounting = false;
    begin(stage, perSecond);
    stage.run(LONG_MS);
    for (const { endpoint, connections } of stage.cluster.standingPools) lived[endpoint] += connections / RUNS;
  }
  const { setting } = newStage(options).cluster;
  const { stock } = new SteadyStates(setting, 'stock').of({ spec: 1, members, conditions: 0, load: loadOf(perSecond) });
  const DRAWS = 400;
  const drawn = stock.map((law) => {
    let sum = 0;
    for (let i = 0; i < DRAWS; i++) sum += law.draw(LONG_MS * 1e6, (i + 0.5) / DRAWS);
    return sum / DRAWS;
  });
  // Within an eighth, or two thirds of a connection where there are few.
  for (const endpoint of members) {
    expect(Math.abs(drawn[endpoint] - lived[endpoint])).toBeLessThan(Math.max(0.67, 0.125 * lived[endpoint]));
  }
});
