/**
 * Two published traces of real meshes, held against the default preset. Other machines, other versions: the same order of
 * magnitude is all that can be asked.
 */
import { TraceKind as Kind, newMeshRun, type TraceSink, XdsType } from '@xdsim/sim-core';
import { expect, test } from 'vitest';
import { newCase, trialsOf } from './case.js';

const ONE_GATEWAY = { 'mesh.gateways': 1, 'mesh.sidecars': 0 };

test('istio#12678: at one gateway and 20 requests/s about 4 % of the applies fail a request', async () => {
  const settings = { ...ONE_GATEWAY, 'mesh.services': 10, 'traffic.requestsPerSecond': 20 };
  const trials = trialsOf(await newCase('many-gateways', settings), 'simultaneous', 200);
  const failed = trials.reduce((sum, { errors }) => sum + 1 - Math.exp(-errors), 0) / trials.length;
  expect(failed).toBeGreaterThan(0.04 / 3);
  expect(failed).toBeLessThan(0.04 * 3);
});

test('istio#28402: 7 services; debounce 100.18 ms, CDS to RDS 1.1 ms, the first ACK after 8.6 ms', async () => {
  const study = await newCase('many-gateways', { ...ONE_GATEWAY, 'mesh.services': 7 });
  const { model } = study.strategies[0].prepared;
  const debounceMs: number[] = [];
  const pushMs: number[] = [];
  const ackMs: number[] = [];
  for (let trial = 0; trial < 50; trial++) {
    const run = newMeshRun(model, { root: study.root, trial, horizonNs: study.horizonMs * 1e6 });
    const seen = new Map<string, number>();
    const sink: TraceSink = {
      emit(kind, timeNs, _proxy, a) {
        if (kind === Kind.WatchDelivered) seen.set('event', timeNs);
        if (kind === Kind.PushStarted) debounceMs.push((timeNs - (seen.get('event') as number)) / 1e6);
        if (kind === Kind.ResponseSent && run.contents.content(a).type === XdsType.CDS) seen.set('cds', timeNs);
        if (kind === Kind.ResponseSent && run.contents.content(a).type === XdsType.RDS) {
          pushMs.push((timeNs - (seen.get('cds') as number)) / 1e6);
        }
        if (kind === Kind.AckSent && !seen.has('ack')) {
          seen.set('ack', timeNs);
          ackMs.push((timeNs - (seen.get('cds') as number)) / 1e6);
        }
      },
    };
    run.run(sink);
  }
  expect(Math.abs(median(debounceMs) - 100.18)).toBeLessThan(0.2);
  expect(median(pushMs)).toBeGreaterThan(1.1 / 5);
  expect(median(pushMs)).toBeLessThan(1.1 * 5);
  expect(median(ackMs)).toBeGreaterThan(8.6 / 5);
  expect(median(ackMs)).toBeLessThan(8.6 * 5);
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
