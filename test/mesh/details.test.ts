/** Single rules that no story above shows. */
import { expect, test } from 'vitest';
import type { ReadinessGate } from '../../packages/sim-core/src/rollout/plan.js';
import { ADD_V2, APP, appWith, SWITCH } from './app.js';
import { apply, destinationRule, endpoint, endpointWrite, group, plan } from './objects.js';
import { observe, steadyScenario } from './runs.js';
import { orderOf, storyOf } from './story.js';

const V2_READY: ReadinessGate = {
  type: 'endpoints-ready',
  subsets: [{ host: APP, labels: { version: 'v2' } }],
  pollMs: 1_000,
  timeoutMs: 5_000,
};

test('a subset beside a trafficPolicy whose fields are in another order swaps nothing', () => {
  const before = destinationRule(APP, ['v1'], { connectionPool: { tcp: { maxConnections: 1 }, http: {} } });
  const after = destinationRule(APP, ['v1', 'v2'], { connectionPool: { http: {}, tcp: { maxConnections: 1 } } });
  const initial = { ...appWith(['v1']), destinationRules: [before] };
  const seen = observe(steadyScenario(), plan(initial, [group(0, apply(after))]));
  expect(orderOf(seen, 'gw-1').filter((line) => line.endsWith('warming'))).toEqual(['v2 warming']);
});

test('the first DestinationRule of a host swaps its default cluster: the rule is named in the metadata', () => {
  const initial = { ...appWith([]), destinationRules: [] };
  const seen = observe(steadyScenario(), plan(initial, [group(0, ADD_V2)]));
  expect(orderOf(seen, 'gw-1').filter((line) => line.endsWith('warming'))).toEqual([
    'default warming',
    'v1 warming',
    'v2 warming',
  ]);
});

test('a gate opens at the first poll after the last endpoint of its subset is ready', () => {
  const late = { target: endpoint('pod-v2', APP, 'v2'), atMs: 1_500 };
  const gated = { ...group(0, SWITCH), gate: V2_READY };
  const seen = observe(steadyScenario(), plan(appWith(['v1', 'v2'], ['v1']), [gated], [late]));
  expect(storyOf(seen, 'gw-1').filter((line) => /written|ready/.test(line))).toEqual([
    '1505.0 endpoint pod-v2 ready',
    '2000.0 VS written',
  ]);
});

test('a gate does not wait for an endpoint that has been deleted', () => {
  const [gone, stays] = ['gone', 'stays'].map((id) => endpoint(id, APP, 'v2'));
  const start = appWith(['v1', 'v2'], ['v1']);
  const initial = { ...start, endpoints: [...(start.endpoints ?? []), gone, stays] };
  const gated = { ...group(500, SWITCH), gate: V2_READY };
  const seen = observe(steadyScenario(), plan(initial, [group(0, endpointWrite(gone, 'delete')), gated]));
  expect(storyOf(seen, 'gw-1').filter((line) => /written/.test(line))).toEqual([
    '0.0 gone written',
    '510.0 VS written',
  ]);
});

test('a gate that is given up ends the rollout', () => {
  const gated = { ...group(0, SWITCH), gate: V2_READY };
  const seen = observe(steadyScenario(), plan(appWith(['v1', 'v2'], ['v1']), [gated, group(0, ADD_V2)]));
  expect(storyOf(seen, 'gw-1')).toEqual([]);
});
