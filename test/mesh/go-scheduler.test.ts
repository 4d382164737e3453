/** Turns of istiod's goroutines, on cores of which each works off 1 ms in 1 ms. */
import { expect, test } from 'vitest';
import { EventQueue } from '../../packages/sim-core/src/kernel/event-queue.js';
import { GoScheduler } from '../../packages/sim-core/src/mesh/istiod/go-scheduler.js';

const MS = 1e6;
const ASKED = 1;

class Machine {
  readonly scheduler: GoScheduler;
  /** `ms goroutine`, when it gets a core. */
  readonly turns: string[] = [];
  readonly ends: string[] = [];
  private readonly queue = new EventQueue();
  private now = 0;

  constructor(
    cores: number,
    private readonly afterwards: (entity: number, machine: Machine) => void = () => {},
  ) {
    const host = {
      run: (_entity: number, workNs: number, kind: number, a: number, b: number): void => {
        this.queue.push(this.now + workNs, 0, kind, a, b);
      },
    };
    this.scheduler = new GoScheduler(0, cores, 10 * MS, host, 0, () => this.now, {
      started: (entity) => this.turns.push(`${this.now / MS} ${entity}`),
      done: (_kind, entity) => {
        this.ends.push(`${this.now / MS} ${entity}`);
        this.afterwards(entity, this);
      },
    });
  }

  ask(entity: number, workMs: number): void {
    this.scheduler.run(entity, workMs * MS, ASKED, entity, 0);
  }

  run(): this {
    while (this.queue.pop()) {
      this.now = this.queue.time;
      this.scheduler.onSlice(this.queue.b);
    }
    return this;
  }
}

/** A goroutine that starts others, and is done. */
function started(cores: number, workMs: Readonly<Record<number, number>>, then?: (entity: number, m: Machine) => void) {
  const machine = new Machine(cores, (entity, m) => {
    if (entity === 0) for (const [other, ms] of Object.entries(workMs)) m.ask(Number(other), ms);
    then?.(entity, m);
  });
  machine.ask(0, 1);
  return machine.run();
}

test('what a goroutine makes ready runs next, before those that wait', () => {
  const { turns } = started(1, { 1: 2, 2: 2, 3: 2 }, (entity, m) => {
    if (entity === 3) m.ask(4, 2);
  });
  // The last one first, as `go` does it; then what that has made ready.
  expect(turns).toEqual(['0 0', '1 3', '3 4', '5 1', '7 2']);
});

test('whoever a slice ends in waits for all that have waited before', () => {
  const { turns, ends } = started(1, { 1: 12, 2: 12 });
  expect(turns).toEqual(['0 0', '1 2', '10 1', '20 2', '23 1']);
  expect(ends).toEqual(['1 0', '23 2', '25 1']);
});

test('goroutines that follow each other share a slice', () => {
  const { turns } = started(1, { 1: 1, 3: 6 }, (entity, m) => {
    if (entity === 3) m.ask(4, 6);
  });
  expect(turns).toEqual(['0 0', '1 3', '7 4', '10 1', '11 4']);
  // Nobody waits: the slice ends, and it goes on.
  const alone = new Machine(1);
  alone.ask(7, 25);
  expect(alone.run().ends).toEqual(['25 7']);
});

test('an idle core takes half of what another has queued', () => {
  const { turns } = started(2, { 1: 4, 2: 4, 3: 4, 4: 4 });
  // The first goes to the idle core at once.
  expect(turns).toEqual(['0 0', '1 1', '1 4', '5 2', '5 3']);
});

test('a timer is looked at before all that waits', () => {
  const machine = new Machine(1, (entity, m) => {
    if (entity === 0) for (const other of [1, 2]) m.ask(other, 2);
  });
  machine.ask(0, 1);
  machine.ask(5, 1);
  machine.ask(-1, 1);
  expect(machine.run().turns).toEqual(['0 0', '1 -1', '2 2', '4 1', '6 5']);
});

test('a process that is gone leaves nothing behind', () => {
  const machine = new Machine(1);
  machine.ask(0, 1);
  machine.ask(1, 1);
  machine.scheduler.clear();
  machine.ask(2, 1);
  expect(machine.run().ends).toEqual(['1 2']);
});
