/** The stretch of time that is in view, and the ways to change it. */
import type { RolloutPicture, Span } from '../rollout/picture.js';

const SHORTEST_NS = 2e3;
const AFTER_PUSH_NS = 400e6;

/** Zooms by a factor (below 1: closer) around a place between 0 and 1. */
export function zoomed(range: Span, whole: Span, factor: number, at: number): Span {
  const length = range.toNs - range.fromNs;
  const wanted = Math.min(whole.toNs - whole.fromNs, Math.max(SHORTEST_NS, length * factor));
  return within(range.fromNs + (length - wanted) * at, wanted, whole);
}

/** Where a moment is in view, between 0 and 1; undefined: it is not. */
export function placeIn({ fromNs, toNs }: Span, ns: number): number | undefined {
  return ns >= fromNs && ns <= toNs ? (ns - fromNs) / (toNs - fromNs) : undefined;
}

/** Moves by a share of what is in view. */
export function moved(range: Span, whole: Span, share: number): Span {
  const length = range.toNs - range.fromNs;
  return within(range.fromNs + length * share, length, whole);
}

/** The first 400 ms after each push, with the engine's number of it. */
export function pushRanges(run: RolloutPicture): (Span & { readonly push: number })[] {
  return run.pushes.map(({ push, startedNs }) => ({ push, fromNs: startedNs, toNs: startedNs + AFTER_PUSH_NS }));
}

function within(fromNs: number, length: number, whole: Span): Span {
  const from = Math.max(whole.fromNs, Math.min(fromNs, whole.toNs - length));
  return { fromNs: from, toNs: from + length };
}
