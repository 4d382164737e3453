/** The strings of the language that is chosen, loaded when they are needed. */
import { effect, signal } from '@preact/signals';
import type { Language } from '../state/address.js';
import { language } from '../state/store.js';
import type { Strings } from './en.js';

const LOADERS: Readonly<Record<Language, () => Promise<Strings>>> = {
  en: async () => (await import('./en.js')).en,
  ko: async () => (await import('./ko.js')).ko,
};

const loaded = signal<Strings | undefined>(undefined);

/** Read it after `stringsLoaded`; a component that reads it follows the language. */
export function words(): Strings {
  if (loaded.value === undefined) throw new Error('no strings are loaded yet');
  return loaded.value;
}

export const stringsLoaded: Promise<void> = LOADERS[language.peek()]().then(take);

effect(() => {
  const wanted = language.value;
  document.documentElement.lang = wanted;
  void LOADERS[wanted]().then((strings) => {
    if (language.peek() === wanted) take(strings);
  });
});

function take(strings: Strings): void {
  loaded.value = strings;
}
