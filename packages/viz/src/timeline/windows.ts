/** The mesh's windows: a bracket with its length above the lanes, and a band behind them. */
import { type RolloutPicture, type Span, totalNs, windowSpans } from '../rollout/picture.js';
import { duration, type Frame, isSeen, type Part, px } from './frame.js';
import { element, text, textWidthPx, title } from './svg.js';

const ROW_PX = 18;
const FONT_PX = 11;

const WINDOWS = [
  { name: 'inconsistent', look: 'skew' },
  { name: 'failing', look: 'fail' },
] as const;

export function windowBrackets(run: RolloutPicture, frame: Frame): Part {
  const rows = WINDOWS.map(({ name, look }, row) => {
    const spans = windowSpans(run, name);
    const y = row * ROW_PX + 9;
    const label = text(frame.left - 4, y + 4, frame.words[name], { 'text-anchor': 'end', class: `tl-${look}-words` });
    const none = text(frame.left + 4, y + 4, frame.words.never, { class: 'tl-soft' });
    // Of sampled failures the first quarter of a second is drawn shorter than it is counted.
    const totalled = name === 'failing' ? run.result.failingMs * 1e6 : totalNs(spans);
    return label + (spans.length === 0 ? none : brackets(name, spans, totalled, look, y, frame));
  });
  return { svg: rows.join(''), height: WINDOWS.length * ROW_PX };
}

function brackets(
  name: 'inconsistent' | 'failing',
  spans: readonly Span[],
  totalled: number,
  look: string,
  y: number,
  frame: Frame,
): string {
  const seen = spans.filter(({ fromNs, toNs }) => isSeen(frame, fromNs, toNs));
  const drawn = seen.map((span) => {
    const hint = frame.tooltips ? title(`${frame.words[name]}: ${duration(span.toNs - span.fromNs)}`) : '';
    return element('path', { class: `tl-window tl-bracket-${look}`, d: bracket(frame, span, y) }, hint);
  });
  const longest = seen.toSorted((a, b) => b.toNs - b.fromNs - (a.toNs - a.fromNs))[0];
  return drawn.join('') + (longest === undefined ? '' : lengthLabel(spans, totalled, longest, look, y, frame));
}

/** Closed at its ends, unless they are out of view. */
function bracket(frame: Frame, { fromNs, toNs }: Span, y: number): string {
  const x1 = frame.x(fromNs);
  const x2 = Math.max(frame.x(toNs), x1 + 1);
  const start = fromNs < frame.fromNs ? '' : 'm0 -4v8m0 -4';
  const end = toNs > frame.toNs ? '' : 'm0 -4v8';
  return `M${px(x1)} ${y}${start}H${px(x2)}${end}`;
}

/** Written in the longest bracket where that has room, else beside it. */
function lengthLabel(
  spans: readonly Span[],
  totalled: number,
  at: Span,
  look: string,
  y: number,
  frame: Frame,
): string {
  const total = duration(totalled);
  const words = spans.length === 1 ? total : `${total} ${frame.words.windows(spans.length)}`;
  const width = textWidthPx(words, FONT_PX) + 12;
  const [x1, x2] = [frame.x(at.fromNs), frame.x(at.toNs)];
  const style = { class: `tl-${look}-words tl-halo` };
  if (x2 - x1 > width)
    return text((x1 + x2) / 2, y + 4, words, { class: `${style.class} tl-on-line`, 'text-anchor': 'middle' });
  if (x2 + width < frame.right) return text(x2 + 6, y + 4, words, style);
  return text(x1 - 6, y + 4, words, { ...style, 'text-anchor': 'end' });
}

export function windowBands(run: RolloutPicture, frame: Frame, height: number): string {
  return WINDOWS.flatMap(({ name, look }) =>
    windowSpans(run, name)
      .filter(({ fromNs, toNs }) => isSeen(frame, fromNs, toNs))
      .map(({ fromNs, toNs }) => {
        const x = frame.x(fromNs);
        return element('rect', { class: `tl-band-${look}`, x, y: 0, width: Math.max(0.5, frame.x(toNs) - x), height });
      }),
  ).join('');
}
