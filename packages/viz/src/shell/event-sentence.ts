/** The last event of branch A at the present moment, in words. */
import { computed, effect, signal } from '@preact/signals';
import type { TraceEvent } from '@xdsim/sim-core';
import { countUntil } from '../rollout/lookup.js';
import { branches } from '../state/branches.js';
import { stageEngine } from '../state/engines.js';
import { now, playing } from '../state/store.js';
import type { EventWords } from '../strings/en-events.js';
import { words } from '../strings/index.js';

/** −1 before the first. */
export const eventIndex = computed(() => {
  const times = branches[0].picture.value?.eventNs;
  return times === undefined ? -1 : countUntil(times, now.value) - 1;
});

const event = signal<TraceEvent | undefined>(undefined);

/** Asked for only while time rests: nobody reads sixty sentences a second. */
effect(() => {
  const { picture, choice } = branches[0];
  if (playing.value || picture.value === undefined || choice.value === undefined) return;
  const index = eventIndex.value;
  if (index < 0) {
    event.value = undefined;
    return;
  }
  void stageEngine.ask({ kind: 'event', choice: choice.value, index }).then((answer) => {
    if (answer.ok && eventIndex.peek() === index) event.value = answer.value;
  });
});

export const eventSentence = computed(() => {
  const told = event.value;
  return told === undefined ? words().transport.before : inWords(told);
});

function inWords<K extends TraceEvent['kind']>(told: Extract<TraceEvent, { readonly kind: K }>): string {
  return (words().events as EventWords)[told.kind as K](told as never);
}
