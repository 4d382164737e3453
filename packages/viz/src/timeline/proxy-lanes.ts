/** The proxies, in the order in which they converge: a lane for some of them, and one for all the others together. */

import { XDS_TYPE_NAMES } from '@xdsim/sim-core';
import { group } from 'd3-array';
import { area, curveStepAfter } from 'd3-shape';
import type { Message, RolloutTimeline } from '../rollout-timeline.js';
import { laneName, rowLetters } from './control-plane.js';
import { type Frame, isNarrow, isSeen, moment, type Part } from './frame.js';
import { glyph } from './glyphs.js';
import { element, text, textWidthPx, title } from './svg.js';

const GAP_PX = 4;
const FLAG_FONT_PX = 10;
/** So that the flag does not lie under the marks. */
const FLAG_ROOM_PX = 24;

/** Indexes of proxies. */
export interface LaneChoice {
  readonly shown: readonly number[];
  readonly others: readonly number[];
}

/** First and last to converge, and evenly spaced ones between them. */
export function chooseLanes(run: RolloutTimeline, most: number): LaneChoice {
  const order = [...run.proxies.keys()].sort(
    (a, b) => (run.proxies[a].convergedNs ?? 0) - (run.proxies[b].convergedNs ?? 0) || a - b,
  );
  if (order.length <= most) return { shown: order, others: [] };
  const ranks = new Set(Array.from({ length: most }, (_, i) => Math.round((i * (order.length - 1)) / (most - 1))));
  return { shown: order.filter((_, rank) => ranks.has(rank)), others: order.filter((_, rank) => !ranks.has(rank)) };
}

export function proxyLanes(run: RolloutTimeline, frame: Frame, { shown, others }: LaneChoice): Part {
  const laneHeight = XDS_TYPE_NAMES.length * frame.rowPx;
  const messages = group(run.messages, ({ proxy }) => proxy);
  const lanes = shown.map((proxy) => lane(run, frame, proxy, messages.get(proxy) ?? []));
  if (others.length > 0) lanes.push(summaryLane(run, frame, others, messages));
  const svg = lanes.map((drawn, i) =>
    element('g', { transform: `translate(0 ${i * (laneHeight + GAP_PX)})`, class: 'tl-proxy' }, drawn),
  );
  return { svg: svg.join(''), height: lanes.length * (laneHeight + GAP_PX) };
}

function ground(frame: Frame): string {
  const height = XDS_TYPE_NAMES.length * frame.rowPx;
  return element('rect', { class: 'tl-lane', x: frame.left, y: 0, width: frame.right - frame.left, height });
}

function lane(run: RolloutTimeline, frame: Frame, proxy: number, messages: readonly Message[]): string {
  const { id, convergedNs } = run.proxies[proxy];
  const height = XDS_TYPE_NAMES.length * frame.rowPx;
  const name = laneName(frame, id, height / 2 + 4);
  const seen = messages.filter(({ sentNs, appliedNs }) => isSeen(frame, sentNs, appliedNs ?? Infinity));
  const marks = seen.map((message) => messageMark(frame, id, message)).join('');
  const isDoneSeen = convergedNs !== undefined && isSeen(frame, convergedNs, convergedNs);
  const done = isDoneSeen ? doneMark(frame, convergedNs, height) : '';
  return ground(frame) + failingSpans(run, frame, proxy, height) + name + rowLetters(frame, 0) + marks + done;
}

function messageMark(frame: Frame, proxy: string, message: Message): string {
  const { type, sentNs, startedNs, appliedNs } = message;
  const top = XDS_TYPE_NAMES.indexOf(type) * frame.rowPx;
  const y = top + frame.rowPx / 2;
  const started = frame.x(startedNs ?? frame.toNs);
  const applied = frame.x(appliedNs ?? frame.toNs);
  const way = element('line', { class: 'tl-way', x1: frame.x(sentNs), x2: started, y1: y, y2: y });
  const work = element('rect', {
    class: 'tl-apply',
    x: started,
    y: top + 1,
    width: applied - started,
    height: frame.rowPx - 2,
  });
  const isApplied = appliedNs !== undefined && isSeen(frame, appliedNs, appliedNs);
  const end = isApplied ? glyph(type, applied, y, message.push === undefined) : '';
  const hint = frame.tooltips ? title(`${proxy}: ${story(message)}`) : '';
  return element('g', { class: `tl-message tl-${type}` }, hint, way, work, end);
}

