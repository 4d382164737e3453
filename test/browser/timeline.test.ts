import { newMeshRun, runStudyTrial, TraceKind, type TraceSink } from '@xdsim/sim-core';
import { describe, expect, test } from 'vitest';
import { newRolloutTimeline, type RolloutTimeline, totalNs } from '../../packages/viz/src/rollout-timeline.js';
import { type TimelineOptions, timelineSvg, wholeRange } from '../../packages/viz/src/timeline.js';
import { moved, zoomed } from '../../packages/viz/src/view-range.js';
import { blueGreen } from './blue-green.js';

const study = blueGreen();
const rollouts = study.strategies.flatMap(({ name }) => [0, 1, 2].map((trial) => ({ name, trial })));

function draw(run: RolloutTimeline, changes: Partial<TimelineOptions> = {}): string {
  const range = wholeRange(run);
  return timelineSvg(run, { width: 900, range, lanes: 30, rowPx: 7, tooltips: true, label: 'x', ...changes });
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
  const run = newRolloutTimeline(study, name, trial);
  const result = runStudyTrial(study, name, trial);

  test('has the windows of the exposure, to the nanosecond', () => {
    expect(totalNs(run.windows.failing) / 1e6).toBe(result.failingMs);
    expect(totalNs(run.failing) / 1e6).toBe(result.failingMs);
    expect(totalNs(run.windows.inconsistent) / 1e6).toBe(result.inconsistentMs);
  });

  test('has an error rate whose integral is the expected 5xx', () => {
    const integral = run.errorRate.reduce((sum, { atNs, perSecond }, i) => {
      return sum + (perSecond * ((run.errorRate[i + 1]?.atNs ?? atNs) - atNs)) / 1e9;
    }, 0);
    expect(integral).toBeCloseTo(result.errors, 9);
    expect(run.errorRate.at(-1)?.perSecond ?? 0).toBe(0);
  });

  test('draws every message of the trace, at istiod and at its proxy', () => {
    const { times } = countTrace(name, trial);
    const svg = draw(run);
    expect(count(svg, 'tl-sent ')).toBe(times.get(TraceKind.ResponseSent));
    expect(count(svg, 'tl-message ')).toBe(times.get(TraceKind.ResponseApplied));
    expect(count(svg, 'tl-bar tl-write')).toBe(times.get(TraceKind.WriteSent));
    expect(count(svg, 'tl-proxy')).toBe(31);
  });

  test('draws the windows where they are', () => {
    const svg = draw(run);
    const [, x, width] = /class="tl-lane" x="([\d.]+)" y="0" width="([\d.]+)"/.exec(svg) ?? [];
    const at = (ns: number) => Number(x) + (Number(width) * ns) / wholeRange(run).toNs;
    const drawn = [...svg.matchAll(/tl-window [^>]* d="M([\d.]+) .*?H([\d.]+)/g)].map((found) =>
      found.slice(1).map(Number),
    );
    const windows = [...run.windows.inconsistent, ...run.windows.failing];
    expect(drawn).toHaveLength(windows.length);
    windows.forEach(({ fromNs, toNs }, i) => {
      expect(drawn[i][0]).toBeCloseTo(at(fromNs), 1);
      expect(drawn[i][1]).toBeCloseTo(Math.max(at(toNs), at(fromNs) + 1), 1);
    });
  });
});

test('a narrow and a zoomed timeline stay within their width', () => {
  const run = newRolloutTimeline(study, 'simultaneous', 0);
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
  const run = newRolloutTimeline(study, 'simultaneous', 0);
  const svg = draw(run, { label: '"<&>', heading: { title: '<b>', lines: ['a & b'] } });
  expect(svg).toContain('aria-label="&quot;&lt;&amp;&gt;"');
  expect(svg).toContain('&lt;b&gt;');
  expect(svg).toContain('a &amp; b');
});

test('zooming and moving stay within the whole', () => {
  const whole = { fromNs: 0, toNs: 1000e6 };
  expect(zoomed(whole, whole, 0.5, 0)).toEqual({ fromNs: 0, toNs: 500e6 });
  expect(zoomed({ fromNs: 800e6, toNs: 1000e6 }, whole, 2, 0.5)).toEqual({ fromNs: 600e6, toNs: 1000e6 });
  expect(zoomed(whole, whole, 2, 0.5)).toEqual(whole);
  expect(moved({ fromNs: 0, toNs: 100e6 }, whole, -1)).toEqual({ fromNs: 0, toNs: 100e6 });
  expect(moved({ fromNs: 850e6, toNs: 950e6 }, whole, 2)).toEqual({ fromNs: 900e6, toNs: 1000e6 });
});
