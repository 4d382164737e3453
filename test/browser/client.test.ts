import { expect, test } from 'vitest';
import { EngineClient } from '../../packages/viz/src/engine/client.js';
import type { Asked } from '../../packages/viz/src/engine/protocol.js';

/** A worker that answers what it is told to, and otherwise hangs. */
class FakeWorker extends EventTarget {
  isAlive = true;

  constructor(private readonly answers: (asked: Asked) => unknown) {
    super();
  }

  postMessage(asked: Asked): void {
    const answer = this.answers(asked);
    if (answer === undefined) return;
    setTimeout(() =>
      this.dispatchEvent(new MessageEvent('message', { data: { id: asked.id, type: 'answer', answer } })),
    );
  }

  terminate(): void {
    this.isAlive = false;
  }
}

const TEMPLATE = { kind: 'template' } as const;
const STOP = { kind: 'stop' } as const;

test('an engine that takes too long is stopped, says so, and a new one answers the next question', async () => {
  const workers: FakeWorker[] = [];
  const client = new EngineClient(() => {
    const worker = new FakeWorker(({ kind }) => (kind === 'template' && workers.length > 1 ? 'text' : undefined));
    workers.push(worker);
    return worker as unknown as Worker;
  }, 50);
  const [first, second] = await Promise.all([client.ask(TEMPLATE), client.ask(STOP)]);
  for (const answer of [first, second])
    expect(answer).toMatchObject({ ok: false, errors: [{ code: 'XDS-PAGE-TIME' }] });
  expect(workers.map(({ isAlive }) => isAlive)).toEqual([false]);
  expect(await client.ask(TEMPLATE)).toEqual({ ok: true, value: 'text' });
  expect(workers.map(({ isAlive }) => isAlive)).toEqual([false, true]);
});

test('an engine that crashes is replaced', async () => {
  const workers: FakeWorker[] = [];
  const client = new EngineClient(() => {
    const worker = new FakeWorker(() => (workers.length > 1 ? 'text' : undefined));
    workers.push(worker);
    return worker as unknown as Worker;
  }, 10_000);
  const asked = client.ask(TEMPLATE);
  workers[0].dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message: 'out of memory' }));
  expect(await asked).toMatchObject({ ok: false, errors: [{ code: 'XDS-PAGE-ENGINE' }] });
  expect(await client.ask(TEMPLATE)).toEqual({ ok: true, value: 'text' });
});
