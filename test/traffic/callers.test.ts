/** What callers' own retries hide: cases that can be worked out by hand, and the error bound of random delays. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Distribution } from '../../packages/sim-core/src/kernel/distribution.js';
import { newSampler } from '../../packages/sim-core/src/kernel/distribution.js';
import { DEFAULT_TRAFFIC } from '../../packages/sim-core/src/scenario/traffic-schema.js';
import { retriedShare } from '../../packages/sim-core/src/traffic/caller-errors.js';
import {
  delaySets,
  type FailingStretch,
  failedForGood,
  INSTANT_NS,
  together,
  withInstants,
} from '../../packages/sim-core/src/traffic/caller-retries.js';

const MS = 1e6;
const HORIZON_MS = 10_000;

function stretch(fromMs: number, toMs: number, retried: number, final = 0): FailingStretch {
  const lost = [
    { key: 'retried', share: retried, isRetried: true },
    ...(final > 0 ? [{ key: 'final', share: final, isRetried: false }] : []),
  ];
  return { fromNs: fromMs * MS, toNs: toMs * MS, retried, lost };
}

interface Retrying {
  readonly retries: number;
  readonly delayMs: Distribution;
  readonly delayFactor?: number;
}

/** Failed time in ms, by key. */
function left(
  stretches: readonly FailingStretch[],
  { delayFactor = 1, ...retrying }: Retrying,
): Record<string, number> {
  const sets = delaySets({ ...DEFAULT_TRAFFIC.callers, ...retrying, delayFactor });
  const sums: Record<string, number> = {};
  failedForGood(stretches, stretches, sets, HORIZON_MS * MS, (key, ns) => {
    sums[key] = (sums[key] ?? 0) + ns / MS;
  });
  return sums;
}

test('a window shorter than the delay is hidden altogether, of a longer one the first part remains', () => {
  expect(left([stretch(100, 150, 1)], { retries: 1, delayMs: 50 })).toEqual({});
  expect(left([stretch(100, 150, 1)], { retries: 0, delayMs: 50 }).retried).toBeCloseTo(50, 9);
  expect(left([stretch(100, 300, 1)], { retries: 1, delayMs: 50 }).retried).toBeCloseTo(150, 9);
  // Delays of 50 and 100 ms.
  expect(left([stretch(100, 300, 1)], { retries: 2, delayMs: 50, delayFactor: 2 }).retried).toBeCloseTo(50, 9);
});

test('a retry can meet the next window', () => {
  const two = [stretch(100, 110, 1), stretch(150, 160, 0.5)];
  expect(left(two, { retries: 1, delayMs: 50 }).retried).toBeCloseTo(5, 9);
  expect(left(two, { retries: 1, delayMs: 45 }).retried).toBeCloseTo(2.5, 9);
});

test('a share that stays is a power of itself, and what is not retried counts at once', () => {
  const always = [stretch(0, Number.POSITIVE_INFINITY, 0.1)];
  expect(left(always, { retries: 2, delayMs: 7 }).retried).toBeCloseTo(HORIZON_MS * 0.1 ** 3, 9);
  const mixed = left([stretch(0, Number.POSITIVE_INFINITY, 0.1, 0.2)], { retries: 1, delayMs: 7 });
  expect(mixed.retried).toBeCloseTo(HORIZON_MS * 0.1 ** 2, 9);
  expect(mixed.final).toBeCloseTo(HORIZON_MS * (0.2 + 0.1 * 0.2), 9);
});

const DELAYS: readonly Distribution[] = [
  { uniform: [0, 100] },
  { lognormal: { median: 40, p95: 200 } },
  { gamma: { mean: 50, shape: 1 } },
];

test.each(DELAYS)(
  'random delays %j: the error of the fixed sets stays below a hundredth of the failures',
  (delayMs) => {
    const { quantile } = newSampler(delayMs);
    const at = quantile.bind(newSampler(delayMs));
    for (const [lengthMs, retries] of [
      [30, 1],
      [80, 1],
      [400, 1],
      [80, 2],
      [400, 2],
      [400, 3],
    ] as const) {
      const found = left([stretch(1_000, 1_000 + lengthMs, 1)], { retries, delayMs }).retried ?? 0;
      const exact = meanOverDelays(at, retries, (totalMs) => Math.max(0, lengthMs - totalMs));
      expect(Math.abs(found - exact), `${lengthMs} ms, ${retries} retries: ${found} for ${exact}`).toBeLessThan(
        0.01 * lengthMs,
      );
    }
  },
);

