/** What the marks mean. */

import { charactersOf } from '../rollout/characters.js';
import { type RolloutPicture, XDS_TYPES } from '../rollout/picture.js';
import { cutMark } from './connection-lanes.js';
import type { Frame, Part } from './frame.js';
import { legendGlyph, lostMark } from './glyphs.js';
import { HATCHES, type Hatch, hatchOf, hatchUrl } from './hatches.js';
import { element, text, textWidthPx } from './svg.js';

const LINE_PX = 18;
const FONT_PX = 11;
const MARK_PX = 18;

interface Entry {
  readonly words: string;
  /** Drawn around (0, 0), up to 7 px to each side. */
  readonly mark: string;
}

/** What is not in every rollout. */
interface Present {
  readonly hasLost: boolean;
  readonly hasDrains: boolean;
  readonly hasSampled: boolean;
  readonly isLarge: boolean;
}

export function legend(run: RolloutPicture, frame: Frame): Part {
  const present = new Set(run.failing.map(({ cause }) => hatchOf(cause)));
  const causes = HATCHES.filter((hatch) => present.has(hatch));
  const isLarge = charactersOf(run).length < run.proxies.length;
  const hasDrains = run.longLived.drains.length + run.longLived.cuts.length > 0;
  const hasSampled = run.sampled.length > 0;
  const hasLost = run.messages.some(({ lostNs }) => lostNs !== undefined);
  let x = 12;
  let line = 0;
  const drawn = entries(frame, causes, { hasLost, hasDrains, hasSampled, isLarge }).map(({ words, mark }) => {
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

function entries(
  frame: Frame,
  causes: readonly Hatch[],
  { hasLost, hasDrains, hasSampled, isLarge }: Present,
): Entry[] {
  const box = { x: -7, y: -5, width: 14, height: 10 };
  const { legend: words, causes: why } = frame.words;
  const heat: Entry[] = [
    { words: words.old, mark: element('rect', { class: 'tl-lane tl-edge', ...box }) },
    { words: words.new, mark: element('rect', { class: 'tl-heat-new', ...box }) },
  ];
  const connections: Entry[] = [
    { words: words.drains, mark: element('path', { class: 'tl-drain', d: 'M-7 5V-5L7 0V5z' }) },
    { words: words.cut, mark: element('g', { transform: 'translate(0 -6)' }, cutMark(frame, -1, 12, words.cut)) },
  ];
  return [
    ...XDS_TYPES.map((type) => ({ words: words[type], mark: legendGlyph(type, 0, 0, false) })),
    { words: words.answer, mark: legendGlyph('EDS', 0, 0, true) },
    {
      words: words.waits,
      mark: element('g', { class: 'tl-RDS' }, element('line', { class: 'tl-way', x1: -7, x2: 7, y1: 0, y2: 0 })),
    },
    {
      words: words.applies,
      mark: element('g', { class: 'tl-RDS' }, element('rect', { class: 'tl-apply', ...box })),
    },
    ...causes.map((cause) => ({
      words: why[cause],
      mark:
        element('rect', { class: 'tl-fail', ...box }) +
        element('rect', { class: 'tl-failing', fill: hatchUrl(cause), ...box }),
    })),
    { words: words.done, mark: element('path', { class: 'tl-done', d: 'M-4 0l3 3l5 -7' }) },
    ...(hasSampled ? [{ words: words.sampled, mark: element('rect', { class: 'tl-sampled', ...box }) }] : []),
    ...(hasDrains ? connections : []),
    ...(hasLost ? [{ words: words.lost, mark: lostMark(0, 0) }] : []),
    ...(isLarge ? heat : []),
  ];
}
