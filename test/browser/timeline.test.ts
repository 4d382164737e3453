import { newMeshRun, runStudyTrial, TraceKind, type TraceSink } from '@xdsim/sim-core';
import { describe, expect, test } from 'vitest';
import { charactersOf } from '../../packages/viz/src/rollout/characters.js';
import { drainingAt, drainingLine } from '../../packages/viz/src/rollout/long-lived.js';
import { lookAtMoment, momentCounts } from '../../packages/viz/src/rollout/moment-counts.js';
import { newDrawnRollout } from '../../packages/viz/src/rollout/new-picture.js';
import { type RolloutPicture, totalNs, windowSpans } from '../../packages/viz/src/rollout/picture.js';
import { sampledFailure } from '../../packages/viz/src/rollout/sampled-failures.js';
import { en } from '../../packages/viz/src/strings/en.js';
import { drawTimeline, type TimelineOptions, wholeRange } from '../../packages/viz/src/timeline/timeline-svg.js';
import { moved, placeIn, zoomed } from '../../packages/viz/src/timeline/view-range.js';
import { bundledCase } from './bundled-case.js';

const sets = [{ path: 'mesh.sidecars', value: '20' }];
const study = await bundledCase('blue-green', sets);
const large = await bundledCase('blue-green');
const rollouts = study.strategies.flatMap(({ name }) => [0, 1].map((trial) => ({ name, trial })));

function draw(run: RolloutPicture, changes: Partial<TimelineOptions> = {}): string {
  const range = wholeRange(run);
  const words = en.timeline.words;
  return drawTimeline(run, { width: 900, range, isLog: false, rowPx: 7, tooltips: true, words, label: 'x', ...changes })
    .svg;
}

/** Elements with this class, in text. */
function count(svg: string, look: string): number {
  return svg.split(`class="${look}`).length - 1;
}

class TraceCount implements TraceSink {
  readonly times = new Map<TraceKind, number>();

  emit(kind: TraceKind): void {
    this.times.set(kind, (this.times.get(kind) ?? 0) + 1);
  }
}

function countTrace(strategy: string, trial: number): TraceCount {
  const prepared = study.strategies.find(({ name }) => name === strategy)?.prepared;
  if (prepared === undefined) throw new Error(`no strategy ${strategy}`);
  const trace = new TraceCount();
  newMeshRun(prepared.model, { root: study.root, trial, horizonNs: study.horizonMs * 1e6 }).run(trace);
  return trace;
}

