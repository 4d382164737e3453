/**
 * The timeline of one rollout as SVG text: writes, istiod's debounce and pushes, every message at every proxy, the
 * windows, the expected errors. A pure function of its data, for the page and for pictures alike.
 */
import { charactersOf, MOST_SHOWN } from '../rollout/characters.js';
import type { RolloutPicture, Span } from '../rollout/picture.js';
import { axis, grid } from './axis.js';
import { connectionLane } from './connection-lanes.js';
import { apiServerLane, istiodLane } from './control-plane.js';
import { type Frame, newFrame, type Part } from './frame.js';
import { glyphDefinitions } from './glyphs.js';
import { hatchDefinitions } from './hatches.js';
import { legend } from './legend.js';
import { proxyLanes } from './proxy-lanes.js';
import { rateChart } from './rate-chart.js';
import { TIMELINE_CSS } from './style.js';
import { subsetLanes } from './subset-lanes.js';
import { element, escaped, text } from './svg.js';
import { windowBands, windowBrackets } from './windows.js';
import type { TimelineWords } from './words.js';

export interface TimelineOptions {
  readonly width: number;
  readonly range: Span;
  readonly isLog: boolean;
  /** Proxies with a lane of their own; left out: those that tell most. */
  readonly characters?: readonly number[];
  /** Most proxies with a lane of their own; left out: as many as can be told apart. */
  readonly lanes?: number;
  /** Height of a lane is four rows, one per message type. */
  readonly rowPx: number;
  readonly tooltips: boolean;
  readonly words: TimelineWords;
  /** What a screen reader says. */
  readonly label: string;
  /** A picture that stands alone: with its own heading and style. */
  readonly heading?: { readonly title: string; readonly lines: readonly string[] };
}

const TOP_PX = 8;
const PART_GAP_PX = 6;

/** From the first write to a little after the last event. */
export function wholeRange(run: RolloutPicture): Span {
  return { fromNs: 0, toNs: Math.max(1e6, run.endNs * 1.03) };
}

export interface DrawnTimeline {
  readonly svg: string;
  readonly frame: Frame;
  /** Where the lanes begin and end, for what is laid over them. */
  readonly top: number;
  readonly bottom: number;
  readonly height: number;
}

export function drawTimeline(run: RolloutPicture, options: TimelineOptions): DrawnTimeline {
  const { range, heading, label, lanes = MOST_SHOWN } = options;
  const frame = newFrame({ ...options, ...range });
  const { width } = frame;
  const above = [...(heading === undefined ? [] : [headingPart(heading)]), axis(frame), windowBrackets(run, frame)];
  const parts = [
    apiServerLane(run, frame),
    istiodLane(run, frame),
    proxyLanes(run, frame, (options.characters ?? charactersOf(run)).slice(0, lanes)),
    subsetLanes(run, frame),
    connectionLane(run, frame),
    rateChart(run, frame),
  ];
  const head = stacked(above, TOP_PX);
  const body = stacked(
    parts.filter(({ height }) => height > 0),
    0,
  );
  const foot = legend(run, frame);
  const height = Math.ceil(head.height + body.height + foot.height);
  const ground = element('rect', { class: 'tl-ground', x: 0, y: 0, width, height });
  const behind = windowBands(run, frame, body.height) + grid(frame, body.height);
  const svg = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'tl',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-label': label,
    },
    heading === undefined ? '' : element('style', {}, escaped(TIMELINE_CSS)),
    element('defs', {}, hatchDefinitions(), glyphDefinitions(options.rowPx)),
    ground,
    head.svg,
    element('g', { transform: `translate(0 ${head.height})` }, behind, body.svg),
    element('g', { transform: `translate(0 ${head.height + body.height})` }, foot.svg),
  );
  return { svg, frame, top: head.height, bottom: head.height + body.height, height };
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
