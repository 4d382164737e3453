/** Who is connected with whom: behind all that moves. */
import { type Box, into, out, type Point, type StageLayout } from './layout.js';

export function Wires({ layout, width }: { readonly layout: StageLayout; readonly width: number }) {
  const { api, istiods, cards, strip, subsets, isNarrow, height } = layout;
  const boxes = strip === undefined ? cards : [...cards, strip];
  // Of several columns only the outer ones are wired: lines behind cards say nothing.
  const [leftmost, rightmost] = [Math.min(...boxes.map(({ x }) => x)), Math.max(...boxes.map(right))];
  const [top, bottom] = [Math.min(...boxes.map(({ y }) => y)), Math.max(...boxes.map(({ y }) => y))];
  const entered = boxes.filter((box) => (isNarrow ? box.y === top : box.x === leftmost));
  const left = boxes.filter((box) => (isNarrow ? box.y === bottom : right(box) > rightmost - 1));
  const lines = [
    ...istiods.map((istiod) => line(out(api, false), into(istiod, false))),
    ...istiods.flatMap((istiod) => entered.map((box) => line(out(istiod, isNarrow), into(box, isNarrow)))),
    ...subsets.flatMap((subset) => left.map((box) => line(out(box, isNarrow), into(subset, isNarrow)))),
  ];
  return (
    <svg class="wires" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      <path d={lines.join('')} />
    </svg>
  );
}

function right({ x, width }: Box): number {
  return x + width;
}

function line([x1, y1]: Point, [x2, y2]: Point): string {
  return `M${x1.toFixed(1)} ${y1.toFixed(1)}L${x2.toFixed(1)} ${y2.toFixed(1)}`;
}
