/** The time axis and the grid lines below it. */
import { ticks } from 'd3-array';
import { grouped } from '../strings/grouped.js';
import { type Frame, isSeen, type Part } from './frame.js';
import { element, text } from './svg.js';
import { LOG_FROM_NS } from './time-scale.js';

const HEIGHT_PX = 20;
const PX_PER_TICK = 80;
const NS_PER_MS = 1e6;
const NS_PER_S = 1e9;
const NS_PER_MIN = 60e9;

function tickTimes(frame: Frame): number[] {
  if (frame.isLog) return logTimes(frame);
  const unit = unitOf(frame);
  const count = Math.max(2, Math.floor((frame.right - frame.left) / PX_PER_TICK));
  return ticks(frame.fromNs / unit, frame.toNs / unit, count).map((tick) => tick * unit);
}

/** 0, and 1, 2, 5 of each power of ten, of minutes too, as far as they have room. */
function logTimes(frame: Frame): number[] {
  const times = [0];
  for (let power = LOG_FROM_NS / 10; power < NS_PER_MIN; power *= 10) times.push(power, 2 * power, 5 * power);
  for (let power = NS_PER_MIN; power <= frame.toNs; power *= 10) times.push(power, 2 * power, 5 * power);
  let last = Number.NEGATIVE_INFINITY;
  return times.filter((ns) => {
    if (!isSeen(frame, ns, ns) || frame.x(ns) < last + PX_PER_TICK * 0.6) return false;
    last = frame.x(ns);
    return true;
  });
}

function unitOf({ fromNs, toNs }: Frame): number {
  if (toNs >= 3 * NS_PER_MIN) return NS_PER_MIN;
  if (toNs >= 3 * NS_PER_S) return NS_PER_S;
  return toNs - fromNs < NS_PER_MS ? 1000 : NS_PER_MS;
}

function nameOf(unit: number): string {
  return unit === NS_PER_MIN ? 'min' : unit === NS_PER_S ? 's' : unit === NS_PER_MS ? 'ms' : 'µs';
}

export function axis(frame: Frame): Part {
  const labels = tickTimes(frame).map((ns, i, all) => {
    const unit = frame.isLog ? (ns >= NS_PER_MIN ? NS_PER_MIN : ns >= NS_PER_S ? NS_PER_S : NS_PER_MS) : unitOf(frame);
    const isLast = i === all.length - 1;
    const words = grouped(Number((ns / unit).toFixed(6))) + (isLast || frame.isLog ? ` ${nameOf(unit)}` : '');
    const isAtEdge = frame.x(ns) > frame.right - 14;
    return text(isAtEdge ? frame.width - 2 : frame.x(ns), 13, words, {
      class: 'tl-tick',
      'text-anchor': isAtEdge ? 'end' : 'middle',
    });
  });
  const name = text(frame.left - 16, 13, frame.words.time, { class: 'tl-tick', 'text-anchor': 'end' });
  return { svg: name + labels.join(''), height: HEIGHT_PX };
}

export function grid(frame: Frame, height: number): string {
  return tickTimes(frame)
    .filter((ns) => isSeen(frame, ns, ns))
    .map((ns) => element('line', { class: 'tl-grid', x1: frame.x(ns), x2: frame.x(ns), y1: 0, y2: height }))
    .join('');
}