describe.each(rollouts)('the timeline of $name, trial $trial', ({ name, trial }) => {
  const run = newDrawnRollout(study, name, trial).picture;
  const result = runStudyTrial(study, name, trial);

  test('has the windows of the exposure, to the nanosecond', () => {
    expect(totalNs(windowSpans(run, 'failing')) / 1e6).toBe(result.failingMs);
    expect(totalNs(run.failing) / 1e6).toBe(result.failingMs);
    expect(totalNs(windowSpans(run, 'inconsistent')) / 1e6).toBe(result.inconsistentMs);
  });

  test('has an error rate whose integral is the expected 5xx', () => {
    const integral = run.errorRate.reduce((sum, { atNs, perSecond }, i) => {
      return sum + (perSecond * ((run.errorRate[i + 1]?.atNs ?? atNs) - atNs)) / 1e9;
    }, 0);
    expect(integral).toBeCloseTo(result.errors, 9);
    expect(run.errorRate.at(-1)?.perSecond ?? 0).toBe(0);
  });

  test('draws every message of the trace at its proxy, and every write', () => {
    const { times } = countTrace(name, trial);
    const svg = draw(run, { range: { fromNs: 0, toNs: run.horizonNs } });
    expect(run.messages).toHaveLength(times.get(TraceKind.ResponseSent) ?? 0);
    expect(count(svg, 'tl-message ')).toBe(times.get(TraceKind.ResponseSent));
    expect(count(svg, 'tl-bar tl-write')).toBe(times.get(TraceKind.WriteSent));
    expect(count(svg, 'tl-proxy')).toBe(22);
  });

  test('draws the windows where they are, on a linear and a logarithmic axis', () => {
    for (const isLog of [false, true]) {
      const options = { width: 900, range: wholeRange(run), isLog, rowPx: 7, tooltips: true };
      const { svg, frame } = drawTimeline(run, { ...options, words: en.timeline.words, label: 'x' });
      const drawn = [...svg.matchAll(/tl-window [^>]* d="M([\d.]+) .*?H([\d.]+)/g)].map((found) =>
        found.slice(1).map(Number),
      );
      const windows = [...windowSpans(run, 'inconsistent'), ...windowSpans(run, 'failing')];
      expect(drawn).toHaveLength(windows.length);
      windows.forEach(({ fromNs, toNs }, i) => {
        expect(drawn[i][0]).toBeCloseTo(frame.x(fromNs), 1);
        expect(drawn[i][1]).toBeCloseTo(Math.max(frame.x(toNs), frame.x(fromNs) + 1), 1);
        expect(frame.x.invert(frame.x(fromNs))).toBeCloseTo(fromNs, -3);
      });
    }
  });
});

test('long-lived connections: every drain and every cut of the count is drawn', async () => {
  for (const [name, strategy, kind] of [
    ['long-lived-tcp', 'weighted', 'tcp'],
    ['listener-drain', 'simultaneous', 'streams'],
  ] as const) {
    const run = newDrawnRollout(await bundledCase(name), strategy, 0).picture;
    const { openAtStart, drained, cut, cutByServer } = run.result.longLived[kind];
    const { open, drains, cuts } = run.longLived;
    expect(sum(open)).toBeCloseTo(openAtStart, 6);
    expect(sum(cuts.map(({ count: each }) => each))).toBeCloseTo(cut + cutByServer, 6);
    expect(sum(drains.map(({ atStart, cut: left }) => atStart - (left ?? atStart)))).toBeCloseTo(drained, 6);
    const svg = draw(run);
    const seen = new Set(charactersOf(run));
    const ofSeen = <T extends { readonly proxy: number }>(all: readonly T[]) =>
      all.filter(({ proxy }) => seen.has(proxy));
    // One wedge each, all of them together, and the legend's.
    expect(count(svg, 'tl-drain')).toBe(ofSeen(drains).length + 2);
    expect(count(svg, 'tl-cut')).toBeGreaterThan(ofSeen(cuts).length);
    const [{ proxy, fromNs, atStart, cut: left = 0 }] = drains;
    const middle = drainingAt(run.longLived, proxy, fromNs + 20e9);
    expect(middle).toBeLessThan(atStart);
    expect(middle).toBeGreaterThan(left);
    expect(drainingAt(run.longLived, proxy, fromNs - 1)).toBe(0);
    expect(Math.max(...drainingLine(run.longLived).map(({ draining }) => draining))).toBeLessThan(sum(open) + 1e-6);
  }
  expect(draw(newDrawnRollout(study, 'simultaneous', 0).picture)).not.toContain(en.timeline.words.connections[0]);
});

test('failures that only a sample tells of are in the rate, in the windows, and at the proxies they stand for', async () => {
  for (const [name, strategy] of [
    ['outlier-forgotten', 'simultaneous'],
    ['traffic-skew', 'dr-first'],
  ] as const) {
    const sampled = await bundledCase(name);
    const run = newDrawnRollout(sampled, strategy, 0).picture;
    const { errors, failingMs } = run.result;
    const integral = run.errorRate.reduce((total, { atNs, perSecond }, i) => {
      return total + (perSecond * ((run.errorRate[i + 1]?.atNs ?? atNs) - atNs)) / 1e9;
    }, 0);
    expect(integral).toBeCloseTo(errors, 6);
    // The first quarter of a second begins when something has changed.
    const shown = totalNs(windowSpans(run, 'failing')) / 1e6;
    expect(shown).toBeGreaterThan(failingMs - 250);
    expect(shown).toBeLessThanOrEqual(failingMs);
    const [{ fromNs, firstProxy, bucket }] = run.sampled;
    expect(fromNs).toBeGreaterThan(100e6);
    expect(lookAtMoment(run, firstProxy, fromNs)).toBe('failing');
    expect(sampledFailure(run, firstProxy, fromNs)).toMatchObject({ bucket: { flag: bucket.flag } });
    expect(momentCounts(run, fromNs - 1).failing).toBe(0);
    const { atNs, outcome, outcomes, each } = run.requests;
    const failed = [...atNs.keys()].filter((i) => outcomes[outcome[i]].cause === bucket.cause);
    expect(failed.length * each).toBeGreaterThan(errors / 2);
    expect(failed.length * each).toBeLessThan(errors * 2);
    expect(count(draw(run), 'tl-sampled')).toBeGreaterThan(1);
  }
});

test('requests that a pod takes with it are cut at that moment: with the rate they are all of the expected 5xx', async () => {
  const killing = await bundledCase('rolling-update', [{ path: 'workloads.drainMs', value: '0' }]);
  const run = newDrawnRollout(killing, 'readiness-gated', 0).picture;
  const killed = run.result.buckets.filter(({ bucket }) => bucket.cause === 'pod-killed');
  const cut = sum(run.requestCuts.map((one) => one.count));
  expect(cut).toBeGreaterThan(10);
  expect(cut).toBeCloseTo(sum(killed.map(({ expected }) => expected)), 6);
  const rate = run.errorRate.map(({ atNs, perSecond }, i) => {
    return (perSecond * ((run.errorRate[i + 1]?.atNs ?? atNs) - atNs)) / 1e9;
  });
  expect(sum(rate) + cut).toBeCloseTo(run.result.errors, 6);
  const ofShown = run.requestCuts.filter(({ proxy }) => charactersOf(run).includes(proxy));
  expect(count(draw(run, { range: { fromNs: 0, toNs: run.horizonNs } }), 'tl-cut')).toBeGreaterThan(ofShown.length);
});

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0);
}

