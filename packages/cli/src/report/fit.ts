/** The costs before and after a fit, and how far the simulation is from either half. */
import type { Losses } from '@xdsim/sim-core';
import { wrap } from '../text-width.js';
import { Grid } from './grid.js';
import { formatNumber } from './numbers.js';

/** `xdsim.fit/v1`. */
export interface FitReport {
  readonly schema: 'xdsim.fit/v1';
  readonly cells: number;
  readonly trials: number;
  readonly rounds: number;
  readonly seed: string;
  readonly costs: readonly { readonly name: string; readonly start: number; readonly fitted: number }[];
  readonly loss: { readonly start: Losses; readonly end: Losses };
}

const LEFT = { align: 'left' } as const;
const RIGHT = { align: 'right' } as const;

export function renderFit({ costs, loss, cells }: FitReport, width: number): string {
  const grid = new Grid(
    [LEFT, RIGHT, RIGHT],
    [
      [['cost'], ['preset'], ['fitted']],
      ...costs.map(({ name, start, fitted }) => [[name], [formatNumber(start)], [formatNumber(fitted)]]),
    ],
  );
  const [head, ...rows] = grid.blocks();
  const { start, end } = loss;
  return [
    ...head,
    grid.rule(),
    ...rows.flat(),
    '',
    wrap(
      `Mean squared distance over ${cells} cells, in natural logarithms: ${start.fitted.toFixed(4)} → ${end.fitted.toFixed(4)} on the half that was fitted, ${start.heldOut.toFixed(4)} → ${end.heldOut.toFixed(4)} on the half that was not.`,
      width,
    ),
    wrap(verdict(start, end), width),
    '',
  ].join('\n');
}

function verdict(start: Losses, end: Losses): string {
  if (end.fitted === start.fitted) return 'The preset is as good as any step from it.';
  return end.heldOut <= start.heldOut
    ? 'The half that was not fitted agrees: the fitted costs are better.'
    : 'The half that was not fitted disagrees: what was gained is the luck of the other half.';
}
