/** One shape per message type, so that no colour is needed to tell them apart. */
import { type SymbolType, symbol, symbolCircle, symbolDiamond, symbolSquare, symbolTriangle } from 'd3-shape';
import type { XdsTypeName } from '../rollout/picture.js';
import { element } from './svg.js';

const SHAPES: Readonly<Record<XdsTypeName, SymbolType>> = {
  CDS: symbolSquare,
  EDS: symbolCircle,
  LDS: symbolDiamond,
  RDS: symbolTriangle,
};

const LEGEND_AREA_PX = 44;

/** Area that fits into a row. */
function areaPx(rowPx: number): number {
  return Math.max(10, (rowPx - 2) * (rowPx - 2));
}

export function glyphDefinitions(rowPx: number): string {
  return Object.entries(SHAPES)
    .map(([type, shape]) => element('path', { id: `tl-glyph-${type}`, d: pathOf(shape, areaPx(rowPx)) }))
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
    d: pathOf(SHAPES[type], LEGEND_AREA_PX),
  });
  return element('g', { class: `tl-${type}` }, shape);
}

function pathOf(shape: SymbolType, area: number): string {
  return (symbol(shape, area)() ?? '').replace(/\d+\.\d+/g, (number) => String(Math.round(Number(number) * 100) / 100));
}
