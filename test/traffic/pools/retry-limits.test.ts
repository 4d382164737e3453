/** Retries that a limit refuses: Erlang's formula against requests that are simulated one by one. */
import { expect, test } from 'vitest';
import { newSampler } from '../../../packages/sim-core/src/kernel/distribution.js';
import { clusterPolicy, type EffectivePolicy } from '../../../packages/sim-core/src/manifest/traffic-policy.js';
import { requestEndings, retryDemand } from '../../../packages/sim-core/src/traffic/attempts.js';
import { notRetried, Outcome } from '../../../packages/sim-core/src/traffic/pools/tally.js';
import type { RetryRules } from '../../../packages/sim-core/src/traffic/retries.js';
import { refusedRetryShare } from '../../../packages/sim-core/src/traffic/retry-limits.js';
import { begin, newStage } from './stage.js';

const DURATION_MS = 20;
const NONE = clusterPolicy({});

function rules(retries: number): RetryRules {
  return {
    retries,
    conditions: new Set(['5xx']),
    statusCodes: [],
    perTryTimeoutMs: Number.POSITIVE_INFINITY,
    choice: 'untried',
  };
}

/** Four endpoints, each of which fails a share of its requests. */
function both(policy: EffectivePolicy, perSecond: number, errorShare: number, retries: number) {
  const stage = newStage({
    workers: 2,
    durationsMs: [DURATION_MS, DURATION_MS, DURATION_MS, DURATION_MS],
    errorShares: [errorShare, errorShare, errorShare, errorShare],
    attempts: 1 + retries,
    isEvenlySpaced: false,
    policies: [policy],
  });
  begin(stage, perSecond);
  stage.run((60_000 * 1_000) / perSecond);
  stage.cluster.finish();
  const { tally } = stage;
  const refused = tally.total(notRetried(Outcome.Error)) / tally.arrivals;
  const failed = refused + tally.total(Outcome.Error) / tally.arrivals;
  const durationMs = newSampler(DURATION_MS);
  const serving = { durationMs, resetShare: 0 };
  const errors = { ending: 'error-upstream', share: errorShare } as const;
  const kinds = [{ count: 4, ending: 'served', cause: 'served', durationMs, errors } as const];
  const { heldMs, firstMs, againMs } = retryDemand(kinds, rules(retries), Number.POSITIVE_INFINITY, serving, 1);
  const perMs = perSecond / 1000;
  const atOnce = { held: perMs * heldMs, first: perMs * firstMs, again: perMs * againMs };
  const share = refusedRetryShare(stage.policies[0], atOnce);
  const endings = requestEndings(kinds, rules(retries), Number.POSITIVE_INFINITY, serving, share);
  const of = (counts: (ending: (typeof endings)[number]) => boolean): number =>
    endings.reduce((sum, ending) => sum + (counts(ending) ? ending.share : 0), 0);
  return {
    simulated: { refused, failed },
    exact: { refused: of(({ isRefused }) => isRefused), failed: of(({ ending }) => ending !== 'served') },
  };
}

const maxRetries = (most: number): EffectivePolicy => ({ connectionPool: { http: { maxRetries: most } } });
const budget = (percent: number, minRetryConcurrency: number): EffectivePolicy => ({
  retryBudget: { percent, minRetryConcurrency },
});

test.each([
  [maxRetries(1), 100, 0.3, 2],
  [maxRetries(3), 200, 0.5, 2],
  [maxRetries(10), 500, 0.6, 3],
])(
  'a number of retries at once, %j at %d requests/s of which %f fail: exact',
  (policy, perSecond, errorShare, retries) => {
    const { simulated, exact } = both(policy, perSecond, errorShare, retries);
    expect(Math.abs(exact.refused - simulated.refused)).toBeLessThan(0.006);
    expect(Math.abs(exact.failed - simulated.failed)).toBeLessThan(0.006);
  },
);

test.each([
  [budget(20, 3), 200, 0.5, 2, 0.006],
  [budget(20, 3), 1_000, 0.3, 2, 0.015],
  [budget(20, 1), 3_000, 0.3, 1, 0.015],
  // Hardly any retries at once: those under way decide about the next ones.
  [budget(50, 0), 300, 0.4, 2, 0.03],
])(
  'a budget, %j at %d requests/s of which %f fail: to a few of a hundred requests',
  (policy, perSecond, errorShare, retries, most) => {
    const { simulated, exact } = both(policy, perSecond, errorShare, retries);
    expect(Math.abs(exact.refused - simulated.refused)).toBeLessThan(most);
    expect(Math.abs(exact.failed - simulated.failed)).toBeLessThan(most);
  },
);

test('fewer places refuse more, and a limit far off refuses nothing', () => {
  const atOnce = { held: 5, first: 20, again: 4 };
  const shares = [0, 1, 2, 5, 10, 40].map((most) => refusedRetryShare({ ...NONE, maxRetries: most }, atOnce));
  expect(shares[0]).toBe(1);
  for (let i = 1; i < shares.length; i++) expect(shares[i]).toBeLessThan(shares[i - 1]);
  expect(shares[5]).toBeLessThan(1e-9);
  const budgets = [0, 0.1, 0.2, 0.5, 1].map((share) =>
    refusedRetryShare({ ...NONE, retryBudget: { share, minConcurrency: 1 } }, atOnce),
  );
  for (let i = 1; i < budgets.length; i++) expect(budgets[i]).toBeLessThan(budgets[i - 1]);
  expect(refusedRetryShare(clusterPolicy({ retryBudget: {} }), { held: 0, first: 20, again: 0 })).toBe(0);
});

test('whatever is refused, each request has one end', () => {
  const durationMs = newSampler(DURATION_MS);
  const errors = { ending: 'error-upstream', share: 0.4 } as const;
  const kinds = [
    { count: 3, ending: 'served', cause: 'served', durationMs, errors } as const,
    { count: 1, ending: 'connection-refused', cause: 'endpoint-refuses' } as const,
  ];
  let failed = 0;
  for (const refused of [0, 0.3, 1]) {
    const endings = requestEndings(kinds, rules(2), 1_000, { durationMs, resetShare: 0.01 }, refused);
    expect(endings.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    const failing = endings.reduce((sum, { ending, share }) => sum + (ending === 'served' ? 0 : share), 0);
    expect(failing).toBeGreaterThan(failed);
    failed = failing;
  }
});
