/** The page's side of the engine: asks, waits, and replaces a worker that takes too long. */
import type { UserError } from '@xdsim/sim-core';
import type { Answers, Asked, Question, Told } from './protocol.js';

export type Answered<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly UserError[] };

type Kind = Question['kind'];
type Of<K extends Kind> = Extract<Question, { readonly kind: K }>;

interface Waiting {
  readonly resolve: (answered: Answered<never>) => void;
  readonly partial?: (answer: never) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** undefined while it is not needed; the next question starts it. */
export class EngineClient {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  constructor(
    private readonly newWorker: () => Worker,
    private readonly limitMs: number,
  ) {}

  ask<K extends Kind>(question: Of<K>, partial?: (answer: Answers[K]) => void): Promise<Answered<Answers[K]>> {
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.restart([tooLong(this.limitMs)]), this.limitMs);
      this.waiting.set(id, { resolve, partial, timer } as Waiting);
      this.running().postMessage({ ...question, id } as Asked);
    });
  }

  /** Ends whatever it does; what was asked is answered with these errors. */
  restart(errors: readonly UserError[]): void {
    this.worker?.terminate();
    this.worker = undefined;
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { resolve, timer } of waiting) {
      clearTimeout(timer);
      resolve({ ok: false, errors });
    }
  }

  private running(): Worker {
    if (this.worker !== undefined) return this.worker;
    const worker = this.newWorker();
    worker.addEventListener('message', ({ data }: MessageEvent<Told>) => this.onTold(data));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      if (worker === this.worker) this.restart([stopped(event.message)]);
    });
    this.worker = worker;
    return worker;
  }

  private onTold(told: Told): void {
    const waiting = this.waiting.get(told.id);
    if (waiting === undefined) return;
    if (told.type === 'partial') {
      waiting.partial?.(told.answer as never);
      return;
    }
    this.waiting.delete(told.id);
    clearTimeout(waiting.timer);
    waiting.resolve(
      told.type === 'answer' ? { ok: true, value: told.answer as never } : { ok: false, errors: told.errors },
    );
  }
}

function tooLong(limitMs: number): UserError {
  return {
    code: 'XDS-PAGE-TIME',
    message: `the engine was stopped after ${limitMs / 1000} s`,
    hint: 'Choose a smaller mesh, or run it on the command line, which has no limit.',
  };
}

function stopped(message: string): UserError {
  return {
    code: 'XDS-PAGE-ENGINE',
    message: `the engine has stopped: ${message || 'its script did not load'}`,
    hint: 'Load the page again; if it happens again, the same case on the command line says more.',
  };
}
