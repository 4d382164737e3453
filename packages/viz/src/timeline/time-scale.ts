/** Where a moment lies between two places, linear or logarithmic, and back; what is outside lies on the edge. */
import type { Span } from '../rollout/picture.js';

export interface TimeScale {
  (ns: number): number;
  invert(place: number): number;
}

/** Where a logarithmic axis turns linear: nothing of interest is shorter. */
export const LOG_FROM_NS = 1e6;

/** The scale of d3 with the same name: linear around 0. */
const symlog = (ns: number): number => Math.sign(ns) * Math.log1p(Math.abs(ns) / LOG_FROM_NS);
const symexp = (value: number): number => Math.sign(value) * Math.expm1(Math.abs(value)) * LOG_FROM_NS;
const same = (value: number): number => value;

export function newTimeScale(
  { fromNs, toNs }: Span,
  [left, right]: readonly [number, number],
  isLog: boolean,
): TimeScale {
  const [warp, unwarp] = isLog ? [symlog, symexp] : [same, same];
  const from = warp(fromNs);
  const length = warp(toNs) - from || 1;
  const scale = (ns: number): number => left + clamped((warp(ns) - from) / length) * (right - left);
  const invert = (place: number): number => unwarp(from + clamped((place - left) / (right - left)) * length);
  return Object.assign(scale, { invert });
}

function clamped(share: number): number {
  return Math.min(1, Math.max(0, share));
}
