/** What one push does to one proxy, from the write to the workers. Each list can be worked out from steadyScenario. */
import { expect, test } from 'vitest';
import { ADD_V2, APP, appWith, DROP_V1, failuresOf, SWITCH } from './app.js';
import { endpoint, endpointWrite, group, plan } from './objects.js';
import { observe, steadyScenario } from './runs.js';
import { orderOf, storyOf } from './story.js';

test('add and switch in one push: the new cluster warms after the routes that use it', () => {
  const seen = observe(steadyScenario(), plan(appWith(['v1']), [group(0, ADD_V2, SWITCH)]));
  expect(storyOf(seen, 'gw-1')).toEqual([
    '0.0 DR written',
    '10.0 VS written',
    '11.0 DR seen',
    '21.5 VS seen',
    '121.5 push 0 started, 2 events',
    '121.9 push 0 begins',
    '122.5 CDS+4 sent',
    '122.6 EDS+11 sent', // of every subscribed cluster, v2 not among them
    '122.7 LDS+1 sent',
    '122.8 RDS+1 sent',
    '122.8 push 0 done',
    '125.0 v2 warming',
    '125.0 CDS+4 applied',
    '126.2 EDS+11 applied',
    '126.4 LDS+1 applied',
    '126.7 routes loaded: after',
    '126.7 RDS+1 applied',
    '126.8 subscribes +1-0', // the main thread has drained what it had received
    '126.9 worker 1 uses the routes',
    '128.0 EDS+1 sent',
    '129.3 v2 warm',
    '129.3 EDS+1 applied',
    '129.5 worker 1 has v2',
    '129.5 worker 1 has 1 endpoints of v2',
  ]);
  expect(failuresOf(seen)).toEqual({ 'NC eds-late': 2.6 });
});

test('switch and drop in one push: the old cluster goes before the routes that use it', () => {
  const seen = observe(steadyScenario(), plan(appWith(['v1', 'v2']), [group(0, SWITCH, DROP_V1)]));
  expect(storyOf(seen, 'gw-1').slice(4)).toEqual([
    '121.0 push 0 started, 2 events',
    '121.4 push 0 begins',
    '122.0 CDS+3-1 sent',
    '122.1 EDS+12 sent', // v1, being removed, among them
    '122.2 LDS+1 sent',
    '122.3 RDS+1 sent',
    '122.3 push 0 done',
    '124.5 v1 removed',
    '124.5 CDS+3-1 applied',
    '124.7 worker 1 lost v1',
    '125.8 EDS+12 applied',
    '126.0 LDS+1 applied',
    '126.3 routes loaded: after',
    '126.3 RDS+1 applied',
    '126.4 subscribes +0-1',
    '126.5 worker 1 uses the routes',
  ]);
  expect(failuresOf(seen)).toEqual({ 'NC rds-late': 1.8 });
});

test('a subset whose labels are on no pod: NC until it is warm, UH from then on', () => {
  const seen = observe(steadyScenario(), plan(appWith(['v1'], ['v1']), [group(0, ADD_V2, SWITCH)]), {
    horizonMs: 1_129.5,
  });
  expect(storyOf(seen, 'gw-1').slice(-5)).toEqual([
    '128.0 EDS+1 sent',
    '129.3 v2 warm',
    '129.3 EDS+1 applied',
    '129.5 worker 1 has v2',
    '129.5 worker 1 has 0 endpoints of v2',
  ]);
  expect(failuresOf(seen)).toEqual({ 'NC eds-late': 2.6, 'UH no-ready-endpoints': 1_000 });
});

test('endpoints alone: EDS of their host and nothing else', () => {
  const pod = endpoint('pod-v1-b', APP, 'v1');
  const seen = observe(steadyScenario(), plan(appWith(['v1']), [group(0, endpointWrite(pod, 'apply'))]));
  expect(storyOf(seen, 'gw-1')).toEqual([
    '0.0 pod-v1-b written',
    '10.0 endpoint pod-v1-b ready',
    '11.0 pod-v1-b seen',
    '111.0 push 0 started, 1 event',
    '111.4 push 0 begins',
    '111.5 EDS+2 sent',
    '111.5 push 0 done',
    '112.9 EDS+2 applied',
    '113.1 worker 1 has 3 endpoints of default',
    '113.1 worker 1 has 2 endpoints of v1',
  ]);
  expect(failuresOf(seen)).toEqual({});
});

test('new endpoints and the switch to them in one push: EDS goes before RDS, nothing fails', () => {
  const pod = endpoint('pod-v2', APP, 'v2');
  const rollout = plan(appWith(['v1', 'v2'], ['v1']), [group(0, endpointWrite(pod, 'apply'), SWITCH)]);
  const seen = observe(steadyScenario(), rollout);
  const order = orderOf(seen, 'gw-1');
  expect(order.filter((line) => line.endsWith('sent'))).toEqual([
    'CDS+1 sent',
    'EDS+12 sent',
    'LDS+1 sent',
    'RDS+1 sent',
  ]);
  expect(order.filter((line) => line.startsWith('worker 1'))).toEqual([
    'worker 1 has 2 endpoints of default',
    'worker 1 has 1 endpoints of v2',
    'worker 1 uses the routes',
  ]);
  expect(failuresOf(seen)).toEqual({});
});

test('the old endpoints gone and the switch away from them in one push: UH until RDS', () => {
  const pod = endpoint('pod-v1', APP, 'v1');
  const seen = observe(steadyScenario(), plan(appWith(['v1', 'v2']), [group(0, endpointWrite(pod, 'delete'), SWITCH)]));
  expect(Object.keys(failuresOf(seen))).toEqual(['UH no-ready-endpoints']);
});

test('a subscription is answered only when the push in progress is done', () => {
  const slowRoutes = steadyScenario({}, { istiod: { rdsUs: 20_000 } });
  const seen = observe(slowRoutes, plan(appWith(['v1']), [group(0, ADD_V2)]));
  expect(storyOf(seen, 'gw-1').slice(4)).toEqual([
    '112.0 CDS+4 sent',
    '112.1 EDS+2 sent',
    '112.2 LDS+1 sent',
    '114.5 v2 warming',
    '114.5 CDS+4 applied',
    '114.8 EDS+2 applied',
    '115.0 LDS+1 applied',
    '115.1 subscribes +1-0',
    '132.2 RDS+1 sent',
    '132.2 push 0 done',
    '132.3 EDS+1 sent',
    '133.6 RDS+1 applied',
    '133.8 v2 warm',
    '133.8 EDS+1 applied',
    '134.0 worker 1 has v2',
    '134.0 worker 1 has 1 endpoints of v2',
  ]);
});