function story({ type, resources, removed, push, sentNs, startedNs, appliedNs }: Message): string {
  const gone = removed > 0 ? `, ${removed} removed` : '';
  const what = `${type} with ${resources} resources${gone}${push === undefined ? ', answer to a subscription' : ''}`;
  const works = startedNs === undefined ? 'not started' : `main thread starts on it at ${moment(startedNs)}`;
  const end = appliedNs === undefined ? 'not applied' : `applied at ${moment(appliedNs)}`;
  return `${what}; sent at ${moment(sentNs)}, ${works}, ${end}`;
}

function failingSpans(run: RolloutTimeline, frame: Frame, proxy: number, height: number): string {
  return run.failing
    .filter((span) => span.proxy === proxy && isSeen(frame, span.fromNs, span.toNs))
    .map(({ flag, fromNs, toNs }) => {
      const x = frame.x(fromNs);
      const width = Math.max(1, frame.x(toNs) - x);
      const words = `fails requests (${flag}) from ${moment(fromNs)} to ${moment(toNs)}`;
      const hint = frame.tooltips ? title(`${run.proxies[proxy].id} ${words}`) : '';
      const label = text(x + 3, height - 3, flag, { class: 'tl-fail-words tl-halo', 'font-size': FLAG_FONT_PX });
      const isWide = width > textWidthPx(flag, FLAG_FONT_PX) + FLAG_ROOM_PX;
      return (
        element('rect', { class: 'tl-fail', x, y: 0, width, height }) +
        element('rect', { class: 'tl-failing', x, y: 0, width, height }, hint) +
        (isWide ? label : '')
      );
    })
    .join('');
}

/** A check mark where the proxy acts on all of the change. */
function doneMark(frame: Frame, atNs: number, height: number): string {
  const x = Math.round((frame.x(atNs) + 9) * 100) / 100;
  const hint = frame.tooltips ? title(`acts on all of the change from ${moment(atNs)}`) : '';
  return element('path', { class: 'tl-done', d: `M${x - 3} ${height / 2}l3 3l5 -7` }, hint);
}

/** How many of the others fail, and their messages as short ticks. */
function summaryLane(
  run: RolloutTimeline,
  frame: Frame,
  others: readonly number[],
  messages: ReadonlyMap<number, readonly Message[]>,
): string {
  const height = XDS_TYPE_NAMES.length * frame.rowPx;
  const rank = new Set(others);
  const ticks = others
    .flatMap((proxy) => messages.get(proxy) ?? [])
    .filter(({ appliedNs }) => appliedNs !== undefined && isSeen(frame, appliedNs, appliedNs))
    .map(({ type, appliedNs }) => {
      const x = frame.x(appliedNs as number);
      const y1 = XDS_TYPE_NAMES.indexOf(type) * frame.rowPx + 1;
      return element('line', { class: `tl-message tl-sent tl-${type}`, x1: x, x2: x, y1, y2: y1 + frame.rowPx - 2 });
    });
  const failing = failingCounts(run, rank);
  const path = area<readonly [number, number]>()
    .x(([atNs]) => Math.round(frame.x(atNs) * 100) / 100)
    .y0(height)
    .y1(([, count]) => Math.round(height * (1 - count / others.length) * 100) / 100)
    .curve(curveStepAfter)(failing);
  const words = isNarrow(frame) ? `+${others.length}` : `${others.length} more`;
  const hint = frame.tooltips ? title(`${others.length} more proxies; height: share of them that fails requests`) : '';
  const share = element('path', { class: 'tl-failing', d: path ?? '' }, hint);
  return ground(frame) + share + laneName(frame, words, height / 2 + 4) + rowLetters(frame, 0) + ticks.join('');
}

function failingCounts(run: RolloutTimeline, proxies: ReadonlySet<number>): (readonly [number, number])[] {
  const changes = run.failing
    .filter(({ proxy }) => proxies.has(proxy))
    .flatMap(({ fromNs, toNs }) => [[fromNs, 1] as const, [toNs, -1] as const])
    .sort((a, b) => a[0] - b[0]);
  let count = 0;
  return changes.map(([atNs, change]) => {
    count += change;
    return [atNs, count] as const;
  });
}
