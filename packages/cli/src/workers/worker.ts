/** Entry of a worker thread. */
import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerData, WorkerMessage, WorkerRequest } from './messages.js';
import { newHandler } from './tasks.js';

const port = parentPort;
if (port === null) throw new Error('worker.js runs as a worker thread only');

const { kind, input } = workerData as WorkerData;
let handle: ReturnType<typeof newHandler> | undefined;

port.on('message', ({ task, content }: WorkerRequest) => {
  port.postMessage(answer(task, content));
});

function answer(task: number, content: WorkerRequest['content']): WorkerMessage {
  try {
    handle ??= newHandler(kind, input);
    return { type: 'answer', task, answer: handle(content as never) };
  } catch (error) {
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
    return { type: 'defect', message, stack };
  }
}
