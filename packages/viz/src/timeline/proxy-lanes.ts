/** The proxies, in the order in which they converge: a lane for each that is shown one by one, a heat strip for all. */
import { group } from 'd3-array';
import { flagOrCode } from '../rollout/figures.js';
import { type Message, type RolloutPicture, XDS_TYPES } from '../rollout/picture.js';
import { isOf } from '../rollout/sampled-failures.js';
import { connectionSpans } from './connection-lanes.js';
import { laneName, rowLetters } from './control-plane.js';
import { type Frame, isSeen, moment, type Part, px } from './frame.js';
import { glyph, lostMark } from './glyphs.js';
import { hatchOf, hatchUrl } from './hatches.js';
import { heatStrip } from './heat-strip.js';
import { element, text, textWidthPx, title } from './svg.js';

const GAP_PX = 4;
const FLAG_FONT_PX = 10;
/** A small share is seen too. */
const LEAST_SHARE = 0.12;
/** So that the flag does not lie under the marks. */
const FLAG_ROOM_PX = 24;

/** @param shown proxies with a lane of their own */
export function proxyLanes(run: RolloutPicture, frame: Frame, shown: readonly number[]): Part {
  const laneHeight = XDS_TYPES.length * frame.rowPx;
  const messages = group(
    run.messages.map((message, index) => ({ message, index })),
    ({ message }) => message.proxy,
  );
  const lanes = shown.map((proxy, i) =>
    element(
      'g',
      { transform: `translate(0 ${i * (laneHeight + GAP_PX)})`, class: 'tl-proxy', 'data-proxy': proxy },
      lane(run, frame, proxy, messages.get(proxy) ?? []),
    ),
  );
  const height = shown.length * (laneHeight + GAP_PX);
  if (shown.length === run.proxies.length) return { svg: lanes.join(''), height };
  const strip = heatStrip(run, frame);
  const below = element('g', { transform: `translate(0 ${height})` }, strip.svg);
  return { svg: lanes.join('') + below, height: height + strip.height };
}

interface Indexed {
  readonly message: Message;
  readonly index: number;
}

function lane(run: RolloutPicture, frame: Frame, proxy: number, messages: readonly Indexed[]): string {
  const { id, convergedNs } = run.proxies[proxy];
  const height = XDS_TYPES.length * frame.rowPx;
  const ground = element('rect', {
    class: 'tl-lane',
    x: frame.left,
    y: 0,
    width: frame.right - frame.left,
    height,
  });
  const seen = messages.filter(({ message: { sentNs, lostNs, appliedNs } }) =>
    isSeen(frame, sentNs, appliedNs ?? lostNs ?? sentNs),
  );
  const marks = seen.map((indexed) => messageMark(run, frame, id, indexed)).join('');
  const isDoneSeen = convergedNs !== undefined && isSeen(frame, convergedNs, convergedNs);
  const done = isDoneSeen ? doneMark(frame, convergedNs, height) : '';
  const name = laneName(frame, id, height / 2 + 4);
  return (
    ground +
    offlineSpans(run, frame, proxy, height) +
    connectionSpans(run, frame, proxy, height) +
    sampledFailing(run, frame, proxy, height) +
    failingSpans(run, frame, proxy, height) +
    name +
    rowLetters(frame, 0) +
    marks +
    done
  );
}

function messageMark(run: RolloutPicture, frame: Frame, proxy: string, { message, index }: Indexed): string {
  const { type, sentNs, receivedNs, lostNs, startedNs, appliedNs } = message;
  const top = XDS_TYPES.indexOf(type) * frame.rowPx;
  const y = top + frame.rowPx / 2;
  const started = frame.x(startedNs ?? lostNs ?? receivedNs ?? sentNs);
  const way = element('line', { class: 'tl-way', x1: frame.x(sentNs), x2: started, y1: y, y2: y });
  const work =
    startedNs === undefined
      ? ''
      : element('rect', {
          class: 'tl-apply',
          x: started,
          y: top + 1,
          width: frame.x(appliedNs ?? run.horizonNs) - started,
          height: frame.rowPx - 2,
        });
  const isApplied = appliedNs !== undefined && isSeen(frame, appliedNs, appliedNs);
  const isLost = lostNs !== undefined && isSeen(frame, lostNs, lostNs);
  const end = isApplied
    ? glyph(type, frame.x(appliedNs), y, message.push === undefined)
    : isLost
      ? lostMark(frame.x(lostNs), y)
      : '';
  const hint = frame.tooltips ? title(frame.words.message(described(proxy, message))) : '';
  return element(
    'g',
    { class: `tl-message tl-${type}`, 'data-message': frame.tooltips ? index : undefined },
    hint,
    way,
    work,
    end,
  );
}

