/** A pool of workers: several lists of tasks, one after another, on the threads that it was opened with. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { newTaskPool as NewTaskPool, TaskPool } from '../../packages/cli/src/workers/task-pool.js';
import { labFiles } from '../validation/support.js';
import { build, ROOT } from './support.js';

beforeAll(build);

const INPUT = { files: labFiles('cells/add-together-10'), trials: 2, seed: 'pool' };
const TASKS = [1, 2, 3, 4].map((factor) => ({ index: 0, factors: { 'envoy.edsPerClusterUs': factor } }));

/** As built: a worker thread has no TypeScript. */
async function open(workers: number, signal = new AbortController().signal): Promise<TaskPool<'losses'>> {
  const built = (await import(join(ROOT, 'packages/cli/dist/workers/task-pool.js'))) as {
    newTaskPool: typeof NewTaskPool;
  };
  const pool = built.newTaskPool({ kind: 'losses', input: INPUT, workers, signal });
  onTestFinished(() => pool.close());
  return pool;
}

test('threads are started once for all lists, and answers do not depend on their number', async () => {
  const started = vi.spyOn(Worker.prototype, 'postMessage');
  const [one, two] = [await open(1), await open(2)];
  const first = await two.run(TASKS);
  expect(await one.run(TASKS)).toEqual(first);
  expect(first.every((answer) => answer?.ok)).toBe(true);
  expect(await two.run(TASKS.toReversed())).toEqual(first.toReversed());
  expect(new Set(started.mock.contexts).size).toBe(2);
});

test.each([1, 2])('with %i workers, an abort leaves the rest undone', async (workers) => {
  const controller = new AbortController();
  const pool = await open(workers, controller.signal);
  const answers = await pool.run(TASKS, () => controller.abort());
  expect(answers.filter((answer) => answer === undefined).length).toBeGreaterThan(0);
  expect(await pool.run(TASKS)).toEqual(TASKS.map(() => undefined));
});

test.each([1, 2])('with %i workers, a defect is an error of the list', async (workers) => {
  const pool = await open(workers);
  await expect(pool.run([{ index: 99, factors: {} }])).rejects.toThrow();
});
