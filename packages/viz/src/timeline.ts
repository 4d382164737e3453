/**
 * The timeline of one rollout as SVG text: writes, istiod's debounce and pushes, every message at every proxy, the
 * windows, the expected errors. A pure function of its data, for the page and for pictures alike.
 */
import type { RolloutTimeline, Span } from './rollout-timeline.js';
import { axis, grid } from './timeline/axis.js';
import { apiServerLane, istiodLane } from './timeline/control-plane.js';
import { newFrame, type Part } from './timeline/frame.js';
import { glyphDefinitions } from './timeline/glyphs.js';
import { legend } from './timeline/legend.js';
import { chooseLanes, proxyLanes } from './timeline/proxy-lanes.js';
import { rateChart } from './timeline/rate-chart.js';
import { TIMELINE_CSS } from './timeline/style.js';
import { element, escaped, text } from './timeline/svg.js';
import { windowBands, windowBrackets } from './timeline/windows.js';

export interface TimelineOptions {
  readonly width: number;
  readonly range: Span;
  /** Most proxies with a lane of their own. */
  readonly lanes: number;
  /** Height of a lane is four rows, one per message type. */
  readonly rowPx: number;
  readonly tooltips: boolean;
  /** What a screen reader says. */
  readonly label: string;
  /** A picture that stands alone: with its own heading and style. */
  readonly heading?: { readonly title: string; readonly lines: readonly string[] };
}

const TOP_PX = 8;
const PART_GAP_PX = 6;

/** From the first write to a little after the last event. */
export function wholeRange(run: RolloutTimeline): Span {
  return { fromNs: 0, toNs: Math.max(1e6, run.endNs * 1.03) };
}

export function timelineSvg(run: RolloutTimeline, options: TimelineOptions): string {
  const { width, rowPx, tooltips, range, heading, label } = options;
  const frame = newFrame({ width, rowPx, tooltips, ...range });
  const above = [...(heading === undefined ? [] : [headingPart(heading)]), axis(frame), windowBrackets(run, frame)];
  const lanes = [
    apiServerLane(run, frame),
    istiodLane(run, frame),
    proxyLanes(run, frame, chooseLanes(run, options.lanes)),
    rateChart(run, frame),
  ];
  const head = stacked(above, TOP_PX);
  const body = stacked(lanes, 0);
  const foot = legend(frame);
  const height = head.height + body.height + foot.height;
  const ground = element('rect', { class: 'tl-ground', x: 0, y: 0, width, height });
  const behind = windowBands(run, frame, body.height) + grid(frame, body.height);
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'tl',
      viewBox: `0 0 ${width} ${Math.ceil(height)}`,
      width,
      height: Math.ceil(height),
      role: 'img',
      'aria-label': label,
    },
    heading === undefined ? '' : element('style', {}, escaped(TIMELINE_CSS)),
    element('defs', {}, hatch(), glyphDefinitions(rowPx)),
    ground,
    head.svg,
    element('g', { transform: `translate(0 ${head.height})` }, behind, body.svg),
    element('g', { transform: `translate(0 ${head.height + body.height})` }, foot.svg),
  );
}

function stacked(parts: readonly Part[], top: number): Part {
  let y = top;
  const svg = parts.map((part) => {
    const at = element('g', { transform: `translate(0 ${y})` }, part.svg);
    y += part.height + PART_GAP_PX;
    return at;
  });
  return { svg: svg.join(''), height: y };
}

function headingPart({ title, lines }: { readonly title: string; readonly lines: readonly string[] }): Part {
  const words = lines.map((line, i) => text(12, 34 + i * 15, line, { class: 'tl-soft' }));
  return { svg: text(12, 15, title, { class: 'tl-title' }) + words.join(''), height: 26 + lines.length * 15 };
}

/** Failing is hatched, so that it is seen without colour. */
function hatch(): string {
  const line = element('line', { class: 'tl-hatch', x1: 0, x2: 0, y1: 0, y2: 6 });
  return element(
    'pattern',
    { id: 'tl-hatch', width: 5, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    line,
  );
}
