/** Invariants 1 and 3 of the model: time, the push queue, and what one xDS stream guarantees. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { msToNs } from '../../packages/sim-core/src/kernel/time.js';
import { TraceKind, type TraceSink } from '../../packages/sim-core/src/trace/events.js';
import { type Observed, observe } from '../mesh/runs.js';
import { RUNS } from './counts.js';
import { type WorldSpec, worldSpec } from './world-specs.js';
import { HORIZON_MS, newWorld } from './worlds.js';

function observed(spec: WorldSpec, sinks: readonly TraceSink[] = []): Observed {
  const { scenario, plan, trial } = newWorld(spec);
  return observe(scenario, plan, { trial, horizonMs: HORIZON_MS, sinks: () => sinks });
}

test('the clock never goes back, and counts whole nanoseconds up to the horizon', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const timesNs: number[] = [];
      observed(spec, [{ emit: (_kind, timeNs) => timesNs.push(timeNs) }]);
      expect(timesNs.filter((timeNs, i) => timeNs < (timesNs[i - 1] ?? 0))).toEqual([]);
      expect(timesNs.filter((timeNs) => !Number.isSafeInteger(timeNs) || timeNs > msToNs(HORIZON_MS))).toEqual([]);
    }),
    RUNS,
  );
});

test('messages of one stream arrive, start and are applied in the order sent, and none is lost', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const { recording, model } = observed(spec);
      const kinds = [
        TraceKind.ResponseSent,
        TraceKind.ResponseReceived,
        TraceKind.ResponseStarted,
        TraceKind.ResponseApplied,
      ];
      for (let p = 0; p < model.proxies.count; p++) {
        const [sent, ...later] = kinds.map((kind) =>
          [...recording].flatMap((event) => (event.kind === kind && event.proxy === p ? [event.a] : [])),
        );
        for (const seen of later) expect(seen).toEqual(sent);
      }
    }),
    RUNS,
  );
});

test('what the main thread decides reaches every worker once, in that order', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const { recording, model } = observed(spec);
      const main = model.proxies.ids.map(() => [] as string[]);
      const workers = model.proxies.ids.map(() => Array.from({ length: spec.mesh.workers }, () => [] as string[]));
      for (const { kind, proxy, a, b, c } of recording) {
        if (kind === TraceKind.ClusterWarm) main[proxy].push(`cluster ${a} ${b}`);
        else if (kind === TraceKind.ClusterRemoved) main[proxy].push(`cluster ${a} 0`);
        else if (kind === TraceKind.RoutesLoaded) main[proxy].push(`routes ${a}`);
        else if (kind === TraceKind.WorkerCluster) workers[proxy][a].push(`cluster ${b} ${c}`);
        else if (kind === TraceKind.WorkerRoutes) workers[proxy][a].push(`routes ${b}`);
      }
      workers.forEach((seen, p) => {
        for (const worker of seen) expect(worker).toEqual(main[p]);
      });
    }),
    RUNS,
  );
});

test('every response is acknowledged once, and Envoy works on one message at a time', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const { recording, model } = observed(spec);
      const working = new Array<number | undefined>(model.proxies.count).fill(undefined);
      const unacknowledged = new Array<number>(model.proxies.count).fill(0);
      for (const { kind, proxy, a } of recording) {
        if (kind === TraceKind.ResponseStarted) {
          expect(working[proxy]).toBeUndefined();
          working[proxy] = a;
        } else if (kind === TraceKind.ResponseApplied) {
          expect(working[proxy]).toBe(a);
          working[proxy] = undefined;
          unacknowledged[proxy]++;
        } else if (kind === TraceKind.AckSent) unacknowledged[proxy]--;
      }
      expect(new Set(unacknowledged)).toEqual(new Set([0]));
    }),
    RUNS,
  );
});

test('no push starts on a connection that is processing one, and its types go out in the order CDS, EDS, LDS, RDS', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const { recording, contents, model } = observed(spec);
      const processing = new Array<number>(model.proxies.count).fill(-1);
      const lastType = new Array<number>(model.proxies.count).fill(-1);
      for (const { kind, proxy, a } of recording) {
        if (kind === TraceKind.PushDequeued) {
          expect(processing[proxy]).toBe(-1);
          processing[proxy] = a;
          lastType[proxy] = -1;
        } else if (kind === TraceKind.PushDone) {
          expect(processing[proxy]).toBe(a);
          processing[proxy] = -1;
        } else if (kind === TraceKind.ResponseSent) {
          const { push, type } = contents.content(a);
          // The answer to a request that was being made when the push came; never in the middle of a push.
          if (push < 0) expect(lastType[proxy] < 0 || processing[proxy] < 0).toBe(true);
          else {
            expect(push).toBe(processing[proxy]);
            expect(type).toBeGreaterThan(lastType[proxy]);
            lastType[proxy] = type;
          }
        }
      }
      expect(new Set(processing)).toEqual(new Set([-1]));
    }),
    RUNS,
  );
});

/** What the push queue of one istiod must hold, worked out from pushes queued and done alone. */
class NaiveQueue {
  /** Waiting connection → when it took its place. */
  readonly waiting = new Map<number, number>();
  readonly serving = new Set<number>();
  newest = -1;
  private readonly again = new Set<number>();
  private place = 0;

