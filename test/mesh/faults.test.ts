/** What breaks beside the rollout (istiod.md 1.11, 2, 3.5, 11.5): churn, lost streams, dead istiods, cut and slow links, NACKs. */
import { expect, test } from 'vitest';
import type { MeshSize, Scenario } from '../../packages/sim-core/src/scenario/types.js';
import { TraceKind } from '../../packages/sim-core/src/trace/events.js';
import { ADD_V2, appWith, failuresOf, SWITCH } from './app.js';
import { group, groupAt, plan } from './objects.js';
import { type Observed, type ObserveOptions, observe, steadyScenario } from './runs.js';
import { orderOf, storyOf } from './story.js';

interface Disturbed {
  readonly mesh?: Partial<MeshSize>;
  readonly faults?: Partial<Scenario['faults']>;
  readonly churn?: Partial<Scenario['churn']>;
}

function disturbed({ mesh, faults, churn }: Disturbed, groups = [group(0, ADD_V2, SWITCH)], options?: ObserveOptions) {
  const calm = steadyScenario(mesh);
  const scenario: Scenario = {
    ...calm,
    faults: { ...calm.faults, ...faults },
    churn: { ...calm.churn, ...churn },
  };
  return observe(scenario, plan(appWith(['v1']), groups), options);
}

function timesOf({ recording }: Observed, kind: TraceKind): number[] {
  return [...recording].flatMap((event) => (event.kind === kind ? [event.timeNs / 1e6] : []));
}

test('churn that leaves no quiet holds a change until the maximum, which is looked at only when a timer fires', () => {
  const firsts = Array.from({ length: 12 }, (_, trial) => {
    const seen = disturbed({ churn: { endpointEventsPerSecond: 1_000 } }, undefined, { trial });
    expect(orderOf(seen, 'gw-1')).toContain('routes loaded: after');
    return timesOf(seen, TraceKind.PushStarted)[0];
  });
  // The batch that is open at the first write is somewhere in its 10 s, and ends at most a quiet period later.
  expect(Math.max(...firsts)).toBeLessThanOrEqual(10_100);
  expect(Math.max(...firsts)).toBeGreaterThan(7_000);
  expect(Math.min(...firsts)).toBeLessThan(3_000);
});

test('calm churn changes what a push holds, not what fails: its endpoints make the EDS of a route change full', () => {
  const seen = disturbed({ churn: { endpointEventsPerSecond: 8 } }, [group(0, SWITCH)]);
  const push = orderOf(seen, 'gw-1').filter((line) => line.startsWith('EDS'));
  expect(push.every((line) => /^EDS\+(1|11) /.test(line))).toBe(true);
});

test('churn ends when the rollout has settled: it costs nothing after that', () => {
  const seen = disturbed({ churn: { configEventsPerSecond: 3 } }, undefined, { horizonMs: 60_000 });
  expect(timesOf(seen, TraceKind.UnrelatedEvent).length).toBeGreaterThan(3);
  expect(timesOf(seen, TraceKind.UnrelatedEvent).at(-1)).toBeLessThan(10_000);
});

test('istiod dies while a change waits: proxies serve what they have, and get everything on the new stream', () => {
  const seen = disturbed({ faults: { istiodRestarts: [{ replica: 1, atMs: 60, downMs: 1_000 }] } });
  expect(orderOf(seen, 'gw-1')).toEqual([
    'DR written',
    'VS written',
    'DR seen',
    'VS seen',
    'istiod-1 dies',
    'stream to istiod-1 lost',
    'istiod-1 is back',
    'stream to istiod-1',
    'CDS+13 sent', // default, v1, v2 of the app, nine other services, a static one
    'EDS+11 sent', // what the proxy has: v2 comes when it asks
    'LDS+1 sent',
    'RDS+1 sent',
    'v2 warming',
    'CDS+13 applied',
    'EDS+11 applied',
    'LDS+1 applied',
    'routes loaded: after',
    'RDS+1 applied',
    'subscribes +1-0',
    'worker 1 uses the routes',
    'EDS+1 sent',
    'v2 warm',
    'EDS+1 applied',
    'worker 1 has v2',
    'worker 1 has 1 endpoints of v2',
  ]);
  expect(timesOf(seen, TraceKind.IstiodUp)).toEqual([1_060]);
});