test('a large mesh is a strip and five characters, and no larger than a screen can show', () => {
  const run = newDrawnRollout(large, 'simultaneous', 0).picture;
  const svg = draw(run);
  expect(count(svg, 'tl-proxy')).toBe(5);
  expect(count(svg, 'tl-heat-')).toBe(3 + 1);
  expect(count(svg, 'tl-sent ')).toBe(4);
});

test('a narrow and a zoomed timeline stay within their width', () => {
  const run = newDrawnRollout(study, 'simultaneous', 0).picture;
  const range = { fromNs: 130e6, toNs: 140e6 };
  for (const width of [320, 800, 3000]) {
    const svg = draw(run, { width, range });
    const places = [...svg.matchAll(/ x[12]?="(-?[\d.]+)"/g)].map((found) => Number(found[1]));
    expect(Math.min(...places)).toBeGreaterThanOrEqual(-7);
    expect(Math.max(...places)).toBeLessThanOrEqual(width);
    expect(svg).not.toContain('NaN');
  }
});

test('words are escaped', () => {
  const run = newDrawnRollout(study, 'simultaneous', 0).picture;
  const svg = draw(run, { label: '"<&>', heading: { title: '<b>', lines: ['a & b'] } });
  expect(svg).toContain('aria-label="&quot;&lt;&amp;&gt;"');
  expect(svg).toContain('>&lt;b&gt;<');
  expect(svg).toContain('>a &amp; b<');
});

test('a view never leaves the rollout and never becomes shorter than a screen can show', () => {
  const whole = { fromNs: 0, toNs: 1e9 };
  let range = whole;
  for (let i = 0; i < 100; i++) range = zoomed(range, whole, 0.5, 0.3);
  expect(range.toNs - range.fromNs).toBeGreaterThan(1000);
  for (const share of [-10, 10, 0.5]) {
    const next = moved(range, whole, share);
    expect(next.fromNs).toBeGreaterThanOrEqual(0);
    expect(next.toNs).toBeLessThanOrEqual(1e9);
  }
  // What it is zoomed about stays in view, where it is.
  const [ns, wide] = [300e6, { fromNs: 200e6, toNs: 700e6 }];
  const closer = zoomed(wide, whole, 0.5, placeIn(wide, ns) as number);
  expect(placeIn(closer, ns)).toBeCloseTo(placeIn(wide, ns) as number);
  expect(placeIn(closer, 700e6)).toBeUndefined();
  for (let i = 0; i < 100; i++) range = zoomed(range, whole, 2, 0.9);
  expect(range).toEqual(whole);
});
