/** Colours of the canvas, from the style sheet: light or dark as the page is. */
import { signal } from '@preact/signals';

const NAMES = [
  'bg',
  'ink',
  'soft',
  'line',
  'fail',
  'new',
  'cds',
  'eds',
  'lds',
  'rds',
  'ok',
  'lane',
  'between',
] as const;

export type Theme = Readonly<Record<(typeof NAMES)[number], string>>;

function read(): Theme {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Theme;
}

export const theme = signal<Theme>(read());

for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) {
  matchMedia(query).addEventListener('change', () => {
    theme.value = read();
  });
}
