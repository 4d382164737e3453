/** Keys that act wherever the focus is, but not while something is typed; they can be turned off. */
import { useEffect } from 'preact/hooks';
import { changeSpeed, endNs, jumpToFailure, jumpToWindow, seek, stepEvent, toggle } from '../state/playback.js';
import { now } from '../state/store.js';
import { timelineRange } from '../timeline/range.js';
import { helpOpen, keysEnabled } from './help.js';

const LEAP = 100;

export function useKeys(): void {
  useEffect(() => {
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || helpOpen.peek()) return;
  if (!keysEnabled.peek() || isTyping(event.target, event.key)) return;
  if (act(event.key, event.shiftKey)) event.preventDefault();
}

/** Fields take all keys; buttons and lists take those that work them. */
function isTyping(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('.cm-editor, textarea, select, [contenteditable]') !== null) return true;
  if (target instanceof HTMLInputElement) {
    // On the scrubber the arrows step events, as they do everywhere else.
    if (target.closest('.scrubber') !== null) return false;
    return !['checkbox', 'radio'].includes(target.type) || key === ' ' || key.startsWith('Arrow');
  }
  return target.closest('button, a, summary') !== null && (key === ' ' || key === 'Enter');
}

function act(key: string, isShift: boolean): boolean {
  switch (key) {
    case ' ':
      toggle();
      return true;
    case 'ArrowRight':
    case 'ArrowLeft': {
      const direction = key === 'ArrowRight' ? 1 : -1;
      if (isShift) leap(direction);
      else stepEvent(direction);
      return true;
    }
    case 'f':
    case 'F':
      jumpToFailure(isShift ? -1 : 1);
      return true;
    case 'w':
    case 'W':
      jumpToWindow(isShift ? -1 : 1);
      return true;
    case '[':
      changeSpeed(-1);
      return true;
    case ']':
      changeSpeed(1);
      return true;
    case 'Home':
      seek(0);
      return true;
    case 'End':
      seek(endNs.peek());
      return true;
    case '?':
      helpOpen.value = true;
      return true;
    default:
      return false;
  }
}

function leap(direction: 1 | -1): void {
  const { fromNs, toNs } = timelineRange.peek();
  seek(now.peek() + (direction * (toNs - fromNs)) / LEAP);
}
