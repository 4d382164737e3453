/** The clock of the page: plays, steps and jumps. Everything that is seen is a function of `now`. */
import { computed, effect } from '@preact/signals';
import { countUntil, failureFrom, windowStarts } from '../rollout/lookup.js';
import { branches, shown } from './branches.js';
import { chosenBranch, inBranch } from './select.js';
import { go, now, openAnswer, playing, skipsQuiet, slowness } from './store.js';

/** Real time divided by these. */
export const SPEEDS = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000] as const;

const TAIL = 1.03;
const NS_PER_MS = 1e6;
/** Quiet is hurried through in so much of the viewer's time. */
const QUIET_MS = 1200;
/** Without motion, a step so often. */
const STILL_STEP_MS = 700;

/** Where the shown rollouts have ended. */
export const endNs = computed(() =>
  Math.max(NS_PER_MS, ...shown.value.map(({ picture }) => (picture.value?.endNs ?? 0) * TAIL)),
);

export const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');

let frame = 0;
let lastMs = 0;

export function play(): void {
  openAnswer();
  if (now.peek() >= endNs.peek()) now.value = 0;
  playing.value = true;
}

function pause(): void {
  playing.value = false;
}

export function toggle(): void {
  if (playing.peek()) pause();
  else play();
}

/** Pauses: whoever goes to a moment wants to see it. */
export function seek(ns: number): void {
  openAnswer();
  pause();
  now.value = Math.max(0, Math.min(endNs.peek(), Math.round(ns)));
}

/** To the next or the previous moment at which something happens in branch A. */
export function stepEvent(direction: 1 | -1): void {
  const times = branches[0].picture.peek()?.eventNs;
  if (times === undefined) return;
  const ns = now.peek();
  const i = direction > 0 ? countUntil(times, ns) : countUntil(times, ns - 1) - 1;
  if (i >= 0 && i < times.length) seek(times[i]);
  else if (direction < 0) seek(0);
}

/** In the branch of what is chosen, else in whichever has the nearest. False where there is none. */
export function jumpToFailure(direction: 1 | -1): boolean {
  const chosen = chosenBranch.peek();
  const [nearest] = (chosen === undefined ? shown.peek() : [chosen])
    .flatMap(({ name, picture: { value: picture } }) => {
      const index = picture === undefined ? -1 : failureFrom(picture, now.peek(), direction);
      return picture === undefined || index < 0 ? [] : [{ name, index, atNs: picture.requests.atNs[index] }];
    })
    .sort((a, b) => direction * (a.atNs - b.atNs));
  if (nearest === undefined) return false;
  seek(nearest.atNs);
  go({ selected: inBranch({ kind: 'failure', index: nearest.index }, nearest.name), atNs: now.peek() }, 'replace');
  return true;
}

export function jumpToWindow(direction: 1 | -1): boolean {
  const starts = shown
    .peek()
    .flatMap(({ picture }) => (picture.peek() === undefined ? [] : windowStarts(picture.peek()!)));
  const sorted = [...new Set(starts)].sort((a, b) => a - b);
  const ns = now.peek();
  const next = direction > 0 ? sorted.find((start) => start > ns) : sorted.findLast((start) => start < ns);
  if (next === undefined) return false;
  seek(next);
  return true;
}

export function changeSpeed(direction: 1 | -1): void {
  const i = SPEEDS.findIndex((speed) => speed >= slowness.peek());
  slowness.value = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, i - direction))];
}

function tick(ms: number): void {
  const elapsedMs = Math.min(100, ms - lastMs);
  if (reducedMotion.matches) {
    if (ms - lastMs < STILL_STEP_MS) {
      frame = requestAnimationFrame(tick);
      return;
    }
    advance(nextEventNs() - now.peek());
  } else {
    advance((elapsedMs * NS_PER_MS * hurry()) / slowness.peek());
  }
  lastMs = ms;
  if (playing.peek()) frame = requestAnimationFrame(tick);
}

function advance(ns: number): void {
  const next = now.peek() + ns;
  if (next >= endNs.peek()) {
    now.value = Math.round(endNs.peek());
    playing.value = false;
  } else now.value = next;
}

function nextEventNs(): number {
  const ns = now.peek();
  const next = shown.peek().map(({ picture }) => {
    const times = picture.peek()?.eventNs ?? new Float64Array();
    const i = countUntil(times, ns);
    return i < times.length ? times[i] : Number.POSITIVE_INFINITY;
  });
  return Math.min(endNs.peek(), ...next);
}

/** How many times faster than asked: where nothing happens for long, the viewer need not wait. */
function hurry(): number {
  if (!skipsQuiet.peek()) return 1;
  const quietMs = (nextEventNs() - now.peek()) / NS_PER_MS;
  return Math.max(1, (quietMs * slowness.peek()) / QUIET_MS);
}

effect(() => {
  cancelAnimationFrame(frame);
  if (!playing.value) return;
  lastMs = performance.now();
  frame = requestAnimationFrame(tick);
});

document.addEventListener('visibilitychange', () => {
  if (document.hidden) pause();
});
