/** What istiod makes of endpoints that come and go (istiod.md 7): EDS alone, or the whole service. */
import { expect, test } from 'vitest';
import type { HostEndpoint, InitialState, PlannedWrite } from '../../packages/sim-core/src/rollout/plan.js';
import { APP, appWith } from './app.js';
import { apply, endpoint, endpointWrite, group, plan, serviceEntry } from './objects.js';
import { observe, steadyScenario } from './runs.js';
import { orderOf } from './story.js';

function pushesOf(initial: Partial<InitialState>, ...writes: readonly PlannedWrite[]): string[] {
  const seen = observe(steadyScenario(), plan(initial, [group(0, ...writes)]));
  return orderOf(seen, 'gw-1').filter((line) => /started| sent$/.test(line));
}

function withAccount(target: HostEndpoint, serviceAccount: string): HostEndpoint {
  return { ...target, endpoint: { ...target.endpoint, serviceAccount } };
}

const V2 = endpoint('pod-v2', APP, 'v2');
const WHOLE_SERVICE = ['CDS+4 sent', 'EDS+3 sent', 'LDS+1 sent', 'RDS+1 sent'];

test('a further endpoint is EDS of its service, also the first and the last of a subset', () => {
  const start = appWith(['v1', 'v2'], ['v1']);
  expect(pushesOf(start, endpointWrite(V2, 'apply'))).toEqual(['push 0 started, 1 event', 'EDS+3 sent']);
  expect(pushesOf(appWith(['v1', 'v2']), endpointWrite(V2, 'delete'))).toEqual([
    'push 0 started, 1 event',
    'EDS+3 sent',
  ]);
});

test('the first endpoint that a service ever has is a change of the service, and after the last one none is', () => {
  const none = appWith(['v1', 'v2'], []);
  expect(pushesOf(none, endpointWrite(V2, 'apply'))).toEqual(['push 0 started, 1 event', ...WHOLE_SERVICE]);
  const start = appWith(['v1', 'v2'], ['v2']);
  const pod = start.endpoints?.[0] as HostEndpoint;
  const seen = observe(
    steadyScenario(),
    plan(start, [group(0, endpointWrite(pod, 'delete')), group(500, endpointWrite(pod, 'apply'))]),
  );
  expect(orderOf(seen, 'gw-1').filter((line) => line.endsWith(' sent'))).toEqual(['EDS+3 sent', 'EDS+3 sent']);
});

test('other service accounts are a change of the service: clients check them', () => {
  const start = appWith(['v1', 'v2'], []);
  const old = withAccount(endpoint('pod-v1', APP, 'v1'), 'app');
  const initial = { ...start, endpoints: [old] };
  expect(pushesOf(initial, endpointWrite(withAccount(V2, 'app'), 'apply')).slice(1)).toEqual(['EDS+3 sent']);
  expect(pushesOf(initial, endpointWrite(withAccount(V2, 'app-v2'), 'apply')).slice(1)).toEqual(WHOLE_SERVICE);
});

test('an endpoint that is replaced is one event, and one of a ServiceEntry concerns its endpoints alone', () => {
  const start = appWith(['v1', 'v2']);
  const next = endpoint('pod-v2@1', APP, 'v2');
  const old = start.endpoints?.[1] as HostEndpoint;
  const replaced: PlannedWrite = {
    ...endpointWrite(old, 'delete'),
    endpoints: [{ action: 'apply', target: next }],
  };
  expect(pushesOf(start, replaced)).toEqual(['push 0 started, 1 event', 'EDS+3 sent']);
  const entry = serviceEntry(APP);
  const inline: PlannedWrite = { ...apply(entry), endpoints: [{ action: 'apply', target: next }] };
  expect(pushesOf({ ...start, services: [entry] }, inline)).toEqual(['push 0 started, 1 event', 'EDS+3 sent']);
  // What changes the service changes its endpoints' ports too.
  const other: PlannedWrite = apply(serviceEntry(APP, [80, 81]));
  expect(pushesOf({ ...start, services: [entry] }, other)[0]).toBe('push 0 started, 2 events');
});
