/** What two pushes do to one proxy, in the right order, in the wrong one, and where the right one is undone. */
import { expect, test } from 'vitest';
import { ADD_V2, APP, appWith, failuresOf, SWITCH } from './app.js';
import { apply, destinationRule, group, plan } from './objects.js';
import { type Observed, observe, steadyScenario } from './runs.js';
import { orderOf, storyOf } from './story.js';

const ROUTES_PUSH = ['CDS+1 sent', 'LDS+1 sent', 'RDS+1 sent'];
const RULE_PUSH = ['CDS+4 sent', 'EDS+2 sent', 'LDS+1 sent', 'RDS+1 sent'];

/** Responses and requests on the wire, and what the worker has, in order. */
function wireAndWorker(seen: Observed, proxy: string): string[] {
  return orderOf(seen, proxy).filter((line) => /sent$|^worker|^subscribes/.test(line));
}

test('VS first: the routes name a cluster that no push has brought yet', () => {
  const seen = observe(steadyScenario(), plan(appWith(['v1']), [group(0, SWITCH), group(290, ADD_V2)]));
  expect(storyOf(seen, 'gw-1')).toEqual([
    '0.0 VS written',
    '11.5 VS seen',
    '111.5 push 0 started, 1 event',
    '111.9 push 0 begins',
    '112.5 CDS+1 sent', // the static cluster
    '112.6 LDS+1 sent',
    '112.7 RDS+1 sent',
    '112.7 push 0 done',
    '113.8 CDS+1 applied',
    '114.0 LDS+1 applied',
    '114.3 routes loaded: after',
    '114.3 RDS+1 applied',
    '114.5 worker 1 uses the routes',
    '300.0 DR written',
    '311.0 DR seen',
    '411.0 push 1 started, 1 event',
    '411.4 push 1 begins',
    '412.0 CDS+4 sent',
    '412.1 EDS+2 sent', // the default cluster and v1, affected and subscribed
    '412.2 LDS+1 sent',
    '412.3 RDS+1 sent',
    '412.3 push 1 done',
    '414.5 v2 warming',
    '414.5 CDS+4 applied',
    '414.8 EDS+2 applied',
    '415.0 LDS+1 applied',
    '415.3 RDS+1 applied',
    '415.4 subscribes +1-0',
    '416.6 EDS+1 sent',
    '417.9 v2 warm',
    '417.9 EDS+1 applied',
    '418.1 worker 1 has v2',
    '418.1 worker 1 has 1 endpoints of v2',
  ]);
  // The gap of the writes, then the time that the new cluster takes to warm.
  expect(failuresOf(seen)).toEqual({ 'NC cds-late': 300, 'NC eds-late': 3.6 });
});

test('DR first, with time for the EDS round trip: nothing fails', () => {
  const seen = observe(steadyScenario(), plan(appWith(['v1']), [group(0, ADD_V2), group(290, SWITCH)]));
  expect(wireAndWorker(seen, 'gw-1')).toEqual([
    ...RULE_PUSH,
    'subscribes +1-0',
    'EDS+1 sent',
    'worker 1 has v2',
    'worker 1 has 1 endpoints of v2',
    ...ROUTES_PUSH,
    'worker 1 uses the routes',
  ]);
  expect(failuresOf(seen)).toEqual({});
});

test('DR first, but the switch is pushed while the subscription is on its way: routes before endpoints', () => {
  const farAway = steadyScenario({}, { latencies: { xdsOneWayMs: 80 } });
  const seen = observe(farAway, plan(appWith(['v1']), [group(0, ADD_V2), group(140, SWITCH)]));
  expect(wireAndWorker(seen, 'gw-1')).toEqual([
    ...RULE_PUSH,
    'subscribes +1-0',
    ...ROUTES_PUSH,
    'EDS+1 sent',
    'worker 1 uses the routes',
    'worker 1 has v2',
    'worker 1 has 1 endpoints of v2',
  ]);
  expect(failuresOf(seen)).toEqual({ 'NC eds-late': 11.6 });
});

test('the safe order undone by merging: a proxy still queued for the DR gets both as one push (istiod.md 11.2)', () => {
  const oneSlot = steadyScenario({ gateways: 2, pushThrottle: 1 }, { istiod: { proxyStateUs: 200_000 } });
  const seen = observe(oneSlot, plan(appWith(['v1']), [group(0, ADD_V2), group(140, SWITCH)]));
  // Its turn came at once: the switch, queued meanwhile, is a push of its own, at the tail.
  const served = storyOf(seen, 'gw-2');
  expect(served.filter((line) => line.includes('begins'))).toEqual(['111.4 push 0 begins', '512.2 push 1 begins']);
  expect(wireAndWorker(seen, 'gw-2')).toEqual([
    ...RULE_PUSH,
    'subscribes +1-0',
    'EDS+1 sent',
    'worker 1 has v2',
    'worker 1 has 1 endpoints of v2',
    ...ROUTES_PUSH,
    'worker 1 uses the routes',
  ]);
  // Its turn comes after the second push has been queued.
  const waited = storyOf(seen, 'gw-1');
  expect(waited.filter((line) => line.includes('begins'))).toEqual(['311.8 push 1 begins']);
  expect(wireAndWorker(seen, 'gw-1')).toEqual([
    'CDS+4 sent',
    'EDS+11 sent',
    'LDS+1 sent',
    'RDS+1 sent',
    'subscribes +1-0',
    'worker 1 uses the routes',
    'EDS+1 sent',
    'worker 1 has v2',
    'worker 1 has 1 endpoints of v2',
  ]);
  expect(failuresOf(seen)).toEqual({ 'NC eds-late': 1.3 });
});

test('a push whose turn comes while a request is being answered waits for the answer', () => {
  const slowEndpoints = steadyScenario({}, { istiod: { edsUs: 100_000 } });
  const seen = observe(slowEndpoints, plan(appWith(['v1']), [group(0, ADD_V2), group(120, SWITCH)]));
  const ofIstiod = storyOf(seen, 'gw-1').filter((line) => /sent$|begins$|done$|^subscribes/.test(line));
  expect(ofIstiod).toEqual([
    '111.4 push 0 begins',
    '112.0 CDS+4 sent',
    '212.0 EDS+2 sent',
    '212.1 LDS+1 sent',
    '212.2 RDS+1 sent',
    '212.2 push 0 done', // and the subscription, which has come meanwhile, is read
    '241.9 push 1 begins',
    '312.2 EDS+1 sent',
    '312.8 CDS+1 sent',
    '312.9 LDS+1 sent',
    '313.0 RDS+1 sent',
    '313.0 push 1 done',
  ]);
});

test('a new cluster that changes while it warms: one subscription, and the newest content serves', () => {
  const changed = apply(destinationRule(APP, ['v1', 'v2'], { connectionPool: {} }));
  const farAway = steadyScenario({}, { latencies: { xdsOneWayMs: 120 } });
  const seen = observe(farAway, plan(appWith(['v1']), [group(0, ADD_V2), group(120, changed)]));
  expect(orderOf(seen, 'gw-1').filter((line) => /v2|^subscribes|^CDS.*applied/.test(line))).toEqual([
    'v2 warming',
    'CDS+4 applied',
    'subscribes +1-0',
    'v2 warming',
    'CDS+4 applied', // its EDS is of what istiod knew to be subscribed when it made it
    'v2 warm',
    'worker 1 has v2',
    'worker 1 has 1 endpoints of v2',
  ]);
});
