/** Expected 5xx per second of the whole mesh, below the lanes. */
import { max, nice, ticks as ticksOf } from 'd3-array';
import type { RateStep, RolloutPicture } from '../rollout/picture.js';
import { cutMarks } from './connection-lanes.js';
import { type Frame, isNarrow, moment, type Part, px } from './frame.js';
import { element, text, title } from './svg.js';

const HEIGHT_PX = 64;
const TOP_PX = 8;
const BOTTOM_PX = 6;
const TICKS = 2;

export function rateChart(run: RolloutPicture, frame: Frame): Part {
  const peak = max(run.errorRate, ({ perSecond }) => perSecond) ?? 0;
  const [, top] = nice(0, peak === 0 ? 1 : peak, TICKS);
  const y = (perSecond: number) => HEIGHT_PX - (perSecond / top) * (HEIGHT_PX - TOP_PX);
  const ticks = peak === 0 ? [0] : ticksOf(0, top, TICKS);
  const scale = ticks.map((tick) => {
    const words = text(frame.left - 5, y(tick) + 3.5, String(tick), { class: 'tl-tick', 'text-anchor': 'end' });
    return words + element('line', { class: 'tl-axis', x1: frame.left, x2: frame.right, y1: y(tick), y2: y(tick) });
  });
  const lines = isNarrow(frame) ? ['5xx/s'] : frame.words.rate;
  const name = lines.map((words, i) => text(frame.left - 34, 34 + i * 13, words, { 'text-anchor': 'end' }));
  const none =
    peak === 0 && run.requestCuts.length === 0
      ? text(frame.left + 6, HEIGHT_PX - 8, frame.words.noFailure, { class: 'tl-soft' })
      : '';
  const curve = peak === 0 ? '' : rateArea(run, frame, y, peak);
  // What fails at one moment has no rate.
  const marks = cutMarks(run.requestCuts, frame, HEIGHT_PX, frame.words.requestsCut);
  return { svg: name.join('') + scale.join('') + none + curve + marks, height: HEIGHT_PX + BOTTOM_PX };
}

function rateArea(run: RolloutPicture, frame: Frame, y: (perSecond: number) => number, peak: number): string {
  const steps = visibleSteps(run, frame);
  const [first, ...rest] = steps;
  if (first === undefined) return '';
  const start = `M${px(frame.x(first.atNs))} ${px(y(0))}V${px(y(first.perSecond))}`;
  const d = rest.map(({ atNs, perSecond }) => `H${px(frame.x(atNs))}V${px(y(perSecond))}`).join('');
  const path = `${start}${d}V${px(y(0))}z`;
  const at = run.errorRate.find(({ perSecond }) => perSecond === peak);
  const hint = frame.tooltips && at !== undefined ? title(frame.words.peak(peak.toFixed(1), moment(at.atNs))) : '';
  return element('path', { class: 'tl-rate', d: path }, hint);
}

/** The steps in view, with the rate that holds at either edge: neighbours outside would be drawn on the edge. */
function visibleSteps(run: RolloutPicture, { fromNs, toNs }: Frame): RateStep[] {
  const before = run.errorRate.findLast(({ atNs }) => atNs <= fromNs)?.perSecond ?? 0;
  const inside = run.errorRate.filter(({ atNs }) => atNs > fromNs && atNs < toNs);
  const after = inside.at(-1)?.perSecond ?? before;
  return [
    ...(before > 0 ? [{ atNs: fromNs, perSecond: before }] : []),
    ...inside,
    ...(after > 0 ? [{ atNs: toNs, perSecond: after }] : []),
  ];
}
