import { expect, test } from 'vitest';
import { TraceKind, XdsType } from '../../packages/sim-core/src/trace/events.js';
import { TrialObserver } from '../../packages/sim-core/src/validation/observe.js';

const MS = 1e6;
const CONTENTS = [
  { type: XdsType.CDS, resources: 4, removed: 1, push: 0 },
  { type: XdsType.RDS, resources: 1, removed: 0, push: 0 },
  { type: XdsType.EDS, resources: 1, removed: 0, push: -1 },
];
const NEW = 2;
const OLD = 1;

test('one proxy of a trial, as the lab would have logged it', () => {
  const observer = new TrialObserver(2, { added: new Set([NEW]), removed: new Set([OLD]) }, (id) => CONTENTS[id]);
  const emit = (kind: TraceKind, ms: number, a = 0, b = 0, c = 0): void => observer.emit(kind, ms * MS, 0, a, b, c);
  observer.emit(TraceKind.PushStarted, 100 * MS, -1, 0, 2, 0);
  emit(TraceKind.ResponseReceived, 101, 0);
  emit(TraceKind.ResponseReceived, 102, 1);
  emit(TraceKind.ClusterRemoved, 103, OLD);
  emit(TraceKind.RoutesLoaded, 105, 7);
  emit(TraceKind.RequestSent, 106, XdsType.EDS, 1, 0);
  emit(TraceKind.AckSent, 106, 1);
  emit(TraceKind.ResponseReceived, 108, 2);
  // Of other clusters, of removals at workers, and of the first of two workers nothing counts.
  emit(TraceKind.WorkerCluster, 104, 0, OLD, 0);
  emit(TraceKind.WorkerCluster, 109, 0, NEW, 5);
  emit(TraceKind.WorkerCluster, 110, 1, NEW, 5);
  emit(TraceKind.WorkerCluster, 111, 0, 0, 5);
  emit(TraceKind.AckSent, 112, 0);

  const [first, second] = observer.finish();
  expect(first).toEqual({
    pushes: 1,
    responses: [
      ['CDS', 4, 1],
      ['RDS', 1, 0],
      ['EDS', 1, 0],
    ],
    sent: [
      ['request', 'EDS', 1, 0],
      ['ack', 'RDS'],
      ['ack', 'CDS'],
    ],
    arrivalMs: { CDS: 101, RDS: 102, EDS: 108 },
    addWindowMs: 5,
    removeWindowMs: 2,
  });
  expect(second).toMatchObject({ pushes: 1, responses: [], sent: [], addWindowMs: undefined });
});
