/** A part of the page whose code is loaded when it is first shown. */
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { words } from '../strings/index.js';

export function lazy(load: () => Promise<ComponentType>): ComponentType {
  const loaded = signal<ComponentType | undefined>(undefined);
  let isAsked = false;
  return function Lazy() {
    if (!isAsked) {
      isAsked = true;
      void load().then((component) => {
        loaded.value = component;
      });
    }
    const Component = loaded.value;
    return Component === undefined ? <p class="loading">{words().loading}</p> : <Component />;
  };
}
