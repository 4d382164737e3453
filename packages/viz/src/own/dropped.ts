/** Files may be dropped on any view: they go to the user's own, and never make the browser leave the page. */
import { signal } from '@preact/signals';
import type { SourceFile } from '@xdsim/sim-core';
import { address, go, playing } from '../state/store.js';
import { type ReadProblem, readFiles } from './read-files.js';

/** What was dropped last, until the page of one's own files takes it. */
export const dropped = signal<readonly SourceFile[] | ReadProblem | undefined>(undefined);

/** Before anything below sees it: an editor would take the text of a file for its own. Text that is dragged is let be. */
export function takeDrops(): void {
  const options = { capture: true };
  addEventListener('dragover', (event) => hasFiles(event) && event.preventDefault(), options);
  addEventListener('drop', (event) => void take(event), options);
}

async function take(event: DragEvent): Promise<void> {
  const { dataTransfer } = event;
  if (dataTransfer === null || !hasFiles(event)) return;
  event.preventDefault();
  event.stopPropagation();
  const read = await readFiles(dataTransfer);
  playing.value = false;
  dropped.value = read;
  if (address.peek().room !== 'own') go({ room: 'own' });
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false;
}
