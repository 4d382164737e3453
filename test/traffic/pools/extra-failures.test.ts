/** The exact integral and the sample as one: by time, and without a request too many. */
import { expect, test } from 'vitest';
import type { ExposureTotals } from '../../../packages/sim-core/src/traffic/exposure.js';
import type { Bucket } from '../../../packages/sim-core/src/traffic/outcomes.js';
import type { ClusterSetting } from '../../../packages/sim-core/src/traffic/pools/setting.js';
import { Outcome, Tally } from '../../../packages/sim-core/src/traffic/pools/tally.js';
import { ClusterFailures } from '../../../packages/sim-core/src/traffic/sampled/cluster-failures.js';
import type { ClusterRollout } from '../../../packages/sim-core/src/traffic/sampled/cluster-rollout.js';
import { ExtraFailures, withExtra } from '../../../packages/sim-core/src/traffic/sampled/extra-failures.js';
import { lengthNs, type Span, TimeBins } from '../../../packages/sim-core/src/traffic/time-bins.js';

const S = 1e9;
const HORIZON_NS = 100 * S;

function bucket(rest: Partial<Bucket>): Bucket {
  const served = {
    flag: '-',
    code: 200,
    host: 'a',
    destination: 'a',
    subset: 'v1',
    cause: 'served',
    noise: false,
  } as const;
  return { ...served, kind: 'sidecar', ...rest };
}

function over({ fromNs, toNs }: Span, count: number): TimeBins {
  const bins = new TimeBins();
  bins.addOver(fromNs, toNs, count);
  return bins;
}

/** 300 of 10,000 requests find no cluster within a second. */
function exact(span: Span): ExposureTotals {
  const bins = over(span, 300);
  return {
    failures: 300,
    errors: 300,
    buckets: [
      { bucket: bucket({}), expected: 9_700 },
      { bucket: bucket({ flag: 'NC', code: 503, cause: 'eds-late' }), expected: 300 },
    ],
    peakErrors: 300,
    peakFailures: 300,
    errorBins: bins,
    failureBins: bins,
    errsAtEnd: false,
    failingNs: lengthNs([span]),
    failingSpans: [span],
  };
}

/** Of one proxy that stands for itself. */
function sampled(totals: ExposureTotals, span: Span, count: number, usual = 0): ExposureTotals {
  const setting = { attempts: () => 1 } as unknown as ClusterSetting;
  const source = { host: 'a', destination: 'a', subset: 'v1', retries: undefined };
  const tallyOf = (failed: number): Tally => {
    const tally = new Tally(1, 1);
    tally.finishedOver(0, Outcome.Error, span.fromNs, span.toNs, failed);
    return tally;
  };
  const failures = new ClusterFailures();
  failures.ended(0, Outcome.Error, span.fromNs, span.toNs, count);
  const rollout = { tally: tallyOf(count), usual: tallyOf(usual), refused: new Float64Array(1), failures };
  const extra = new ExtraFailures(setting, [source]);
  extra.add(rollout as unknown as ClusterRollout, 'sidecar', 1);
  return withExtra(totals, { ...extra.finish(totals.buckets, HORIZON_NS), proxies: [] });
}

const FIRST = { fromNs: 10 * S, toNs: 11 * S };

test('peaks at different times are not added, and those of one second are', () => {
  const apart = sampled(exact(FIRST), { fromNs: 20 * S, toNs: 22 * S }, 400);
  expect(apart.peakErrors).toBeCloseTo(300, 9);
  expect(apart.errors).toBeCloseTo(700, 9);
  expect(sampled(exact(FIRST), FIRST, 400).peakErrors).toBeCloseTo(700, 9);
  expect(sampled(exact(FIRST), { fromNs: 10.5 * S, toNs: 11.5 * S }, 400).peakErrors).toBeCloseTo(550, 9);
});

test('times in which something fails are put together, not the longer of them taken', () => {
  const apart = sampled(exact(FIRST), { fromNs: 20 * S, toNs: 22 * S }, 400);
  expect(apart.failingNs).toBe(3 * S);
  expect(sampled(exact(FIRST), FIRST, 400).failingNs).toBe(S);
  expect(sampled(exact(FIRST), { fromNs: 10.5 * S, toNs: 12 * S }, 400).failingNs).toBe(2 * S);
});

test('what was usual before is noise: of the rest it is known when it came', () => {
  const span = { fromNs: 20 * S, toNs: 21 * S };
  const totals = sampled(exact(FIRST), span, 400, 100);
  expect(totals.errors).toBeCloseTo(600, 9);
  expect(totals.peakErrors).toBeCloseTo(300, 9);
  const noise = totals.buckets.filter((part) => part.bucket.noise);
  expect(noise.map(({ expected }) => expected)).toEqual([100]);
});

test.each([100, 9_000, 20_000])('%d sampled failures, and as many requests to the destination as before', (count) => {
  const totals = sampled(exact(FIRST), { fromNs: 20 * S, toNs: 30 * S }, count, count / 4);
  const all = totals.buckets.reduce((sum, { expected }) => sum + expected, 0);
  expect(all).toBeCloseTo(10_000, 6);
  for (const { expected } of totals.buckets) expect(expected).toBeGreaterThanOrEqual(0);
  expect(totals.errors).toBeLessThanOrEqual(10_000);
});
