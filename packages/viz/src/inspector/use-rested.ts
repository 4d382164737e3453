/** The present moment for tables: at once while time rests, a few times a second while it runs. */
import { effect, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { now, playing } from '../state/store.js';

const EVERY_MS = 200;

export function useRestedMoment(): number {
  const rested = useSignal(now.peek());
  useEffect(() => {
    let lastMs = 0;
    return effect(() => {
      const ns = now.value;
      const ms = performance.now();
      if (playing.value && ms - lastMs < EVERY_MS) return;
      lastMs = ms;
      rested.value = Math.round(ns);
    });
  }, []);
  return rested.value;
}
