/** Services that come, go and change their ports in the course of a rollout (istiod.md 4.3, 5; deltaFromServices in cluster.go). */
import { expect, test } from 'vitest';
import type { InitialState, PlannedWrite } from '../../packages/sim-core/src/rollout/plan.js';
import type { MeshSize } from '../../packages/sim-core/src/scenario/types.js';
import { APP, appWith } from './app.js';
import { apply, endpoint, group, plan, remove, serviceEntry } from './objects.js';
import { expectedOf, observe, steadyScenario } from './runs.js';
import { orderOf } from './story.js';

const NEW = 'new.shop.svc.cluster.local';

function app(): Partial<InitialState> {
  return { ...appWith(['v1', 'v2']), services: [serviceEntry(APP)] };
}

function seenBy(writes: readonly PlannedWrite[], mesh: Partial<MeshSize> = {}, initial = app()) {
  return observe(steadyScenario(mesh), plan(initial, [group(0, ...writes)]), { horizonMs: 2_000 });
}

function messagesOf(writes: readonly PlannedWrite[], mesh: Partial<MeshSize> = {}): string[] {
  return orderOf(seenBy(writes, mesh), 'gw-1').filter((line) => /sent$|^subscribes/.test(line));
}

test('a new service has its cluster with the push, and its endpoints when the proxy has asked for them', () => {
  const pod: PlannedWrite['endpoints'] = [{ action: 'apply', target: endpoint('pod-new', NEW, 'v1') }];
  expect(messagesOf([{ ...apply(serviceEntry(NEW)), endpoints: pod }])).toEqual([
    'CDS+2 sent', // and the static one
    'LDS+1 sent',
    'RDS+1 sent',
    'subscribes +1-0',
    'EDS+1 sent',
  ]);
});

test('a service that goes takes its clusters along: its routes lead nowhere', () => {
  const gone = [remove(serviceEntry(APP))];
  // Default, v1 and v2; up to 1.30 EDS names them as removed too.
  expect(messagesOf(gone)).toEqual(['CDS+1-3 sent', 'EDS+3 sent', 'LDS+1 sent', 'RDS+1 sent', 'subscribes +0-3']);
  expect(messagesOf(gone, { istio: '1.30' })[1]).toBe('EDS+0-3 sent');
  // At 1,000 requests/s, from a bit after the debounce.
  expect(expectedOf(seenBy(gone).totals, 'NC')).toBeCloseTo(2_000 - 115, -1);
});

test('a port more is a cluster more for each subset, and EDS of the new ones comes when they are subscribed to', () => {
  expect(messagesOf([apply(serviceEntry(APP, [80, 81]))])).toEqual([
    'CDS+7 sent',
    'EDS+3 sent',
    'LDS+1 sent',
    'RDS+1 sent',
    'subscribes +3-0',
    'EDS+3 sent',
  ]);
});
