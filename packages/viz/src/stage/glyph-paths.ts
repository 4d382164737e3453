/** The shapes of the four message types on a canvas, as in the timeline; the first letter is written into them. */
import type { XdsTypeName } from '../rollout/picture.js';
import type { Theme } from './theme.js';

const R = 7;

const SHAPES: Readonly<Record<XdsTypeName, (c: CanvasRenderingContext2D, x: number, y: number, r: number) => void>> = {
  CDS: (c, x, y, r) => c.rect(x - r * 0.86, y - r * 0.86, r * 1.72, r * 1.72),
  EDS: (c, x, y, r) => c.arc(x, y, r, 0, 2 * Math.PI),
  LDS: (c, x, y, r) => polygon(c, [x, y - r * 1.2, x + r * 1.2, y, x, y + r * 1.2, x - r * 1.2, y]),
  RDS: (c, x, y, r) => polygon(c, [x, y - r * 1.2, x + r * 1.15, y + r * 0.85, x - r * 1.15, y + r * 0.85]),
};

export function colourOf(type: XdsTypeName, theme: Theme): string {
  return theme[type.toLowerCase() as 'cds' | 'eds' | 'lds' | 'rds'];
}

/** @param isHollow the answer to a subscription */
export function drawGlyph(
  c: CanvasRenderingContext2D,
  type: XdsTypeName,
  x: number,
  y: number,
  isHollow: boolean,
  theme: Theme,
  r = R,
): void {
  c.beginPath();
  SHAPES[type](c, x, y, r);
  c.fillStyle = isHollow ? theme.bg : colourOf(type, theme);
  c.strokeStyle = colourOf(type, theme);
  c.lineWidth = 1.5;
  c.fill();
  c.stroke();
  if (r < 6) return;
  c.fillStyle = isHollow ? colourOf(type, theme) : theme.bg;
  c.font = '700 8px system-ui, sans-serif';
  c.textAlign = 'center';
  c.textBaseline = 'middle';
  c.fillText(type[0], x, y + (type === 'RDS' ? 1.6 : 0.5));
}

function polygon(c: CanvasRenderingContext2D, [x, y, ...rest]: readonly number[]): void {
  c.moveTo(x, y);
  for (let i = 0; i < rest.length; i += 2) c.lineTo(rest[i], rest[i + 1]);
  c.closePath();
}
