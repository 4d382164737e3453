/** Where everything stands on the stage, for a width: from left to right, or from top to bottom on a phone. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface StageLayout {
  readonly isNarrow: boolean;
  readonly height: number;
  readonly api: Box;
  readonly istiods: readonly Box[];
  /** Of the proxies that are shown one by one, in their order. */
  readonly cards: readonly Box[];
  /** Of all proxies as cells; undefined where each has a card. */
  readonly strip: Box | undefined;
  readonly subsets: readonly Box[];
}

export type Point = readonly [x: number, y: number];

/** Where a box is entered and left: at its sides, or above and below it on a phone. */
export function into(box: Box, isNarrow: boolean): Point {
  return isNarrow ? [box.x + box.width / 2, box.y] : [box.x, box.y + box.height / 2];
}

export function out(box: Box, isNarrow: boolean): Point {
  return isNarrow ? [box.x + box.width / 2, box.y + box.height] : [box.x + box.width, box.y + box.height / 2];
}

export interface StageContent {
  readonly istiods: number;
  readonly cards: number;
  readonly proxies: number;
  readonly subsets: number;
  /** One of two that share the screen. */
  readonly isCompact: boolean;
}

const NARROW_PX = 640;
const GAP_PX = 10;
const CARD_PX = 58;
/** A card without words for its state. */
const SMALL_CARD_PX = 34;
const ROOMY_CARDS = 7;
const STRIP_PX = 120;
const COMPACT_STRIP_PX = 64;
const LEAST_PX = 250;
const SUBSET_PX = 54;
const NOTE_PX = 14;
const ISTIOD_PX = 148;
const MOST_ISTIODS = 3;

export function stageLayout(width: number, content: StageContent): StageLayout {
  return width < NARROW_PX ? narrow(width, content) : wide(width, content);
}

function wide(width: number, content: StageContent): StageLayout {
  const { cards: count, subsets, istiods } = content;
  const columns = count <= ROOMY_CARDS ? 1 : count <= 16 ? 2 : 3;
  const cardHeight = count <= ROOMY_CARDS ? CARD_PX : SMALL_CARD_PX;
  const rows = Math.ceil(count / columns);
  const hasStrip = content.proxies > count;
  const stripHeight = content.isCompact ? COMPACT_STRIP_PX : STRIP_PX;
  const cardsHeight = rows * (cardHeight + GAP_PX) - GAP_PX;
  const inner = cardsHeight + (hasStrip ? stripHeight + 2 * GAP_PX : 0);
  const shownIstiods = Math.min(MOST_ISTIODS, istiods);
  const height = Math.max(LEAST_PX, inner, shownIstiods * (ISTIOD_PX + GAP_PX)) + 2 * GAP_PX;
  const apiWidth = Math.max(104, width * 0.145);
  const istiodWidth = Math.max(130, width * 0.15);
  const subsetWidth = Math.max(104, width * 0.13);
  const left = apiWidth + istiodWidth + width * 0.12;
  const right = width - subsetWidth - width * 0.075;
  const top = (height - inner) / 2;
  const cardWidth = (right - left - (columns - 1) * GAP_PX) / columns;
  const cards = Array.from({ length: count }, (_, i) => ({
    x: left + (i % columns) * (cardWidth + GAP_PX),
    y: top + Math.floor(i / columns) * (cardHeight + GAP_PX),
    width: cardWidth,
    height: cardHeight,
  }));
  const strip = hasStrip
    ? { x: left, y: top + cardsHeight + 2 * GAP_PX, width: right - left, height: stripHeight }
    : undefined;
  return {
    isNarrow: false,
    height,
    api: { x: 0, y: (height - 120) / 2, width: apiWidth, height: 120 },
    istiods: column(shownIstiods, apiWidth + width * 0.05, istiodWidth, ISTIOD_PX, height),
    cards,
    strip,
    subsets: column(subsets, width - subsetWidth, subsetWidth, SUBSET_PX, height),
  };
}

function narrow(width: number, content: StageContent): StageLayout {
  const { cards: count, subsets, istiods } = content;
  const columns = count <= 3 ? 1 : 2;
  const cardHeight = count <= ROOMY_CARDS ? CARD_PX : SMALL_CARD_PX;
  const shownIstiods = Math.min(2, istiods);
  const apiWidth = Math.min(120, width * 0.32);
  const istiodWidth = (width - apiWidth - 2 * GAP_PX - (shownIstiods - 1) * GAP_PX) / shownIstiods;
  const top = ISTIOD_PX + 5 * GAP_PX;
  const cardWidth = (width - (columns - 1) * GAP_PX) / columns;
  const cards = Array.from({ length: count }, (_, i) => ({
    x: (i % columns) * (cardWidth + GAP_PX),
    y: top + Math.floor(i / columns) * (cardHeight + GAP_PX),
    width: cardWidth,
    height: cardHeight,
  }));
  let y = top + Math.ceil(count / columns) * (cardHeight + GAP_PX);
  const hasStrip = content.proxies > count;
  const stripHeight = content.isCompact ? COMPACT_STRIP_PX : STRIP_PX;
  const strip = hasStrip ? { x: 0, y: y + GAP_PX, width, height: stripHeight } : undefined;
  if (hasStrip) y += stripHeight + 2 * GAP_PX;
  y += 4 * GAP_PX;
  const subsetWidth = (width - (subsets - 1) * GAP_PX) / Math.max(1, subsets);
  return {
    isNarrow: true,
    height: y + SUBSET_PX + 2 * GAP_PX + NOTE_PX,
    api: { x: 0, y: GAP_PX, width: apiWidth, height: ISTIOD_PX },
    istiods: Array.from({ length: shownIstiods }, (_, i) => ({
      x: apiWidth + 2 * GAP_PX + i * (istiodWidth + GAP_PX),
      y: GAP_PX,
      width: istiodWidth,
      height: ISTIOD_PX,
    })),
    cards,
    strip,
    subsets: Array.from({ length: subsets }, (_, i) => ({
      x: i * (subsetWidth + GAP_PX),
      y,
      width: subsetWidth,
      height: SUBSET_PX,
    })),
  };
}

function column(count: number, x: number, width: number, boxHeight: number, height: number): Box[] {
  const step = Math.min(boxHeight + GAP_PX, height / Math.max(1, count));
  const top = (height - (count - 1) * step - boxHeight) / 2;
  return Array.from({ length: count }, (_, i) => ({ x, y: top + i * step, width, height: Math.min(boxHeight, step) }));
}

/** Cells of the strip: as large as lets all of them in. */
export function stripCells(box: Box, count: number): { readonly columns: number; readonly size: number } {
  let size = Math.max(1, Math.floor(Math.sqrt((box.width * box.height) / count)));
  while (size > 1 && Math.floor(box.width / size) * Math.floor(box.height / size) < count) size -= 1;
  return { columns: Math.max(1, Math.floor(box.width / size)), size };
}
