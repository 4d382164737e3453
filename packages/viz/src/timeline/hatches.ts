/** Failing is hatched, each cause in its own direction, so that it is seen without colour. */
import type { FailingSpan } from '../rollout/picture.js';
import { element } from './svg.js';

export const HATCHES = ['rds-late', 'cds-late', 'eds-late', 'other'] as const;
export type Hatch = (typeof HATCHES)[number];

const ANGLES: Readonly<Record<Hatch, number>> = { 'rds-late': 45, 'cds-late': 0, 'eds-late': -45, other: 90 };

export function hatchOf(cause: FailingSpan['cause']): Hatch {
  return HATCHES.find((hatch) => hatch === cause) ?? 'other';
}

export function hatchUrl(hatch: Hatch): string {
  return `url(#tl-hatch-${hatch})`;
}

export function hatchDefinitions(): string {
  return HATCHES.map((hatch) => {
    const line = element('line', { class: 'tl-hatch', x1: 0, x2: 0, y1: 0, y2: 6 });
    const patternTransform = `rotate(${ANGLES[hatch]})`;
    return element(
      'pattern',
      { id: `tl-hatch-${hatch}`, width: 5, height: 6, patternUnits: 'userSpaceOnUse', patternTransform },
      line,
    );
  }).join('');
}
