/** The stretch of time that the timelines show: one for both branches, so that they can be compared. */
import { computed, effect, signal } from '@preact/signals';
import type { Span } from '../rollout/picture.js';
import { endNs } from '../state/playback.js';
import { lesson } from '../state/store.js';

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

/** A lesson begins with the stretch that it is about. */
effect(() => {
  const viewMs = lesson.value?.viewMs;
  chosen.value = viewMs === undefined ? undefined : { fromNs: viewMs[0] * 1e6, toNs: viewMs[1] * 1e6 };
});
