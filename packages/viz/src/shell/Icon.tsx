/** The few icons of the transport, drawn on a grid of 20. */
const PATHS = {
  play: 'M6 4l10 6-10 6z',
  pause: 'M5 4h4v12H5zM11 4h4v12h-4z',
  stepForward: 'M5 4l7 6-7 6zM13 4h2.5v12H13z',
  stepBack: 'M15 4l-7 6 7 6zM4.5 4H7v12H4.5z',
  start: 'M4 4h2v12H4zM16 4l-5 6 5 6zM11 4l-5 6 5 6z',
  nextWindow: 'M4 5h2v10H4zM14 5h2v10h-2zM7 9h3V7l3.5 3L10 13v-2H7z',
  previousWindow: 'M4 5h2v10H4zM14 5h2v10h-2zM13 9h-3V7l-3.5 3L10 13v-2h3z',
  left: 'M11.5 4.5L13 6l-4 4 4 4-1.5 1.5L6 10z',
  right: 'M8.5 4.5L7 6l4 4-4 4 1.5 1.5L14 10z',
  failure: 'M5 6.4L6.4 5 10 8.6 13.6 5 15 6.4 11.4 10l3.6 3.6-1.4 1.4-3.6-3.6L6.4 15 5 13.6 8.6 10z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg class="icon-shape" viewBox="0 0 20 20" width={size} height={size} aria-hidden="true">
      <path d={PATHS[name]} fill="currentColor" />
    </svg>
  );
}
