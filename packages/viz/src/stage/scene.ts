/** What is painted, where its proxies are, and the strokes that all of it is made of. */
import type { InFlight } from '../rollout/lookup.js';
import type { RolloutPicture } from '../rollout/picture.js';
import type { Selection } from '../state/address.js';
import { type Box, type Point, type StageLayout, stripCells } from './layout.js';
import type { Theme } from './theme.js';

/** What can be clicked, where it was drawn. */
export interface Hit {
  readonly x: number;
  readonly y: number;
  readonly selection: Selection;
}

export interface Scene {
  readonly picture: RolloutPicture;
  readonly inFlight: InFlight;
  readonly layout: StageLayout;
  /** Proxy → its card. */
  readonly cardOf: ReadonlyMap<number, Box>;
  /** Proxy → its rank in the order of convergence. */
  readonly rankOf: Uint32Array;
  readonly theme: Theme;
  readonly selected: Selection | undefined;
  /** A request is seen for so long. */
  readonly requestNs: number;
  readonly cutInWords: (count: string) => string;
}

export function cellBox({ layout, rankOf, picture }: Scene, proxy: number): Box {
  const strip = layout.strip as Box;
  const { columns, size } = stripCells(strip, picture.proxies.length);
  const rank = rankOf[proxy];
  return {
    x: strip.x + (rank % columns) * size,
    y: strip.y + Math.floor(rank / columns) * size,
    width: size,
    height: size,
  };
}

export function cellOf(scene: Scene, proxy: number): Point {
  const { x, y, width, height } = cellBox(scene, proxy);
  return [x + width / 2, y + height / 2];
}
export function between([x1, y1]: Point, [x2, y2]: Point, share: number): Point {
  return [x1 + (x2 - x1) * share, y1 + (y2 - y1) * share];
}

export function line(c: CanvasRenderingContext2D, [x1, y1]: Point, [x2, y2]: Point): void {
  c.moveTo(x1, y1);
  c.lineTo(x2, y2);
}

export function cross(c: CanvasRenderingContext2D, [x, y]: Point, colour: string, opacity: number): void {
  c.globalAlpha = opacity;
  c.strokeStyle = colour;
  c.lineWidth = 2;
  c.beginPath();
  c.moveTo(x - 4, y - 4);
  c.lineTo(x + 4, y + 4);
  c.moveTo(x + 4, y - 4);
  c.lineTo(x - 4, y + 4);
  c.stroke();
  c.globalAlpha = 1;
}

export function ring(c: CanvasRenderingContext2D, [x, y]: Point, r: number, share: number, colour: string): void {
  c.strokeStyle = colour;
  c.lineWidth = 2;
  c.beginPath();
  c.arc(x, y, r, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * share);
  c.stroke();
}
