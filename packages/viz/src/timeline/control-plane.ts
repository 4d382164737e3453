/** The API server's lane with the writes, and istiod's with debounce, push and every response that it sends. */
import { XDS_TYPE_NAMES } from '@xdsim/sim-core';
import type { Message, PushMark, RolloutTimeline, WriteMark } from '../rollout-timeline.js';
import { duration, type Frame, isNarrow, isSeen, moment, type Part } from './frame.js';
import { element, text, textWidthPx, title } from './svg.js';

const BAR_PX = 15;
const GAP_PX = 6;
const FONT_PX = 10;
const SHORT_KINDS: Readonly<Record<string, string>> = {
  VirtualService: 'VS',
  DestinationRule: 'DR',
  ServiceEntry: 'SE',
  Gateway: 'GW',
};

export function apiServerLane(run: RolloutTimeline, frame: Frame): Part {
  const seen = run.writes.filter(({ sentNs, committedNs }) => isSeen(frame, sentNs, committedNs));
  const bars = seen.map((write) => {
    const { action, object, revision, sentNs, committedNs } = write;
    const hint = `${action} ${object} (${revision}): sent at ${moment(sentNs)}, stored at ${moment(committedNs)}`;
    return bar(frame, 'tl-bar tl-write', sentNs, committedNs, hint);
  });
  let busyUntil = -Infinity;
  const names = seen.map((write) => {
    const x = frame.x(write.sentNs);
    if (x < busyUntil) return '';
    const words = shortName(write);
    busyUntil = x + textWidthPx(words, FONT_PX) + 6;
    return text(x + 3, 11, words, { class: 'tl-tick tl-halo' });
  });
  return { svg: laneName(frame, 'API server', 11) + bars.join('') + names.join(''), height: BAR_PX + GAP_PX };
}

function shortName({ object, action }: WriteMark): string {
  const kind = object.split('/')[0];
  return `${action === 'delete' ? '−' : ''}${SHORT_KINDS[kind] ?? kind}`;
}

export function istiodLane(run: RolloutTimeline, frame: Frame): Part {
  const top = BAR_PX + 4;
  const pushes = run.pushes.map((push) => pushMark(push, run.proxies.length, frame));
  const rows = XDS_TYPE_NAMES.map((type, row) =>
    run.messages
      .filter((message) => message.type === type && isSeen(frame, message.sentNs, message.sentNs))
      .map((message) => sentTick(message, run, frame, top + row * frame.rowPx))
      .join(''),
  );
  const height = top + XDS_TYPE_NAMES.length * frame.rowPx;
  const letters = rowLetters(frame, top);
  const names = laneName(frame, 'istiod', 11) + (isNarrow(frame) ? '' : laneName(frame, 'responses', top + 17));
  return { svg: names + letters + pushes.join('') + rows.join(''), height: height + GAP_PX };
}

export function rowLetters(frame: Frame, top: number): string {
  if (frame.rowPx < 7) return '';
  return XDS_TYPE_NAMES.map((type, row) =>
    text(frame.left - 3, top + row * frame.rowPx + frame.rowPx / 2 + 2.5, type[0], {
      class: 'tl-letter',
      'text-anchor': 'end',
    }),
  ).join('');
}

export function laneName(frame: Frame, words: string, y: number): string {
  return text(frame.left - 14, y, words, { 'text-anchor': 'end' });
}

function pushMark(push: PushMark, proxies: number, frame: Frame): string {
  if (!isSeen(frame, push.debounceNs, push.doneNs)) return '';
  const { debounceNs, startedNs, queuedNs, doneNs } = push;
  const wait = duration(startedNs - debounceNs);
  const merged = push.mergedEvents === 1 ? '1 event' : `${push.mergedEvents} events merged`;
  return (
    bar(frame, 'tl-bar', debounceNs, startedNs, `debounce: waits ${wait} for quiet, ${merged}`) +
    inBar(frame, debounceNs, startedNs, [`debounce ${wait}, ${merged}`, `debounce ${wait}`, 'debounce']) +
    bar(
      frame,
      'tl-work',
      startedNs,
      queuedNs,
      `push ${push.push}: builds the push context in ${duration(queuedNs - startedNs)}`,
    ) +
    bar(
      frame,
      'tl-bar',
      queuedNs,
      doneNs,
      `push ${push.push}: from queue to last response ${duration(doneNs - queuedNs)}`,
    ) +
    inBar(frame, queuedNs, doneNs, [
      `push ${push.push} to ${proxies} proxies, random order`,
      `push ${push.push} to ${proxies} proxies`,
      `push ${push.push}`,
    ])
  );
}

function bar(frame: Frame, look: string, fromNs: number, toNs: number, hint: string): string {
  const x = frame.x(fromNs);
  const width = Math.max(1, frame.x(toNs) - x);
  return element('rect', { class: look, x, y: 0, width, height: BAR_PX }, frame.tooltips ? title(hint) : '');
}

/** The longest words that fit. */
function inBar(frame: Frame, fromNs: number, toNs: number, choices: readonly string[]): string {
  const [x1, x2] = [frame.x(fromNs), frame.x(toNs)];
  const words = choices.find((choice) => textWidthPx(choice, FONT_PX) + 8 < x2 - x1);
  return words === undefined ? '' : text((x1 + x2) / 2, 11, words, { 'text-anchor': 'middle', class: 'tl-tick' });
}

function sentTick(message: Message, run: RolloutTimeline, frame: Frame, y: number): string {
  const x = frame.x(message.sentNs);
  const words = `${message.type} sent to ${run.proxies[message.proxy].id} at ${moment(message.sentNs)}`;
  return element(
    'line',
    { class: `tl-sent tl-${message.type}`, x1: x, x2: x, y1: y + 1, y2: y + frame.rowPx - 1 },
    frame.tooltips ? title(words) : '',
  );
}
