/**
 * All proxies at once: a row each, or a row for several where there are more than pixels, sorted by convergence. Light is
 * before the change, dark is after it, between them it is under way; failing is red and framed.
 */
import { group } from 'd3-array';
import { merged, type RolloutPicture, type Span } from '../rollout/picture.js';
import { isOf } from '../rollout/sampled-failures.js';
import { laneName } from './control-plane.js';
import { type Frame, isSeen, type Part, px } from './frame.js';
import { element } from './svg.js';

const MOST_ROWS = 200;
const LEAST_HEIGHT_PX = 60;
const GAP_PX = 6;

export function heatStrip(run: RolloutPicture, frame: Frame): Part {
  const { order } = run;
  const rows = Math.min(MOST_ROWS, order.length);
  const rowPx = Math.max(1, LEAST_HEIGHT_PX / rows);
  const height = rows * rowPx;
  const spans = failingSpansByProxy(run);
  let between = '';
  let after = '';
  let failing = '';
  let sampled = '';
  const sampledOf = sampledSpansOf(run);
  for (let row = 0; row < rows; row++) {
    const members = order.subarray(
      Math.floor((row * order.length) / rows),
      Math.floor(((row + 1) * order.length) / rows),
    );
    const y = px(row * rowPx);
    const [begun, done] = change(run, members);
    if (begun < done) between += bar(frame, begun, done, y, rowPx);
    if (done < run.horizonNs) after += bar(frame, done, frame.toNs, y, rowPx);
    for (const span of sampledOf(members)) sampled += bar(frame, span.fromNs, span.toNs, y, rowPx);
    for (const span of merged([...members].flatMap((p) => spans.get(p) ?? []))) {
      failing += bar(frame, span.fromNs, span.toNs, y, rowPx);
    }
  }
  const ground = element('rect', { class: 'tl-lane', x: frame.left, y: 0, width: frame.right - frame.left, height });
  return {
    svg:
      ground +
      laneName(frame, frame.words.others(order.length), height / 2 + 4) +
      element('path', { class: 'tl-heat-between', d: between }) +
      element('path', { class: 'tl-heat-new', d: after }) +
      (sampled === '' ? '' : element('path', { class: 'tl-heat-sampled', d: sampled })) +
      element('path', { class: 'tl-heat-fail', d: failing }),
    height: height + GAP_PX,
  };
}

/** When the first of them begins to act on something new, and when the last acts on all of it. */
function change({ states, horizonNs }: RolloutPicture, members: Uint32Array): [begunNs: number, doneNs: number] {
  let begun = horizonNs;
  let done = 0;
  for (const p of members) {
    const from = states.first[p];
    const to = states.first[p + 1];
    if (to - from <= 1) continue;
    begun = Math.min(begun, states.atNs[from + 1]);
    const last = states.states[states.state[to - 1]];
    const isThere = [last.routes, last.clusters].every((phase) => phase === 'new' || phase === 'same');
    done = isThere ? Math.max(done, states.atNs[to - 1]) : horizonNs;
  }
  return [begun, done === 0 ? horizonNs : done];
}

function failingSpansByProxy(run: RolloutPicture): Map<number, { fromNs: number; toNs: number }[]> {
  const spans = new Map<number, { fromNs: number; toNs: number }[]>();
  for (const span of run.failing) {
    const list = spans.get(span.proxy);
    if (list === undefined) spans.set(span.proxy, [span]);
    else list.push(span);
  }
  return spans;
}

/** Whole groups share theirs, so that each is merged once. */
function sampledSpansOf(run: RolloutPicture): (members: Uint32Array) => readonly Span[] {
  const byGroup = [...group(run.sampled, ({ firstProxy }) => firstProxy).values()].map((spans) => ({
    isOf: (proxy: number) => isOf(spans[0], proxy),
    spans: merged(spans),
  }));
  return (members) =>
    merged(byGroup.filter((one) => members.some((proxy) => one.isOf(proxy))).flatMap(({ spans }) => spans));
}

function bar(frame: Frame, fromNs: number, toNs: number, y: number, rowPx: number): string {
  if (!isSeen(frame, fromNs, toNs)) return '';
  const x = px(frame.x(fromNs));
  return `M${x} ${y}H${px(Math.max(frame.x(toNs), x + 0.5))}v${px(rowPx)}H${x}z`;
}