test('with a second istiod nobody waits for the first to come back', () => {
  const seen = disturbed({
    mesh: { gateways: 8, istiodReplicas: 2 },
    faults: { istiodRestarts: [{ replica: 1, atMs: 60, downMs: 100_000 }] },
  });
  const lost = timesOf(seen, TraceKind.StreamClosed).length;
  expect(lost).toBeGreaterThan(0);
  const opened = [...seen.recording].filter(({ kind, timeNs }) => kind === TraceKind.StreamOpened && timeNs > 0);
  expect(opened.map(({ a }) => a)).toEqual(new Array(lost).fill(1));
  // The first attempt is within 500 ms, and the other istiod takes 35 streams a second.
  expect(Math.max(...opened.map(({ timeNs }) => timeNs / 1e6))).toBeLessThan(60 + 500 + 8 * 29 + 2);
  expect(timesOf(seen, TraceKind.RoutesLoaded)).toHaveLength(8);
});

test('a stream that is lost at any moment of a push: what the proxy still works off is told on the next one', () => {
  for (let atMs = 113; atMs < 130; atMs += 0.1) {
    const seen = disturbed({ faults: { istiodRestarts: [{ replica: 1, atMs, downMs: 1_000 }] } });
    const story = orderOf(seen, 'gw-1');
    const told = [...seen.recording].filter(
      ({ kind, timeNs }) =>
        (kind === TraceKind.AckSent || kind === TraceKind.RequestSent) &&
        timeNs > atMs * 1e6 &&
        timeNs < (timesOf(seen, TraceKind.StreamOpened)[0] ?? 0) * 1e6,
    );
    expect(told).toEqual([]);
    expect(story).toContain('worker 1 uses the routes');
    expect(story).toContain('worker 1 has v2');
  }
});

test('a connection ends at its age and is opened anew without a failure', () => {
  const seen = disturbed({ mesh: { maxConnectionAgeMin: 0.2 } }, [groupAt(60_000, ADD_V2), group(2_000, SWITCH)], {
    horizonMs: 100_000,
  });
  const closed = timesOf(seen, TraceKind.StreamClosed);
  // 12 s ± 10 %, and 10 s of grace.
  expect(closed.length).toBeGreaterThanOrEqual(2);
  const lives = closed.slice(1).map((at, i) => at - timesOf(seen, TraceKind.StreamOpened)[i]);
  for (const life of lives) {
    expect(life).toBeGreaterThan(20_700);
    expect(life).toBeLessThan(23_300);
  }
  expect(failuresOf(seen)).toEqual({});
});

test('a cut link: short, and the messages come late; longer than the keepalive, and the stream is lost', () => {
  const short = disturbed({ faults: { partitions: [{ proxies: ['gw-1'], fromMs: 100, toMs: 5_000 }] } });
  expect(storyOf(short, 'gw-1').find((line) => line.endsWith('v2 warming'))).toBe('5002.5 v2 warming');
  expect(timesOf(short, TraceKind.StreamClosed)).toEqual([]);
  const long = disturbed({ faults: { partitions: [{ proxies: ['gw-1'], fromMs: 100, toMs: 55_000 }] } }, undefined, {
    horizonMs: 120_000,
  });
  expect(timesOf(long, TraceKind.StreamClosed)).toEqual([40_100]);
  expect(timesOf(long, TraceKind.StreamOpened)[0]).toBeGreaterThan(55_000);
  expect(orderOf(long, 'gw-1')).toContain('routes loaded: after');
});

