/** What must hold between the numbers of any report, held against the accepted ones. */
import { existsSync } from 'node:fs';
import { type Report, reportSchema } from '@xdsim/sim-core';
import { describe, expect, test } from 'vitest';
import { CASES, goldenName, TRIALS } from './cases.js';
import { goldenPath, readGolden } from './golden.js';

type Strategy = Report['strategies'][number];
type Counts = Strategy['errors'];
type Estimate = Counts['share'];
type Distribution = Strategy['completeMs'];

describe.each(CASES)('%s', (name) => {
  const golden = readGolden(goldenName(name));
  if (golden === undefined) throw new Error(`test/golden/${goldenName(name)} is not there; reports.test.ts says more`);
  const report = reportSchema.parse(JSON.parse(golden));
  const { scenario, strategies } = report;
  const requests = (scenario.requestsPerSecond * scenario.horizonMs) / 1000;
  const countsOf = ({ errors, failures }: Strategy): Counts[] => [errors, failures];

  test('it is the report of this case, and its files exist', () => {
    expect(scenario).toMatchObject({ name, seed: '1', trials: TRIALS });
    for (const file of report.inputs.files) expect(existsSync(goldenPath(`../../${file}`)), file).toBe(true);
  });

  test('every way of splitting the failures adds up to all of them', () => {
    for (const counts of strategies.flatMap(countsOf)) {
      const { perRollout, byFlag, byCode, byHost, byCause, byProxyKind } = counts;
      const causes = byCause.map((cause) => cause.perRollout);
      const splits = [byFlag, byCode, byHost, byProxyKind].map((split) => Object.values(split));
      for (const split of [...splits, causes]) expectClose(sum(split), perRollout.mean);
      expect(causes.map(({ mean }) => mean)).toEqual(causes.map(({ mean }) => mean).sort((a, b) => b - a));
    }
  });

  test('shares are counts in other units', () => {
    for (const { share, per1000Requests, perRollout } of strategies.flatMap(countsOf)) {
      expectClose(share.mean, perRollout.mean / requests);
      expectClose(per1000Requests.mean, (1000 * perRollout.mean) / requests);
    }
  });

  test('no share or probability is above 1, nor is its interval', () => {
    for (const { share, sharePeakSecond, anyProbability } of strategies.flatMap(countsOf)) {
      for (const { ci95 } of [share, sharePeakSecond, anyProbability]) expect(ci95[1]).toBeLessThanOrEqual(1);
      // The worst second is no better than the mean of all.
      expect(share.mean).toBeLessThanOrEqual(sharePeakSecond.mean * (1 + 1e-9));
    }
    for (const { unsettledShare } of strategies) expect(unsettledShare.ci95[1]).toBeLessThanOrEqual(1);
  });

  test('every 5xx is a failure; the worst trial is no better than the mean', () => {
    for (const { errors, failures, worst } of strategies) {
      expect(errors.perRollout.mean).toBeLessThanOrEqual(failures.perRollout.mean);
      expect(worst.errors).toBeGreaterThanOrEqual(errors.perRollout.mean);
      expect(worst.trial).toBeLessThan(TRIALS);
    }
  });

  test('requests of all subsets are all requests', () => {
    for (const strategy of strategies) {
      const bySubset = Object.values(strategy.traffic.bySubset);
      // A host that has TCP routes only has no requests.
      if (bySubset.length === 0) continue;
      expectClose(sum(bySubset), requests);
    }
  });

  test('callers see no more than there is', () => {
    for (const { errors, failures } of strategies) {
      for (const { caller, perRollout } of [errors, failures]) {
        expect(caller.perRollout.mean).toBeLessThanOrEqual(perRollout.mean * (1 + 1e-9));
      }
    }
  });

  test('quantiles ascend, and intervals contain what they are about', () => {
    for (const distribution of strategies.flatMap(distributionsOf)) expectOrdered(distribution);
    for (const counts of strategies.flatMap(countsOf)) estimatesOf(counts).forEach(expectContained);
  });

  test('the mesh is inconsistent while proxies differ, and while requests fail for want of configuration', () => {
    for (const strategy of strategies) {
      const { window } = strategy;
      for (const part of hasSampledFailures(strategy) ? [window.skewMs] : [window.skewMs, window.failingMs]) {
        expect(part.mean).toBeLessThanOrEqual(window.inconsistentMs.mean!);
        expect(part.max).toBeLessThanOrEqual(window.inconsistentMs.max!);
      }
    }
  });

  test('the ranking has each strategy once, groups in the order of their best errors', () => {
    const names = report.ranking.flatMap((group) => group.names);
    expect([...names].sort()).toEqual(strategies.map((strategy) => strategy.name).sort());
    expect(report.ranking.map(({ group }) => group)).toEqual(report.ranking.map((_, i) => i + 1));
    const errorsOf = (of: string) => strategies.find((strategy) => strategy.name === of)!.errors.perRollout.mean;
    const best = report.ranking.map((group) => Math.min(...group.names.map(errorsOf)));
    expect(best).toEqual([...best].sort((a, b) => a - b));
    expect(names).toContain(report.recommended.strategy);
  });
});

/** What policies and endpoints fail by themselves, with configurations that agree; counted by samples. */
const SAMPLED_CAUSES = new Set([
  'pool-overflow',
  'endpoint-errors',
  'endpoint-overloaded',
  'all-ejected',
  'server-expects-tls',
  'server-expects-plaintext',
]);

function hasSampledFailures({ failures }: Strategy): boolean {
  return failures.byCause.some(({ cause }) => SAMPLED_CAUSES.has(cause));
}

function sum(estimates: readonly Estimate[]): number {
  return estimates.reduce((total, { mean }) => total + mean, 0);
}

/** Equal but for the rounding of sums. */
function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1e-9, Math.abs(expected)));
}

function distributionsOf({ window, completeMs }: Strategy): Distribution[] {
  const { states: _, ...windows } = window;
  return [...Object.values(windows), completeMs];
}

function expectOrdered({ mean, p50, p90, p95, p99, max, ci95, n }: Distribution): void {
  const quantiles = [p50, p90, p95, p99, max].filter((value) => value !== null);
  expect(quantiles).toHaveLength(n === 0 ? 0 : 5);
  expect(quantiles).toEqual([...quantiles].sort((a, b) => a - b));
  const pairs = [
    [mean, ci95.mean],
    [p50, ci95.p50],
    [p95, ci95.p95],
    [p99, ci95.p99],
  ] as const;
  for (const [value, [lower, upper]] of pairs) {
    if (value === null) continue;
    expect(lower ?? value).toBeLessThanOrEqual(value);
    expect(upper ?? value).toBeGreaterThanOrEqual(value);
  }
}

function estimatesOf({ byFlag, byCode, byHost, byCause, byProxyKind, caller, ...own }: Counts): Estimate[] {
  const splits = [byFlag, byCode, byHost, byProxyKind, caller.byFlag].flatMap((split) => Object.values(split));
  const ofCaller = [caller.perRollout, caller.share];
  return [...Object.values(own), ...splits, ...ofCaller, ...byCause.map(({ perRollout }) => perRollout)];
}

function expectContained({ mean, ci95: [lower, upper], noneSeen }: Estimate): void {
  expect(noneSeen).toBe(mean === 0);
  expect(lower).toBeLessThanOrEqual(mean);
  expect(upper).toBeGreaterThanOrEqual(mean);
}
