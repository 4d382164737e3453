/** The worker as a file of its own; a page in one file has it inline (vite.config.ts). */
export function newEngineWorker(): Worker {
  return new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: 'xdsim engine' });
}