  constructor(private readonly members: readonly number[]) {}

  queue(push: number): void {
    this.newest = push;
    this.place++;
    for (const p of this.members) {
      if (this.serving.has(p)) this.again.add(p);
      else if (!this.waiting.has(p)) this.waiting.set(p, this.place);
    }
  }

  dequeue(p: number, push: number): void {
    const place = this.waiting.get(p);
    expect(place).toBe(Math.min(...this.waiting.values()));
    // Whatever was queued while it waited has been merged into one request with the newest push context.
    expect(push).toBe(this.newest);
    this.waiting.delete(p);
    this.serving.add(p);
  }

  done(p: number): void {
    this.serving.delete(p);
    if (this.again.delete(p)) this.waiting.set(p, ++this.place);
  }
}

test('at most L connections are in service, none waits for a free slot, and merged requests keep or lose their place as istiod does', () => {
  fc.assert(
    fc.property(worldSpec, (spec) => {
      const { slots, replicas } = spec.mesh;
      const { recording } = observed(spec);
      const events = [...recording];
      const replicaOf = new Map(events.flatMap(({ kind, a, c }) => (kind === TraceKind.PushStarted ? [[a, c]] : [])));
      const queues = Array.from({ length: replicas }, (_, replica) => {
        const dequeued = events.filter(
          ({ kind, a }) => kind === TraceKind.PushDequeued && replicaOf.get(a) === replica,
        );
        return new NaiveQueue([...new Set(dequeued.map(({ proxy }) => proxy))]);
      });
      events.forEach(({ kind, timeNs, proxy, a, c }, i) => {
        if (kind === TraceKind.PushQueued) queues[c].queue(a);
        if (kind === TraceKind.PushDequeued) queues[replicaOf.get(a) ?? 0].dequeue(proxy, a);
        if (kind === TraceKind.PushDone) queues[replicaOf.get(a) ?? 0].done(proxy);
        const isOver = queues.some(({ serving }) => serving.size > slots);
        // Whether a slot is idle shows when everything of this instant has happened.
        const isLast = events[i + 1]?.timeNs !== timeNs;
        const isIdle = queues.some(({ serving, waiting }) => serving.size < slots && waiting.size > 0);
        if (isOver || (isLast && isIdle))
          expect.fail(`event ${i}: ${isOver ? 'more than L served' : 'a slot is idle'}`);
      });
      for (const { waiting } of queues) expect(waiting.size).toBe(0);
    }),
    RUNS,
  );
});
