/** Readers that say which kinds of events they look at are told of those alone. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TraceKind, type TraceSink } from '../../packages/sim-core/src/trace/events.js';
import { FanOut } from '../../packages/sim-core/src/trace/fan-out.js';

test('each reader is told of its kinds, in the order of the readers', () => {
  const told: string[] = [];
  const reader = (name: string, kinds?: readonly TraceKind[]): TraceSink => ({
    watches: kinds,
    emit: (kind, timeNs, proxy, a, b, c) => told.push([name, kind, timeNs, proxy, a, b, c].join(' ')),
  });
  const all = new FanOut([reader('routes', [TraceKind.WorkerRoutes]), reader('all'), reader('none', [])]);
  all.emit(TraceKind.WorkerRoutes, 7, 1, 2, 3, 4);
  all.emit(TraceKind.PodGone, 8, 5, 6, 7, 8);
  expect(told).toEqual(['routes 23 7 1 2 3 4', 'all 23 7 1 2 3 4', 'all 36 8 5 6 7 8']);
});

const READERS = [
  'traffic/cluster-windows.ts',
  'traffic/convergence.ts',
  'traffic/exposure.ts',
  'traffic/long-lived/long-lived.ts',
  'traffic/sampled/sampled-trace.ts',
];

test.each(READERS)('%s says all kinds that it handles, and no others', (path) => {
  const source = readFileSync(`packages/sim-core/src/${path}`, 'utf8');
  const names = (pattern: RegExp): string[] => [...source.matchAll(pattern)].map(([, name]) => name).sort();
  const listed = /watches = \[([^\]]+)\]|const WATCHES = \[([^\]]+)\]/.exec(source)?.[0] ?? '';
  const said = [...listed.matchAll(/TraceKind\.(\w+)/g)].map(([, name]) => name).sort();
  expect(said).toEqual(names(/case TraceKind\.(\w+)/g));
});
