import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProcessorSharing } from '../../packages/sim-core/src/kernel/processor-sharing.js';
import { msToNs, nsToMs, usToNs } from '../../packages/sim-core/src/kernel/time.js';

interface Arrival {
  atNs: number;
  workNs: number;
}

/** Runs the arrivals to the end as an owner would; the log is (job, time of completion). */
function run(cores: number, arrivals: Arrival[]): [number, number][] {
  const cpu = new ProcessorSharing(cores);
  const log: [number, number][] = [];
  let next = 0;
  for (;;) {
    const arrivalNs = next < arrivals.length ? arrivals[next].atNs : Infinity;
    const nowNs = Math.min(arrivalNs, cpu.nextCompletionNs());
    if (nowNs === Infinity) return log;
    while (cpu.complete(nowNs)) log.push([cpu.a, nowNs]);
    if (arrivalNs === nowNs) cpu.add(nowNs, arrivals[next].workNs, 1, next++, 0);
  }
}

/** The definition, in small steps of time: no virtual clock, every job's remaining work by itself. */
function reference(cores: number, arrivals: Arrival[]): number[] {
  const remaining = arrivals.map((arrival) => arrival.workNs);
  const done = arrivals.map(() => -1);
  let nowNs = 0;
  while (done.includes(-1)) {
    const present = remaining.flatMap((_, i) => (done[i] < 0 && arrivals[i].atNs <= nowNs ? [i] : []));
    const rate = Math.min(1, cores / present.length);
    const later = arrivals.map((arrival) => arrival.atNs).filter((t) => t > nowNs);
    const stepNs = Math.min(...later.map((t) => t - nowNs), ...present.map((i) => remaining[i] / rate));
    nowNs += stepNs;
    for (const i of present) {
      remaining[i] -= stepNs * rate;
      if (remaining[i] <= 1e-6) done[i] = nowNs;
    }
  }
  return done;
}

const ARRIVALS = fc
  .array(fc.record({ gapNs: fc.integer({ min: 0, max: 2000 }), workNs: fc.integer({ min: 0, max: 5000 }) }), {
    minLength: 1,
    maxLength: 40,
  })
  .map((gaps) => {
    let atNs = 0;
    return gaps.map(({ gapNs, workNs }) => {
      atNs += gapNs;
      return { atNs, workNs };
    });
  });
const CORES = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.double({ min: 0.1, max: 8, noNaN: true }));

describe('processor sharing', () => {
  it('a job alone takes exactly its work, on any number of cores', () => {
    for (const cores of [1, 2, 16]) expect(run(cores, [{ atNs: 17, workNs: 12_345 }])).toEqual([[0, 12_362]]);
    expect(run(0.5, [{ atNs: 17, workNs: 1000 }])).toEqual([[0, 2017]]);
  });

  it('n equal jobs on c cores take n/c times the work, and end in order of arrival', () => {
    for (const [n, cores] of [
      [6, 2],
      [3, 1],
      [100, 7],
      [2, 4],
    ]) {
      const log = run(
        cores,
        Array.from({ length: n }, () => ({ atNs: 0, workNs: 7000 })),
      );
      const expected = Math.ceil(7000 * Math.max(1, n / cores));
      expect(log).toEqual(Array.from({ length: n }, (_, i) => [i, expected]));
    }
  });

  it('a short job overtakes a long one', () => {
    // 0..100 alone, 100..300 shared until the short job has its 100, then alone again.
    expect(
      run(1, [
        { atNs: 0, workNs: 1000 },
        { atNs: 100, workNs: 100 },
      ]),
    ).toEqual([
      [1, 300],
      [0, 1100],
    ]);
  });

  it('each job ends when it would if its remaining work were counted by itself', () => {
    fc.assert(
      fc.property(CORES, ARRIVALS, (cores, arrivals) => {
        const expected = reference(cores, arrivals);
        const log = run(cores, arrivals);
        expect(log.length).toBe(arrivals.length);
        // The owner is woken at the next whole nanosecond; nobody else is the later for it.
        for (const [job, doneNs] of log) expect(Math.abs(doneNs - expected[job])).toBeLessThanOrEqual(1.05);
      }),
    );
  });

  it('a saturated processor does cores * time of work, an idle one none', () => {
    fc.assert(
      fc.property(CORES, ARRIVALS, (cores, arrivals) => {
        const whole = Math.min(cores, 1); // one job can use no more
        const log = run(
          cores,
          arrivals.map(({ workNs }) => ({ atNs: 0, workNs })),
        );
        const total = arrivals.reduce((sum, arrival) => sum + arrival.workNs, 0);
        const longest = Math.max(...arrivals.map((arrival) => arrival.workNs));
        const endNs = log.at(-1)?.[1] ?? 0;
        expect(endNs + 1).toBeGreaterThanOrEqual(Math.max(total / cores, longest / whole));
        if (cores <= 1) expect(endNs).toBeLessThanOrEqual(total / cores + 1.05);
      }),
    );
  });

  it('a change of capacity takes effect at once; at zero all stand still', () => {
    const cpu = new ProcessorSharing(2);
    cpu.add(0, 1000, 1, 2, 3);
    cpu.add(0, 1000, 4, 5, 6);
    cpu.setCapacity(500, 0);
    expect(cpu.nextCompletionNs()).toBe(Infinity);
    cpu.setCapacity(900, 1);
    expect([cpu.nextCompletionNs(), cpu.active]).toEqual([1900, 2]);
    expect(cpu.complete(1899)).toBe(false);
    expect([cpu.complete(1900), cpu.kind, cpu.a, cpu.b]).toEqual([true, 1, 2, 3]);
    expect([cpu.complete(1900), cpu.kind, cpu.a, cpu.b]).toEqual([true, 4, 5, 6]);
    expect([cpu.complete(1900), cpu.active, cpu.nextCompletionNs()]).toEqual([false, 0, Infinity]);
  });

  it('a completion that was announced happens, after an hour of crowded fractions', () => {
    const cpu = new ProcessorSharing(0.3);
    const hourNs = 3600e9;
    cpu.add(0, 1e18, 0, -1, 0); // keeps the virtual clock from starting again
    let nowNs = hourNs;
    for (let i = 0; i < 5000; i++) {
      cpu.add(nowNs, 1000 + i * 7, 0, i, 0);
      if (i % 3 === 0) nowNs += 1;
      const dueNs = cpu.nextCompletionNs();
      expect(dueNs).toBeGreaterThanOrEqual(nowNs);
      if (i % 2 === 0) continue;
      nowNs = dueNs;
      expect(cpu.complete(nowNs)).toBe(true);
    }
  });

  it('refuses what cannot be', () => {
    const cpu = new ProcessorSharing(1);
    cpu.add(10, 1, 0, 0, 0);
    expect(() => cpu.add(9, 1, 0, 0, 0)).toThrow('before');
    expect(() => cpu.add(10, -1, 0, 0, 0)).toThrow('work');
    expect(() => cpu.setCapacity(10, -1)).toThrow('cores');
  });
});

describe('time', () => {
  it('is whole nanoseconds', () => {
    expect([msToNs(1.5), msToNs(0.0000014), usToNs(2.5), nsToMs(2_500_000)]).toEqual([1_500_000, 1, 2500, 2.5]);
  });
});
