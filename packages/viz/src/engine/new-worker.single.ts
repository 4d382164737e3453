/** The worker inside of the page's own script. */
import EngineWorker from './engine.worker.ts?worker&inline';

export function newEngineWorker(): Worker {
  return new EngineWorker({ name: 'xdsim engine' });
}
