/** The state of a small mesh at chosen moments, in a run whose every delay is known. */
import { expect, test } from 'vitest';
import { msToNs } from '../../packages/sim-core/src/kernel/time.js';
import { Presence } from '../../packages/sim-core/src/mesh/mesh-state.js';
import { StateAt } from '../../packages/sim-core/src/mesh/state-at.js';
import { TraceKind, XDS_TYPE_NAMES, XdsType } from '../../packages/sim-core/src/trace/events.js';
import { apply, destinationRule, endpoint, group, plan, remove, service, virtualService } from '../mesh/objects.js';
import { type Observed, observe, steadyScenario } from '../mesh/runs.js';

const INITIAL = {
  services: [service('a')],
  virtualServices: [virtualService('a', { v1: 1 })],
  destinationRules: [destinationRule('a', ['v1'])],
  endpoints: [endpoint('a1', 'a', 'v1'), endpoint('a2', 'a', 'v2'), endpoint('a3', 'a', 'v2', { ready: false })],
};

/** The DestinationRule gains v2: committed at 10 ms, seen at 11 ms, pushed at 111 ms. */
function expansion(): Observed {
  const change = group(0, apply(destinationRule('a', ['v1', 'v2']), 'expanded'));
  return observe(steadyScenario({ sidecars: 1, gateways: 0 }), plan(INITIAL, [change]));
}

function timeOf({ recording }: Observed, kind: TraceKind, a?: number): number {
  const found = [...recording].find((event) => event.kind === kind && (a === undefined || event.a === a));
  if (found === undefined) throw new Error('no such event');
  return found.timeNs;
}

function statesOf({ model, contents, recording }: Observed): StateAt {
  return new StateAt(model, contents, recording);
}

test('before the first commit everything is as it was', () => {
  const run = expansion();
  const state = statesOf(run).seek(0);
  const v2 = run.model.clusters.indexOf('a', 80, 'v2');
  expect([...state.revisions]).toEqual(run.model.objects.map(() => 0));
  expect(state.active[v2]).toBe(0);
  expect([...state.presence]).toEqual([Presence.Ready, Presence.Ready, Presence.NotReady]);
  expect(XDS_TYPE_NAMES.map((_, type) => state.syncStatus(0, type as XdsType))).toEqual(Array(4).fill('SYNCED'));
});

test('the API server has an object once it is committed', () => {
  const run = expansion();
  const rule = run.model.objects.findIndex(({ kind }) => kind === 'DestinationRule');
  const states = statesOf(run);
  expect(states.seek(msToNs(10) - 1).revisions[rule]).toBe(0);
  expect(states.seek(msToNs(10)).revisions[rule]).toBe(1);
  expect(states.seek(msToNs(10)).createdNs[rule]).toBeNaN();
});

test('an object that is deleted and created again is as old as its second creation', () => {
  const rule = destinationRule('a', ['v1']);
  const again = plan(INITIAL, [group(0, remove(rule), apply(destinationRule('a', ['v1', 'v2']), 'again'))]);
  const run = observe(steadyScenario({ sidecars: 1, gateways: 0 }), again);
  const index = run.model.objects.findIndex(({ kind }) => kind === 'DestinationRule');
  const states = statesOf(run);
  const revision = states.seek(msToNs(15)).revisions[index];
  expect(run.model.objects[index].revisions[revision]).toBeUndefined();
  expect(states.seek(msToNs(20)).createdNs[index]).toBe(msToNs(20));
});

test('istiod counts events until it has been quiet, then prepares and queues a push', () => {
  const run = expansion();
  const states = statesOf(run);
  const { istiods } = states.seek(msToNs(50));
  expect([istiods.debouncing[0], istiods.debounceStartNs[0], istiods.preparing[0]]).toEqual([1, msToNs(11), -1]);
  const preparing = states.seek(msToNs(111)).istiods;
  expect([preparing.debouncing[0], preparing.preparing[0], preparing.pushesInProgress(0)]).toEqual([0, 0, 0]);
  const pushing = states.seek(timeOf(run, TraceKind.PushDequeued)).istiods;
  expect([pushing.preparing[0], pushing.queueLength(0), pushing.pushesInProgress(0)]).toEqual([-1, 0, 1]);
});

