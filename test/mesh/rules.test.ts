/** Which clusters a change of a DestinationRule concerns (istiod.md 4.4): wildcards, another host, deletion, creation. */
import { expect, test } from 'vitest';
import type { InitialState, PlannedWrite } from '../../packages/sim-core/src/rollout/plan.js';
import { APP, appWith } from './app.js';
import { apply, destinationRule, group, plan, remove, service } from './objects.js';
import { observe, steadyScenario } from './runs.js';
import { orderOf } from './story.js';

const OTHER = 'other.shop.svc.cluster.local';
const THIRD = 'third.bank.svc.cluster.local';

function sentFor(initial: Partial<InitialState>, ...writes: readonly PlannedWrite[]): string[] {
  const services = [APP, OTHER, THIRD].map((host) => service(host));
  const seen = observe(steadyScenario(), plan({ ...initial, services }, [group(0, ...writes)]));
  return orderOf(seen, 'gw-1').flatMap((line) => /^(\S+) sent$/.exec(line)?.slice(1) ?? []);
}

const none = { ...appWith([]), virtualServices: [], destinationRules: [] };

test('a wildcard rule concerns every service that it matches, and no other', () => {
  const rule = destinationRule('*.shop.svc.cluster.local', ['v1']);
  // Of app and other: default and v1 each, and the static cluster; both v1 are new.
  expect(sentFor(none, apply(rule))).toEqual(['CDS+5', 'EDS+2', 'LDS+1', 'RDS+1', 'EDS+2']);
  expect(sentFor(none, apply(destinationRule('*', ['v1'])))[0]).toBe('CDS+7');
});

test('a rule that moves to another host takes its subsets from the one and brings them to the other', () => {
  const before = destinationRule(APP, ['v1', 'v2']);
  const after = { ...before, host: OTHER };
  // Default clusters of both, v1 and v2 of the other, a static one; v1 and v2 of the app go.
  expect(sentFor({ ...none, destinationRules: [before] }, apply(after))).toEqual([
    'CDS+5-2',
    'EDS+4',
    'LDS+1',
    'RDS+1',
    'EDS+2',
  ]);
});

test('what a rule was about before does not count once it has moved', () => {
  const before = destinationRule(APP, ['v1']);
  const moved = { ...before, host: OTHER };
  const changed = { ...moved, trafficPolicy: { connectionPool: {} } };
  const services = [APP, OTHER].map((host) => service(host));
  const seen = observe(
    steadyScenario(),
    plan({ ...none, destinationRules: [before], services }, [group(0, apply(moved)), group(1_000, apply(changed))]),
  );
  const second = orderOf(seen, 'gw-1').filter((line) => line.startsWith('CDS') && line.endsWith('sent'));
  expect(second).toEqual(['CDS+4-1 sent', 'CDS+3 sent']);
});

test('a rule that goes takes its subsets along and leaves the default cluster, changed', () => {
  const rule = destinationRule(APP, ['v1', 'v2']);
  expect(sentFor({ ...none, destinationRules: [rule] }, remove(rule))).toEqual(['CDS+2-2', 'EDS+3', 'LDS+1', 'RDS+1']);
});
