/** What the marks mean. */
import type { XdsTypeName } from '../rollout-timeline.js';
import type { Frame, Part } from './frame.js';
import { legendGlyph } from './glyphs.js';
import { element, text, textWidthPx } from './svg.js';

const LINE_PX = 18;
const FONT_PX = 11;
const MARK_PX = 18;

interface Entry {
  readonly words: string;
  /** Drawn around (0, 0), up to 7 px to each side. */
  readonly mark: string;
}

export function legend(frame: Frame): Part {
  let x = 12;
  let line = 0;
  const drawn = entries().map(({ words, mark }) => {
    const width = MARK_PX + textWidthPx(words, FONT_PX) + 12;
    if (x + width > frame.width && x > 12) {
      x = 12;
      line += 1;
    }
    const at = element('g', { transform: `translate(${Math.round(x + 7)} ${line * LINE_PX + 10})` }, mark);
    const label = text(x + MARK_PX, line * LINE_PX + 14, words, { class: 'tl-soft' });
    x += width;
    return at + label;
  });
  return { svg: drawn.join(''), height: (line + 1) * LINE_PX + 4 };
}

function entries(): Entry[] {
  const box = { x: -7, y: -5, width: 14, height: 10 };
  return [
    message('CDS', 'CDS clusters'),
    message('EDS', 'EDS endpoints'),
    message('LDS', 'LDS listeners'),
    message('RDS', 'RDS routes, applied'),
    { words: 'answer to a subscription', mark: legendGlyph('EDS', 0, 0, true) },
    {
      words: 'sent, waits',
      mark: element('g', { class: 'tl-RDS' }, element('line', { class: 'tl-way', x1: -7, x2: 7, y1: 0, y2: 0 })),
    },
    {
      words: 'Envoy applies it',
      mark: element('g', { class: 'tl-RDS' }, element('rect', { class: 'tl-apply', ...box })),
    },
    {
      words: 'proxy fails requests',
      mark: element('rect', { class: 'tl-fail', ...box }) + element('rect', { class: 'tl-failing', ...box }),
    },
    { words: 'proxy acts on all of the change', mark: element('path', { class: 'tl-done', d: 'M-4 0l3 3l5 -7' }) },
  ];
}

function message(type: XdsTypeName, words: string): Entry {
  return { words, mark: legendGlyph(type, 0, 0, false) };
}
