/** One shape per message type, so that no colour is needed to tell them apart. */
import type { XdsTypeName } from '../rollout/picture.js';
import { element } from './svg.js';

/** Around (0, 0), by their radius. */
const SHAPES: Readonly<Record<XdsTypeName, (r: number) => string>> = {
  CDS: (r) => `M${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
  EDS: (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  LDS: (r) => `M0 ${-1.4 * r}L${r} 0L0 ${1.4 * r}L${-r} 0z`,
  RDS: (r) => `M0 ${-1.3 * r}L${1.2 * r} ${r}L${-1.2 * r} ${r}z`,
};

const LEGEND_RADIUS_PX = 3.4;

/** What fits into a row. */
function radiusPx(rowPx: number): number {
  return Math.max(1.6, (rowPx - 2) / 2);
}

export function glyphDefinitions(rowPx: number): string {
  return Object.entries(SHAPES)
    .map(([type, shape]) => element('path', { id: `tl-glyph-${type}`, d: shape(round(radiusPx(rowPx))) }))
    .join('');
}

export function glyph(type: XdsTypeName, x: number, y: number, isAnswer: boolean): string {
  return element('use', { href: `#tl-glyph-${type}`, x, y, class: `tl-glyph${isAnswer ? ' tl-answer' : ''}` });
}

export function legendGlyph(type: XdsTypeName, x: number, y: number, isAnswer: boolean): string {
  const look = `tl-glyph${isAnswer ? ' tl-answer' : ''}`;
  const shape = element('path', {
    class: look,
    transform: `translate(${x} ${y})`,
    d: SHAPES[type](LEGEND_RADIUS_PX),
  });
  return element('g', { class: `tl-${type}` }, shape);
}

/** Where a message was when its stream ended. */
export function lostMark(x: number, y: number): string {
  return element('path', { class: 'tl-lost', d: `M${round(x - 3)} ${round(y - 3)}l6 6m0 -6l-6 6` });
}

function round(length: number): number {
  return Math.round(length * 100) / 100;
}
