import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TraceKind } from '../../packages/sim-core/src/trace/events.js';
import { type RecordedEvent, Recording } from '../../packages/sim-core/src/trace/recording.js';

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const event = fc.record({
  kind: fc.constantFrom(...Object.values(TraceKind)),
  timeNs: fc.integer({ min: 0, max: 2 ** 48 }),
  proxy: fc.integer({ min: -1, max: 100_000 }),
  a: int32,
  b: int32,
  c: int32,
});

function recordingOf(events: readonly RecordedEvent[]): Recording {
  const recording = new Recording();
  for (const { kind, timeNs, proxy, a, b, c } of events) recording.emit(kind, timeNs, proxy, a, b, c);
  return recording;
}

test('what was recorded comes back, by index, by iteration and by replay', () => {
  fc.assert(
    fc.property(fc.array(event), (drawn) => {
      const events = drawn.sort((x, y) => x.timeNs - y.timeNs);
      const recording = recordingOf(events);
      const again = new Recording();
      recording.replay(again);
      expect(recording.length).toBe(events.length);
      expect([...recording]).toEqual(events);
      expect([...again]).toEqual(events);
      expect(events.map((_, i) => recording.at(i))).toEqual(events);
    }),
  );
});

test('a recording grows past its first capacity', () => {
  const recording = new Recording();
  for (let i = 0; i < 5000; i++) recording.emit(TraceKind.AckSent, i, i, i + 1, i + 2, i + 3);
  expect(recording.at(4999)).toEqual({ kind: TraceKind.AckSent, timeNs: 4999, proxy: 4999, a: 5000, b: 5001, c: 5002 });
  expect(recording.at(0)).toEqual({ kind: TraceKind.AckSent, timeNs: 0, proxy: 0, a: 1, b: 2, c: 3 });
});

test('seek finds the first event after a moment', () => {
  const recording = recordingOf(
    [10, 20, 20, 30].map((timeNs) => ({ kind: TraceKind.AckSent, timeNs, proxy: 0, a: 0, b: 0, c: 0 })),
  );
  expect([9, 10, 19, 20, 29, 30, 31].map((timeNs) => recording.seek(timeNs))).toEqual([0, 1, 1, 3, 3, 4, 4]);
  expect(new Recording().seek(5)).toBe(0);
});

test('a trace that runs backwards is a defect', () => {
  const recording = recordingOf([{ kind: TraceKind.AckSent, timeNs: 5, proxy: 0, a: 0, b: 0, c: 0 }]);
  expect(() => recording.emit(TraceKind.AckSent, 4, 0, 0, 0, 0)).toThrow(/backwards/);
});

test('there is no event outside a recording', () => {
  expect(() => new Recording().at(0)).toThrow(/no event 0/);
});
