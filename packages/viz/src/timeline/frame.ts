/** What all parts of a timeline share: where time lies on the page, and how a moment is written. */
import { type ScaleLinear, scaleLinear } from 'd3-scale';
import type { Span } from '../rollout-timeline.js';

export interface Frame {
  readonly x: ScaleLinear<number, number>;
  readonly left: number;
  readonly right: number;
  readonly width: number;
  /** Height of a proxy's row per message type. */
  readonly rowPx: number;
  readonly fromNs: number;
  readonly toNs: number;
  /** Explanations that show on hovering. */
  readonly tooltips: boolean;
}

/** A part of the picture, drawn from y = 0 down. */
export interface Part {
  readonly svg: string;
  readonly height: number;
}

export interface FrameOptions extends Span {
  readonly width: number;
  readonly rowPx: number;
  readonly tooltips: boolean;
}

const RIGHT_PX = 14;
const NARROW_PX = 500;

export function newFrame({ width, rowPx, tooltips, fromNs, toNs }: FrameOptions): Frame {
  const left = width < NARROW_PX ? 84 : 88;
  const right = width - RIGHT_PX;
  const x = scaleLinear().domain([fromNs, toNs]).range([left, right]).clamp(true);
  return { x, left, right, width, rowPx, fromNs, toNs, tooltips };
}

/** A phone: names are written shorter. */
export function isNarrow({ width }: Frame): boolean {
  return width < NARROW_PX;
}

export function isSeen(frame: Frame, fromNs: number, toNs: number): boolean {
  return toNs >= frame.fromNs && fromNs <= frame.toNs;
}

const NS_PER_MS = 1e6;

/** Three significant digits are what a reader can use: `78.4 ms`, `2.01 s`. */
export function duration(ns: number): string {
  const ms = ns / NS_PER_MS;
  if (ms >= 1000) return `${Number((ms / 1000).toPrecision(3))} s`;
  return `${Number(ms.toPrecision(3))} ms`;
}

export function moment(ns: number): string {
  return `${(ns / NS_PER_MS).toFixed(1)} ms`;
}
