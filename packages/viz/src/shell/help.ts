/** Whether the help is open, and whether single keys act. */
import { signal } from '@preact/signals';

export const helpOpen = signal(false);
export const keysEnabled = signal(true);
