/** Long-lived connections: a wedge in the lane of a proxy while they drain, and all of them below the lanes. */
import { countInWords } from '../rollout/figures.js';
import { drainingLine, totalOpen } from '../rollout/long-lived.js';
import type { ConnectionDrain, RolloutPicture } from '../rollout/picture.js';
import { laneName } from './control-plane.js';
import { type Frame, isSeen, moment, type Part, px } from './frame.js';
import { element, text, textWidthPx, title } from './svg.js';

const HEIGHT_PX = 44;
const TOP_PX = 12;
const BOTTOM_PX = 6;
const FONT_PX = 10;
const ZIGZAG_PX = 3;

/** Nothing where the traffic has no such connections. */
export function connectionLane(run: RolloutPicture, frame: Frame): Part {
  const total = totalOpen(run.longLived);
  if (total === 0) return { svg: '', height: 0 };
  const y = (count: number) => px(HEIGHT_PX - (Math.min(count, total) / total) * (HEIGHT_PX - TOP_PX));
  const open = element('line', { class: 'tl-ready', x1: frame.left, x2: frame.right, y1: y(total), y2: y(total) });
  const [name, drain] = frame.words.connections;
  const words = text(frame.left + 3, y(total) - 3, frame.words.open(countInWords(total)), {
    class: 'tl-tick tl-halo',
  });
  return {
    svg:
      laneName(frame, name, HEIGHT_PX - 17) +
      laneName(frame, drain, HEIGHT_PX - 4) +
      drainingArea(run, frame, y) +
      open +
      words +
      cutMarks(run.longLived.cuts, frame, HEIGHT_PX, frame.words.cutAt),
    height: HEIGHT_PX + BOTTOM_PX,
  };
}

function drainingArea({ longLived }: RolloutPicture, frame: Frame, y: (count: number) => number): string {
  const line = drainingLine(longLived);
  if (line.length === 0 || !isSeen(frame, line[0].atNs, (line.at(-1) ?? line[0]).atNs)) return '';
  const clamp = (ns: number) => px(frame.x(Math.min(frame.toNs, Math.max(frame.fromNs, ns))));
  const d = line.map(({ atNs, draining }, i) => `${i === 0 ? 'M' : 'L'}${clamp(atNs)} ${y(draining)}`).join('');
  return element('path', { class: 'tl-drain', d: `${d}V${y(0)}H${clamp(line[0].atNs)}z` });
}

interface Cut {
  readonly atNs: number;
  readonly count: number;
}

/** Those that are cut within a few pixels have one mark. */
export function cutMarks(
  cuts: readonly Cut[],
  frame: Frame,
  height: number,
  hint: (count: string, at: string) => string,
): string {
  const groups: { x: number; count: number; atNs: number }[] = [];
  for (const { atNs, count } of cuts) {
    if (!isSeen(frame, atNs, atNs)) continue;
    const x = frame.x(atNs);
    const last = groups.at(-1);
    if (last !== undefined && x - last.x < 2 * ZIGZAG_PX) last.count += count;
    else groups.push({ x, count, atNs });
  }
  let freePx = Number.POSITIVE_INFINITY;
  // From the last on: words stand before their mark.
  const marks = groups.toReversed().map(({ x, count, atNs }) => {
    const words = frame.words.cut(countInWords(count));
    const isWritten = x < freePx;
    if (isWritten) freePx = x - textWidthPx(words, FONT_PX) - 8;
    return (
      cutMark(frame, x, height, hint(countInWords(count), moment(atNs))) +
      (isWritten && freePx > frame.left
        ? text(x - 6, height - 4, words, { class: 'tl-fail-words tl-halo', 'text-anchor': 'end', 'font-size': FONT_PX })
        : '')
    );
  });
  return marks.join('');
}

/** Drains and cuts in the lane of one proxy, those of single requests too. */
export function connectionSpans(run: RolloutPicture, frame: Frame, proxy: number, height: number): string {
  const { drains, cuts } = run.longLived;
  const own = drains.filter((drain) => drain.proxy === proxy && isSeen(frame, drain.fromNs, drain.toNs));
  const ends = cuts.filter((cut) => cut.proxy === proxy && isSeen(frame, cut.atNs, cut.atNs));
  const wedges = own.map((drain) => wedge(run, frame, drain, height));
  const marks = ends.map(({ atNs, count }) =>
    cutMark(frame, frame.x(atNs), height, frame.words.cutAt(countInWords(count), moment(atNs))),
  );
  const requests = run.requestCuts.filter((cut) => cut.proxy === proxy && isSeen(frame, cut.atNs, cut.atNs));
  const torn = requests.map(({ atNs, count }) =>
    cutMark(frame, frame.x(atNs), height, frame.words.requestsCut(countInWords(count), moment(atNs))),
  );
  return [...wedges, ...marks, ...torn].join('');
}

function wedge(run: RolloutPicture, frame: Frame, drain: ConnectionDrain, height: number): string {
  const { fromNs, toNs, atStart, cut = atStart, proxy } = drain;
  const y = (count: number) => px(height * (1 - (0.9 * count) / Math.max(1e-9, atStart)));
  const [x1, x2] = [frame.x(fromNs), frame.x(toNs)].map(px);
  const words = frame.words.drains(
    run.proxies[proxy].id,
    countInWords(atStart),
    moment(fromNs),
    moment(toNs),
    countInWords(cut),
  );
  const hint = frame.tooltips ? title(words) : '';
  const d = `M${x1} ${height}V${y(atStart)}L${x2} ${y(cut)}V${height}z`;
  return element('path', { class: 'tl-drain', d }, hint);
}

/** A torn line. */
export function cutMark(frame: Pick<Frame, 'tooltips'>, x: number, height: number, words: string): string {
  const teeth = Math.max(2, Math.round(height / (2 * ZIGZAG_PX)));
  const step = px(height / (2 * teeth));
  const d = `M${px(x)} 0${`l${ZIGZAG_PX} ${step}l${-ZIGZAG_PX} ${step}`.repeat(teeth)}`;
  return element('path', { class: 'tl-cut', d }, frame.tooltips ? title(words) : '');
}
