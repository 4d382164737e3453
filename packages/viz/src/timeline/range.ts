/** The stretch of time that the timelines show: one for both branches, so that they can be compared. */
import { computed, effect, signal } from '@preact/signals';
import type { Span } from '../rollout/picture.js';
import { endNs } from '../state/playback.js';
import { lesson, now } from '../state/store.js';
import { placeIn, zoomed } from './view-range.js';

/** A step of zooming. */
export const CLOSER = 0.7;

const chosen = signal<Span | undefined>(undefined);
export const isLogTime = signal(false);

export const wholeTime = computed((): Span => ({ fromNs: 0, toNs: endNs.value }));

export const timelineRange = computed((): Span => {
  const whole = wholeTime.value;
  const range = chosen.value;
  if (range === undefined || range.fromNs >= whole.toNs) return whole;
  return { fromNs: range.fromNs, toNs: Math.min(range.toNs, whole.toNs) };
});

export function lookAt(range: Span): void {
  const whole = wholeTime.peek();
  chosen.value = range.fromNs <= whole.fromNs && range.toNs >= whole.toNs ? undefined : range;
}

/** About the present moment where it is in view, else about the middle. */
export function zoom(direction: 'in' | 'out'): void {
  const range = timelineRange.peek();
  lookAt(zoomed(range, wholeTime.peek(), direction === 'in' ? CLOSER : 1 / CLOSER, placeIn(range, now.peek()) ?? 0.5));
}

/** A lesson begins with the stretch that it is about. */
effect(() => {
  const viewMs = lesson.value?.viewMs;
  chosen.value = viewMs === undefined ? undefined : { fromNs: viewMs[0] * 1e6, toNs: viewMs[1] * 1e6 };
});