test('a stream that breaks loses what is under way on it, and the next one brings it', () => {
  const calm = disturbed({});
  const sentMs = timesOf(calm, TraceKind.ResponseSent)[3];
  const receivedMs = timesOf(calm, TraceKind.ResponseReceived)[3];
  const atMs = (sentMs + receivedMs) / 2;
  const seen = disturbed({ faults: { streamResets: [{ proxies: ['gw-1'], atMs }] } });
  expect(timesOf(seen, TraceKind.StreamClosed)).toEqual([Math.round(atMs * 1e6) / 1e6]);
  // Until then the run is the calm one.
  const before = (one: Observed) => [...one.recording].filter(({ timeNs }) => timeNs < atMs * 1e6);
  expect(before(seen)).toEqual(before(calm));
  const [openedMs] = timesOf(seen, TraceKind.StreamOpened);
  expect(timesOf(seen, TraceKind.ResponseReceived).filter((ms) => ms > atMs && ms < openedMs)).toEqual([]);
  expect(openedMs - atMs).toBeLessThan(500 + 2);
  const [loadedMs] = timesOf(seen, TraceKind.RoutesLoaded);
  expect(loadedMs).toBeGreaterThan(openedMs);
  expect(orderOf(seen, 'gw-1')).toContain('worker 1 has v2');
});

test('a stream breaks as often as it is told to, and a proxy without one has none to lose', () => {
  const streamResets = [50, 50.5, 2_000].map((atMs) => ({ proxies: ['gw-1'], atMs }));
  const seen = disturbed({ faults: { streamResets } });
  const closed = timesOf(seen, TraceKind.StreamClosed);
  expect(closed[0]).toBe(50);
  expect(closed.at(-1)).toBe(2_000);
  expect(timesOf(seen, TraceKind.StreamOpened)).toHaveLength(closed.length);
});

test('a rejected type keeps what it has; the others go on, and so do later pushes', () => {
  const nacks = [{ proxies: ['gw-1'], types: ['RDS' as const], fromMs: 0, toMs: 1_000 }];
  const seen = disturbed({ faults: { nacks } }, [group(0, ADD_V2, SWITCH), group(2_000, SWITCH)]);
  expect(orderOf(seen, 'gw-1')).toContain('RDS+1 rejected');
  expect(orderOf(seen, 'gw-1')).not.toContain('routes loaded: after');
  expect(failuresOf(seen)).toEqual({});
  const again = disturbed({ faults: { nacks } }, [group(0, ADD_V2, SWITCH), group(2_000, ADD_V2)]);
  expect(orderOf(again, 'gw-1')).not.toContain('routes loaded: after');
});

test('a slow link holds each message; a full window holds the sender, and with it a slot', () => {
  const slow = (services: number) =>
    disturbed({ mesh: { services, gateways: 2, pushThrottle: 1 }, faults: { slowProxies: { 'gw-1': 300 } } }, [
      group(0, ADD_V2, SWITCH),
      group(200, ADD_V2),
    ]);
  const small = storyOf(slow(10), 'gw-1');
  // CDS, EDS, LDS, RDS, one after the other.
  expect(small.filter((line) => line.includes('applied')).slice(0, 4)).toEqual([
    expect.stringMatching(/^425\.\d CDS/),
    expect.stringMatching(/^725\.\d EDS/),
    expect.stringMatching(/^10\d\d\.\d LDS/),
    expect.stringMatching(/^13\d\d\.\d RDS/),
  ]);
  const doneAt = (seen: Observed) => Math.max(...timesOf(seen, TraceKind.PushDone));
  // 321 bytes a cluster: four thousand of them do not fit into 1 MiB, and LDS waits until EDS has been taken.
  expect(doneAt(slow(10))).toBeLessThan(200);
  expect(doneAt(slow(4_000))).toBeGreaterThan(700);
});
