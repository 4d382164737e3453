/**
 * Many tasks over worker threads, or on this one. Answers come back in the order of the tasks, so that nothing which is
 * made of them depends on the number of workers. Threads and what they have made of the input last as long as the pool.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { JobKind, Jobs, WorkerMessage } from './messages.js';
import { newHandler } from './tasks.js';

export interface PoolSettings<K extends JobKind> {
  readonly kind: K;
  readonly input: Jobs[K]['input'];
  readonly workers: number;
  /** Aborted: no task is started any more, and those under way are dropped. */
  readonly signal: AbortSignal;
}

/** Answers by task; undefined for those that an abort has left undone. */
export type Answers<K extends JobKind> = readonly (Jobs[K]['answer'] | undefined)[];

export interface TaskPool<K extends JobKind> {
  /** One list after another, never two at a time. */
  run(tasks: readonly Jobs[K]['task'][], onAnswer?: (task: Jobs[K]['task']) => void): Promise<Answers<K>>;
  close(): Promise<void>;
}

export function newTaskPool<K extends JobKind>(settings: PoolSettings<K>): TaskPool<K> {
  return settings.workers <= 1 ? new OwnThread(settings) : new Threads(settings);
}

class OwnThread<K extends JobKind> implements TaskPool<K> {
  private readonly handle: (task: Jobs[K]['task']) => Jobs[K]['answer'];
  private readonly signal: AbortSignal;

  constructor({ kind, input, signal }: PoolSettings<K>) {
    this.handle = newHandler(kind, input);
    this.signal = signal;
  }

  async run(tasks: readonly Jobs[K]['task'][], onAnswer?: (task: Jobs[K]['task']) => void): Promise<Answers<K>> {
    const answers = new Array<Jobs[K]['answer'] | undefined>(tasks.length).fill(undefined);
    for (const [at, task] of tasks.entries()) {
      // Signals are handled between turns of the event loop only.
      await nextTurn();
      if (this.signal.aborted) break;
      answers[at] = this.handle(task);
      onAnswer?.(task);
    }
    return answers;
  }

  async close(): Promise<void> {}
}

/** What the list of tasks under way waits for. */
interface Round<K extends JobKind> {
  readonly onMessage: (worker: Worker, message: WorkerMessage<K>) => void;
  readonly onFailure: (error: unknown) => void;
}

class Threads<K extends JobKind> implements TaskPool<K> {
  private readonly workers: readonly Worker[];
  private readonly signal: AbortSignal;
  private round: Round<K> | undefined;
  /** Of a thread that has ended while nothing was asked of it. */
  private failure: unknown;

  constructor({ kind, input, workers, signal }: PoolSettings<K>) {
    this.signal = signal;
    const url = new URL('./worker.js', import.meta.url);
    this.workers = Array.from({ length: workers }, () => new Worker(url, { workerData: { kind, input } }));
    for (const worker of this.workers) {
      worker.on('error', (error) => this.fail(error));
      worker.on('exit', (code) => this.fail(new Error(`a worker thread has ended by itself (exit code ${code})`)));
      worker.on('message', (message: WorkerMessage<K>) => this.round?.onMessage(worker, message));
    }
  }

  async run(tasks: readonly Jobs[K]['task'][], onAnswer?: (task: Jobs[K]['task']) => void): Promise<Answers<K>> {
    const answers = new Array<Jobs[K]['answer'] | undefined>(tasks.length).fill(undefined);
    if (this.failure !== undefined) throw this.failure;
    if (tasks.length === 0 || this.signal.aborted) return answers;
    let next = 0;
    let done = 0;
    const feed = (worker: Worker): void => {
      if (next >= tasks.length) return;
      worker.postMessage({ task: next, content: tasks[next] });
      next += 1;
    };
    let stop = (): void => {};
    await new Promise<void>((resolve, reject) => {
      stop = resolve;
      this.signal.addEventListener('abort', stop);
      this.round = {
        onFailure: reject,
        onMessage: (worker, message) => {
          if (message.type === 'defect') {
            reject(Object.assign(new Error(message.message), { stack: message.stack }));
            return;
          }
          answers[message.task] = message.answer;
          onAnswer?.(tasks[message.task]);
          done += 1;
          if (done === tasks.length) resolve();
          else feed(worker);
        },
      };
      this.workers.forEach(feed);
    }).finally(() => {
      this.round = undefined;
      this.signal.removeEventListener('abort', stop);
    });
    return answers;
  }

  private fail(error: unknown): void {
    this.failure ??= error;
    this.round?.onFailure(error);
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}
