/**
 * Many tasks over worker threads, or on this one. Answers come back in the order of the tasks, so that nothing which is
 * made of them depends on the number of workers.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { JobKind, Jobs, WorkerMessage } from './messages.js';
import { newHandler } from './tasks.js';

export interface TaskRun<K extends JobKind> {
  readonly kind: K;
  readonly input: Jobs[K]['input'];
  readonly tasks: readonly Jobs[K]['task'][];
  readonly workers: number;
  /** Aborted: no task is started any more, and those under way are dropped. */
  readonly signal: AbortSignal;
  readonly onAnswer: (task: Jobs[K]['task']) => void;
}

/** Answers by task; undefined for those that an abort has left undone. */
export type Answers<K extends JobKind> = readonly (Jobs[K]['answer'] | undefined)[];

export function runTasks<K extends JobKind>(run: TaskRun<K>): Promise<Answers<K>> {
  return run.workers <= 1 || run.tasks.length <= 1 ? runHere(run) : runInWorkers(run);
}

async function runHere<K extends JobKind>({ kind, input, tasks, signal, onAnswer }: TaskRun<K>): Promise<Answers<K>> {
  const answers = new Array<Jobs[K]['answer'] | undefined>(tasks.length).fill(undefined);
  const handle = newHandler(kind, input);
  for (const [at, task] of tasks.entries()) {
    // Signals are handled between turns of the event loop only.
    await nextTurn();
    if (signal.aborted) break;
    answers[at] = handle(task);
    onAnswer(task);
  }
  return answers;
}

async function runInWorkers<K extends JobKind>(run: TaskRun<K>): Promise<Answers<K>> {
  const { kind, input, tasks, signal, onAnswer } = run;
  const answers = new Array<Jobs[K]['answer'] | undefined>(tasks.length).fill(undefined);
  const url = new URL('./worker.js', import.meta.url);
  const workers = Array.from({ length: run.workers }, () => new Worker(url, { workerData: { kind, input } }));
  let next = 0;
  let done = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      const feed = (worker: Worker): void => {
        if (next >= tasks.length) return;
        worker.postMessage({ task: next, content: tasks[next] });
        next += 1;
      };
      for (const worker of workers) {
        worker.on('error', reject);
        worker.on('exit', (code) => reject(new Error(`a worker thread has ended by itself (exit code ${code})`)));
        worker.on('message', (message: WorkerMessage<K>) => {
          if (message.type === 'defect') {
            reject(Object.assign(new Error(message.message), { stack: message.stack }));
            return;
          }
          answers[message.task] = message.answer;
          onAnswer(tasks[message.task]);
          done += 1;
          if (done === tasks.length) resolve();
          else feed(worker);
        });
        feed(worker);
      }
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return answers;
}
