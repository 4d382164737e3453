/** How a number grows from one cell to another that differs in one size only: alike, or the mechanism is wrong. */
import type { CellComparison } from './compare-cell.js';
import type { Figure } from './figures.js';

const SIZES = ['proxies', 'services', 'slots', 'cores'] as const;

export interface Growth {
  readonly figure: string;
  readonly from: string;
  readonly to: string;
  readonly measured: number;
  readonly simulated: number;
  readonly holds: boolean;
}

/** Growth is judged where the trials of the two cells are at least so far apart. */
const FACTOR_MIN = 2;
/** Times below this are mostly the host's own noise. */
const LEAST_MS = 5;

/** Of every pair of cells that differ in nothing but one size. */
export function growthOf(cells: readonly CellComparison[]): readonly Growth[] {
  const pairs = cells.flatMap((from) => cells.flatMap((to) => (differInOne(from, to) ? [[from, to] as const] : [])));
  return pairs.flatMap(([from, to]) =>
    from.figures.flatMap((small) => {
      const large = to.figures.find(({ name }) => name === small.name);
      return large === undefined ? [] : (compare(small, large, from.name, to.name) ?? []);
    }),
  );
}

function differInOne(from: CellComparison, to: CellComparison): boolean {
  if (from.setup !== to.setup) return false;
  const differing = SIZES.filter((size) => from.size[size] !== to.size[size]);
  return differing.length === 1 && from.size[differing[0]] < to.size[differing[0]];
}

/** In the same direction, and at least half as fast and at most twice as fast: the square root and the square. */
function compare(small: Figure, large: Figure, from: string, to: string): Growth | undefined {
  if (small.simulated === null || large.simulated === null || small.simulated <= 0) return undefined;
  const isGrowth = large.measured[0] >= FACTOR_MIN * small.measured[1] && small.measured[0] > 0;
  if (!isGrowth || large.measured[0] < LEAST_MS || small.measured[1] < LEAST_MS) return undefined;
  const middle = ({ measured: [low, high] }: Figure): number => (low + high) / 2;
  const measured = middle(large) / middle(small);
  const simulated = large.simulated / small.simulated;
  const holds = simulated * simulated >= measured && simulated <= measured * measured;
  return { figure: small.name, from, to, measured, simulated, holds };
}
