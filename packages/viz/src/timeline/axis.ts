/** The time axis and the grid lines below it. */
import { ticks } from 'd3-array';
import { type Frame, isSeen, type Part } from './frame.js';
import { element, text } from './svg.js';

const HEIGHT_PX = 20;
const PX_PER_TICK = 80;
const NS_PER_MS = 1e6;
const NS_PER_S = 1e9;

function tickTimes(frame: Frame): number[] {
  const unit = unitOf(frame);
  const count = Math.max(2, Math.floor((frame.right - frame.left) / PX_PER_TICK));
  return ticks(frame.fromNs / unit, frame.toNs / unit, count).map((tick) => tick * unit);
}

function unitOf({ toNs }: Frame): number {
  return toNs >= 3 * NS_PER_S ? NS_PER_S : NS_PER_MS;
}

export function axis(frame: Frame): Part {
  const unit = unitOf(frame);
  const labels = tickTimes(frame).map((ns, i, all) => {
    const words = String(Number((ns / unit).toFixed(6)));
    const last = i === all.length - 1 ? ` ${unit === NS_PER_S ? 's' : 'ms'}` : '';
    const isAtEdge = frame.x(ns) > frame.right - 14;
    return text(isAtEdge ? frame.width - 2 : frame.x(ns), 13, words + last, {
      class: 'tl-tick',
      'text-anchor': isAtEdge ? 'end' : 'middle',
    });
  });
  const name = text(frame.left - 16, 13, 'time', { class: 'tl-tick', 'text-anchor': 'end' });
  return { svg: name + labels.join(''), height: HEIGHT_PX };
}

export function grid(frame: Frame, height: number): string {
  return tickTimes(frame)
    .filter((ns) => isSeen(frame, ns, ns))
    .map((ns) => element('line', { class: 'tl-grid', x1: frame.x(ns), x2: frame.x(ns), y1: 0, y2: height }))
    .join('');
}
