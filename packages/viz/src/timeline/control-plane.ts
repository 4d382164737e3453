/** The API server's lane with the writes, and istiod's with debounce, push and every response that it sends. */
import { type PushMark, type RolloutPicture, type WriteMark, XDS_TYPES, type XdsTypeName } from '../rollout/picture.js';
import { duration, type Frame, isNarrow, isSeen, moment, type Part, px } from './frame.js';
import { element, text, textWidthPx, title } from './svg.js';

const BAR_PX = 15;
const GAP_PX = 6;
const FONT_PX = 10;
const SHORT_KINDS: Readonly<Record<string, string>> = {
  VirtualService: 'VS',
  DestinationRule: 'DR',
  ServiceEntry: 'SE',
  Gateway: 'GW',
  PeerAuthentication: 'PA',
  Service: 'Svc',
  Deployment: 'Deploy',
};

export function apiServerLane(run: RolloutPicture, frame: Frame): Part {
  const seen = run.writes.filter(({ sentNs, committedNs }) => isSeen(frame, sentNs, committedNs));
  const bars = seen.map((write) => {
    const hint = frame.words.write({ ...write, sent: moment(write.sentNs), stored: moment(write.committedNs) });
    return bar(frame, 'tl-bar tl-write', write.sentNs, write.committedNs, hint);
  });
  let busyUntil = -Infinity;
  const names = seen.map((write) => {
    const x = frame.x(write.sentNs);
    const words = shortName(write);
    const width = textWidthPx(words, FONT_PX) + 6;
    if (x < busyUntil || x + width > frame.right) return '';
    busyUntil = x + width;
    return text(x + 3, 11, words, { class: 'tl-tick tl-halo' });
  });
  return {
    svg: laneName(frame, frame.words.apiServer, 11) + bars.join('') + names.join(''),
    height: BAR_PX + GAP_PX,
  };
}

/** `VS`, `−DR` for a deletion. */
export function shortName({ object, action }: Pick<WriteMark, 'object' | 'action'>): string {
  const kind = object.split('/')[0];
  return `${action === 'delete' ? '−' : ''}${SHORT_KINDS[kind] ?? kind}`;
}

export function istiodLane(run: RolloutPicture, frame: Frame): Part {
  const top = BAR_PX + 4;
  const pushes = run.pushes.map((push) => pushMark(push, run.proxies.length, frame));
  const downs = run.down.map(({ fromNs, toNs }) => bar(frame, 'tl-offline', fromNs, toNs, frame.words.offline));
  const rows = XDS_TYPES.map((type, row) => sentTicks(type, run, frame, top + row * frame.rowPx));
  const height = top + XDS_TYPES.length * frame.rowPx;
  const names =
    laneName(frame, 'istiod', 11) + (isNarrow(frame) ? '' : laneName(frame, frame.words.responses, top + 17));
  return {
    svg: names + rowLetters(frame, top) + downs.join('') + pushes.join('') + rows.join(''),
    height: height + GAP_PX,
  };
}

export function rowLetters(frame: Frame, top: number): string {
  if (frame.rowPx < 7) return '';
  return XDS_TYPES.map((type, row) =>
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
  const { debounceNs, startedNs, queuedNs, doneNs } = push;
  if (!isSeen(frame, debounceNs, doneNs)) return '';
  const { words } = frame;
  const waits = words.debounce(duration(startedNs - debounceNs), push.mergedEvents);
  const sends = words.push(push.push, proxies);
  return (
    bar(frame, 'tl-bar', debounceNs, startedNs, waits[0]) +
    inBar(frame, debounceNs, startedNs, waits) +
    bar(frame, 'tl-work', startedNs, queuedNs, words.context(push.push, duration(queuedNs - startedNs))) +
    bar(frame, 'tl-bar', queuedNs, doneNs, `${sends[0]}: ${duration(doneNs - queuedNs)}`) +
    inBar(frame, queuedNs, doneNs, sends)
  );
}

function bar(frame: Frame, look: string, fromNs: number, toNs: number, hint: string): string {
  if (!isSeen(frame, fromNs, toNs)) return '';
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

/** One path for all of a type; those that fall on the same half pixel are one tick. */
function sentTicks(type: XdsTypeName, run: RolloutPicture, frame: Frame, y: number): string {
  const places = new Set<number>();
  for (const message of run.messages) {
    if (message.type === type && isSeen(frame, message.sentNs, message.sentNs)) {
      places.add(Math.round(frame.x(message.sentNs) * 2) / 2);
    }
  }
  const d = [...places].map((x) => `M${px(x)} ${y + 1}v${frame.rowPx - 2}`).join('');
  return d === '' ? '' : element('path', { class: `tl-sent tl-${type}`, d });
}