/** Over the sum of independent delays, on a fine grid. */
function meanOverDelays(quantile: (u: number) => number, count: number, value: (totalMs: number) => number): number {
  const points = count === 3 ? 60 : 400;
  const delays = Array.from({ length: points }, (_, i) => quantile((i + 0.5) / points));
  const mean = (left: number, totalMs: number): number =>
    left === 0 ? value(totalMs) : delays.reduce((sum, delay) => sum + mean(left - 1, totalMs + delay), 0) / points;
  return mean(count, 0);
}

test('callers retry idempotent methods, those of the rule or those of the traffic', () => {
  expect(retriedShare(DEFAULT_TRAFFIC)).toBe(0.9);
  expect([retriedShare(DEFAULT_TRAFFIC, 'GET'), retriedShare(DEFAULT_TRAFFIC, 'POST')]).toEqual([1, 0]);
  const bold = { ...DEFAULT_TRAFFIC, callers: { ...DEFAULT_TRAFFIC.callers, retriesAllMethods: true } };
  expect([retriedShare(bold), retriedShare(bold, 'POST')]).toEqual([1, 1]);
});

const spans = fc
  .uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 10 })
  .map((bounds) => bounds.sort((a, b) => a - b))
  .chain((bounds) =>
    fc
      .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: bounds.length - 1 })
      .map((shares) =>
        // Every other span is a gap.
        shares.flatMap((share, i) => (i % 2 === 0 ? [stretch(bounds[i], bounds[i + 1], share / 2, share / 2)] : [])),
      ),
  );

test('several lists of stretches at once fail what each of them fails, up to all requests', () => {
  const shareAt = (list: readonly FailingStretch[], ms: number): number =>
    list
      .filter(({ fromNs, toNs }) => fromNs <= ms * MS && ms * MS < toNs)
      .reduce((sum, { lost }) => sum + lost.reduce((part, { share }) => part + share, 0), 0);
  fc.assert(
    fc.property(fc.array(spans, { maxLength: 4 }), (lists) => {
      const all = together(lists);
      for (let ms = 0.5; ms < 41; ms++) {
        const sum = lists.reduce((total, list) => total + shareAt(list, ms), 0);
        expect(shareAt(all, ms)).toBeCloseTo(Math.min(1, sum), 9);
      }
      for (let i = 1; i < all.length; i++) expect(all[i].fromNs).toBeGreaterThanOrEqual(all[i - 1].toNs);
      for (const { retried, lost } of all) {
        const again = lost.reduce((sum, { share, isRetried }) => sum + (isRetried ? share : 0), 0);
        expect(retried).toBeCloseTo(again, 9);
      }
    }),
  );
});

test('what retries meet need not be what first tries have met', () => {
  const left = (again: readonly FailingStretch[]): number => {
    let sum = 0;
    failedForGood([stretch(100, 200, 0.5)], again, [[50 * MS]], HORIZON_MS * MS, (_, ns) => {
      sum += ns / MS;
    });
    return sum;
  };
  expect(left([])).toBe(0);
  // The second half of the retries comes after 200 ms.
  expect(left([stretch(200, 1_000, 0.5)])).toBeCloseTo(50 * 0.5 * 0.5, 9);
});

test('requests that are cut at an instant meet what fails when they come again, and not the next cut', () => {
  const cut = (atMs: number, requests: number): FailingStretch => {
    const share = requests / INSTANT_NS;
    const lost = [{ key: 'cut', share, isRetried: true }];
    return { fromNs: atMs * MS, toNs: atMs * MS + INSTANT_NS, retried: share, lost };
  };
  const all = withInstants([stretch(130, 200, 0.25)], [cut(100, 8), cut(140, 80)]);
  const sums = { cut: 0, retried: 0 };
  failedForGood([all[0]], all, [[40 * MS]], HORIZON_MS * MS, (key, ns) => {
    sums[key as keyof typeof sums] += ns;
  });
  // 40 ms later, on the very moment of the second cut, a quarter fails.
  expect(sums).toEqual({ cut: 0, retried: 2 });
});
