/** Boxes as CSS. */
import type { Box } from './layout.js';

export function placed({ x, y, width, height }: Box) {
  return { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` };
}
