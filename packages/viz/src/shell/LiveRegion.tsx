/** The present moment in words for a screen reader: when it rests, and not sixty times a second. */
import { effect, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { momentCounts } from '../rollout/moment-counts.js';
import { branches } from '../state/branches.js';
import { now, playing } from '../state/store.js';
import { words } from '../strings/index.js';
import { duration } from '../timeline/frame.js';
import { eventSentence } from './event-sentence.js';

const REST_MS = 400;

export function LiveRegion() {
  const text = useSignal('');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = effect(() => {
      const picture = branches[0].picture.value;
      const ns = now.value;
      const sentence = eventSentence.value;
      clearTimeout(timer);
      if (playing.value || picture === undefined) return;
      timer = setTimeout(() => {
        const { failing, done } = momentCounts(picture, ns);
        const seen = words().stage.moment(duration(ns), failing, picture.proxies.length, done);
        text.value = `${sentence} ${seen}`;
      }, REST_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);
  return (
    <p class="hidden" aria-live="polite" id="live">
      {text}
    </p>
  );
}