function described(proxy: string, { type, resources, removed, push, sentNs, lostNs, startedNs, appliedNs }: Message) {
  return {
    proxy,
    type,
    resources,
    removed,
    isAnswer: push === undefined,
    sent: moment(sentNs),
    lost: lostNs === undefined ? undefined : moment(lostNs),
    started: startedNs === undefined ? undefined : moment(startedNs),
    applied: appliedNs === undefined ? undefined : moment(appliedNs),
  };
}

function offlineSpans(run: RolloutPicture, frame: Frame, proxy: number, height: number): string {
  return run.offline
    .filter((span) => span.proxy === proxy && isSeen(frame, span.fromNs, span.toNs))
    .map(({ fromNs, toNs }) => {
      const x = frame.x(fromNs);
      const hint = frame.tooltips ? title(frame.words.offline) : '';
      return element('rect', { class: 'tl-offline', x, y: 0, width: Math.max(1, frame.x(toNs) - x), height }, hint);
    })
    .join('');
}

function failingSpans(run: RolloutPicture, frame: Frame, proxy: number, height: number): string {
  return run.failing
    .filter((span) => span.proxy === proxy && isSeen(frame, span.fromNs, span.toNs))
    .map(({ flag, cause, fromNs, toNs }) => {
      const x = frame.x(fromNs);
      const width = Math.max(1, frame.x(toNs) - x);
      const words = frame.words.fails(run.proxies[proxy].id, flag, moment(fromNs), moment(toNs));
      const hint = frame.tooltips ? title(words) : '';
      const label = text(x + 3, height - 3, flag, { class: 'tl-fail-words tl-halo', 'font-size': FLAG_FONT_PX });
      const isWide = width > textWidthPx(flag, FLAG_FONT_PX) + FLAG_ROOM_PX;
      return (
        element('rect', { class: 'tl-fail', x, y: 0, width, height }) +
        element('rect', { class: 'tl-failing', fill: hatchUrl(hatchOf(cause)), x, y: 0, width, height }, hint) +
        (isWide ? label : '')
      );
    })
    .join('');
}

/** As high as the share of requests that fail: the exact ones are over all of the lane. One path for each flag. */
function sampledFailing(run: RolloutPicture, frame: Frame, proxy: number, height: number): string {
  const own = run.sampled.filter((span) => isOf(span, proxy) && isSeen(frame, span.fromNs, span.toNs));
  const flags = group(own, ({ bucket }) => flagOrCode(bucket));
  return [...flags]
    .map(([flag, spans]) => {
      const d = spans.map(({ fromNs, toNs, share }) => {
        const y = px(height * (1 - Math.max(LEAST_SHARE, share)));
        return `M${px(frame.x(fromNs))} ${height}V${y}H${px(frame.x(toNs))}V${height}z`;
      });
      const top = Math.max(...spans.map(({ share }) => share));
      const words = frame.words.sampled(run.proxies[proxy].id, flag, `${Number((100 * top).toPrecision(2))} %`);
      const hint = frame.tooltips ? title(words) : '';
      const label = text(frame.x(spans[0].fromNs) + 3, height - 3, flag, {
        class: 'tl-fail-words tl-halo',
        'font-size': FLAG_FONT_PX,
      });
      return element('path', { class: 'tl-sampled', d: d.join('') }, hint) + label;
    })
    .join('');
}

/** A check mark where the proxy acts on all of the change. */
function doneMark(frame: Frame, atNs: number, height: number): string {
  const x = px(frame.x(atNs) + 9);
  const hint = frame.tooltips ? title(frame.words.converged(moment(atNs))) : '';
  return element('path', { class: 'tl-done', d: `M${x - 3} ${height / 2}l3 3l5 -7` }, hint);
}