test('a response is STALE from sending to its ACK, and a cluster may warm while EDS is SYNCED', () => {
  const run = expansion();
  const states = statesOf(run);
  const v2 = run.model.clusters.indexOf('a', 80, 'v2');
  const sent = timeOf(run, TraceKind.ResponseSent);
  expect(states.seek(sent - 1).syncStatus(0, XdsType.CDS)).toBe('SYNCED');
  expect(states.seek(sent).syncStatus(0, XdsType.CDS)).toBe('STALE');
  const warming = states.seek(timeOf(run, TraceKind.ClusterWarming, v2));
  expect([warming.active[v2], warming.warming[v2] > 0, warming.syncStatus(0, XdsType.CDS)]).toEqual([0, true, 'STALE']);
  const warm = states.seek(timeOf(run, TraceKind.ClusterWarm, v2));
  expect([warm.active[v2] > 0, warm.warming[v2]]).toEqual([true, 0]);
  expect(run.model.endpoints.sets.members(warm.endpoints[v2])).toEqual([1]);
  const [worker] = [...warm.workerClusters.subarray(v2, v2 + 1)];
  expect(worker).toBe(0);
  const end = states.seek(msToNs(1000));
  expect([end.workerClusters[v2] === end.active[v2], end.syncStatus(0, XdsType.CDS)]).toEqual([true, 'SYNCED']);
});

test('a rejected type is an ERROR until it is acknowledged again; the others are SYNCED', () => {
  const nacks = [{ proxies: ['sc-1'], types: ['RDS' as const], fromMs: 0, toMs: 1_000 }];
  const calm = steadyScenario({ sidecars: 1, gateways: 0 });
  const scenario = { ...calm, faults: { ...calm.faults, nacks } };
  const writes = [
    group(0, apply(destinationRule('a', ['v1', 'v2']))),
    group(2_000, apply(destinationRule('a', ['v2']))),
  ];
  const states = statesOf(observe(scenario, plan(INITIAL, writes)));
  const at = (ms: number) => XDS_TYPE_NAMES.map((_, type) => states.seek(msToNs(ms)).syncStatus(0, type as XdsType));
  expect(at(1_500)).toEqual(['SYNCED', 'SYNCED', 'SYNCED', 'ERROR']);
  expect(at(5_000)).toEqual(['SYNCED', 'SYNCED', 'SYNCED', 'SYNCED']);
});

test('a lost stream: the proxy is in no list, the dead istiod in no state, and seeking back finds both again', () => {
  const calm = steadyScenario({ sidecars: 1, gateways: 0 });
  const istiodRestarts = [{ replica: 1, atMs: 50, downMs: 2_000 }];
  const scenario = { ...calm, faults: { ...calm.faults, istiodRestarts } };
  const change = group(0, apply(destinationRule('a', ['v1', 'v2'])));
  const states = statesOf(observe(scenario, plan(INITIAL, [change])));
  const at = (ms: number) => {
    const { istiods } = states.seek(msToNs(ms));
    return { isUp: istiods.isUp[0], events: istiods.debouncing[0], replicaOf: istiods.replicaOf[0] };
  };
  expect(at(1_000)).toEqual({ isUp: 0, events: 0, replicaOf: -1 });
  expect(at(49)).toEqual({ isUp: 1, events: 1, replicaOf: 0 });
  expect(at(59_000)).toEqual({ isUp: 1, events: 0, replicaOf: 0 });
  expect(states.seek(msToNs(1_000)).syncStatus(0, XdsType.CDS)).toBe('NOT SENT');
});
