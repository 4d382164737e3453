/** One list of tasks over a pool of its own. */
import type { JobKind, Jobs } from './messages.js';
import { type Answers, newTaskPool, type PoolSettings } from './task-pool.js';

interface TaskRun<K extends JobKind> extends PoolSettings<K> {
  readonly tasks: readonly Jobs[K]['task'][];
  readonly onAnswer: (task: Jobs[K]['task']) => void;
}

export async function runTasks<K extends JobKind>({ tasks, onAnswer, ...settings }: TaskRun<K>): Promise<Answers<K>> {
  const pool = newTaskPool(settings);
  try {
    return await pool.run(tasks, onAnswer);
  } finally {
    await pool.close();
  }
}
