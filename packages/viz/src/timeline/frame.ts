/** What all parts of a timeline share: where time lies on the page, and how a moment is written. */
import type { Span } from '../rollout/picture.js';
import { grouped } from '../strings/grouped.js';
import { newTimeScale, type TimeScale } from './time-scale.js';
import type { TimelineWords } from './words.js';

export interface Frame {
  readonly x: TimeScale;
  readonly left: number;
  readonly right: number;
  readonly width: number;
  /** Height of a proxy's row per message type. */
  readonly rowPx: number;
  readonly fromNs: number;
  readonly toNs: number;
  readonly isLog: boolean;
  /** Explanations that show on hovering. */
  readonly tooltips: boolean;
  readonly words: TimelineWords;
}

/** A part of the picture, drawn from y = 0 down. */
export interface Part {
  readonly svg: string;
  readonly height: number;
}

export interface FrameOptions extends Span {
  readonly width: number;
  readonly rowPx: number;
  readonly isLog: boolean;
  readonly tooltips: boolean;
  readonly words: TimelineWords;
}

const RIGHT_PX = 14;
const NARROW_PX = 500;
export function newFrame({ width, rowPx, tooltips, fromNs, toNs, isLog, words }: FrameOptions): Frame {
  const left = width < NARROW_PX ? 84 : 96;
  const right = width - RIGHT_PX;
  const x = newTimeScale({ fromNs, toNs }, [left, right], isLog);
  return { x, left, right, width, rowPx, fromNs, toNs, isLog, tooltips, words };
}

/** A phone: names are written shorter. */
export function isNarrow({ width }: Frame): boolean {
  return width < NARROW_PX;
}

export function isSeen(frame: Frame, fromNs: number, toNs: number): boolean {
  return toNs >= frame.fromNs && fromNs <= frame.toNs;
}

/** Two decimals are more than a screen shows. */
export function px(x: number): number {
  return Math.round(x * 100) / 100;
}

const NS_PER_MS = 1e6;

/** Three significant digits are what a reader can use: `78.4 ms`, `2.01 s`. */
export function duration(ns: number): string {
  const ms = ns / NS_PER_MS;
  if (ms >= 60_000) return `${Number((ms / 60_000).toPrecision(3))} min`;
  if (ms >= 1000) return `${Number((ms / 1000).toPrecision(3))} s`;
  return `${Number(ms.toPrecision(3))} ms`;
}

export function moment(ns: number): string {
  return `${grouped((ns / NS_PER_MS).toFixed(2))} ms`;
}
