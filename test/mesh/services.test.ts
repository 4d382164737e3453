/** Services that come, go and change their ports in the course of a rollout (istiod.md 4.3, 5; deltaFromServices in cluster.go). */
import { expect, test } from 'vitest';
import type { InitialState, PlannedWrite } from '../../packages/sim-core/src/rollout/plan.js';
import type { MeshSize } from '../../packages/sim-core/src/scenario/types.js';
import { APP, appWith } from './app.js';
import { apply, endpoint, gateway, group, plan, remove, serviceEntry } from './objects.js';
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

test('a new HTTP port is a listener more at sidecars, and its routes come when they have asked for them', () => {
  const sidecar = { gateways: 0, sidecars: 1 };
  const seen = observe(steadyScenario(sidecar), plan(app(), [group(0, apply(serviceEntry(APP, [80, 81])))]));
  const messages = orderOf(seen, 'sc-1').filter((line) => /sent$|^subscribes/.test(line));
  expect(messages).toEqual([
    'CDS+9 sent',
    'EDS+3 sent',
    'LDS+4 sent', // two virtual ones, 80 and 81
    'RDS+1 sent',
    'subscribes +3-0',
    'subscribes +1-0',
    'EDS+3 sent',
    'RDS+1 sent',
  ]);
});

test('a Gateway gets its servers by LDS, and their routes when it has asked for them; routes of one that goes stay asked for', () => {
  const edge = gateway('edge');
  const servers = [80, 8080].map((port) => ({ port, portName: `http-${port}`, protocol: 'HTTP', hosts: ['*'] }));
  const wider = { ...edge, servers };
  const initial = { ...app(), gateways: [edge] };
  const sent = (start: Partial<InitialState>, ...writes: readonly PlannedWrite[]) =>
    orderOf(seenBy(writes, {}, start), 'gw-1').filter((line) => /sent$|^subscribes/.test(line));
  expect(sent(initial, apply(wider))).toEqual([
    'CDS+13 sent',
    'LDS+2 sent',
    'RDS+1 sent',
    'subscribes +1-0',
    'RDS+1 sent',
  ]);
  expect(sent({ ...initial, gateways: [wider] }, apply(edge))).toEqual(['CDS+13 sent', 'LDS+1-1 sent', 'RDS+2 sent']);
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
