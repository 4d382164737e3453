/** Clusters whose endpoints do not come: for ever as Istio has it, or for `initial_fetch_timeout` (envoy.md 2.4). */
import { expect, test } from 'vitest';
import { errorsWith, mean, newCase, type Settings, trialsOf } from '../behaviours/case.js';

/** Endpoints are rejected by all proxies; the rule comes alone, long before the routes. */
const REJECTED: Settings = {
  'mesh.sidecars': 3,
  'mesh.gateways': 1,
  'mesh.maxConnectionAgeMin': 'never',
  'faults.nacks': '[{proxies: [gw-1, sc-1, sc-2, sc-3], types: [EDS], fromMs: 0, toMs: 80000000}]',
};

const NC = errorsWith({ flag: 'NC' });
const UH = errorsWith({ flag: 'UH' });

async function flags(name: string, settings: Settings): Promise<{ nc: number; uh: number }> {
  const trials = trialsOf(await newCase(name, { ...REJECTED, ...settings }), 'dr-first', 3);
  return { nc: mean(trials, NC), uh: mean(trials, UH) };
}

test('a new cluster that waits for ever is NC; after a timeout it has no endpoints, which is UH', async () => {
  const waiting = await flags('blue-green', {});
  expect(waiting.nc).toBeGreaterThan(1000);
  expect(waiting.uh).toBe(0);
  // Over before the routes come, 2 s later.
  const late = await flags('blue-green', { 'mesh.initialFetchTimeoutMs': 1000 });
  expect(late.nc).toBe(0);
  expect(late.uh / waiting.nc).toBeCloseTo(1, 1);
  // Over 13 s after the routes have come.
  const later = await flags('blue-green', { 'mesh.initialFetchTimeoutMs': 15_000 });
  expect(later.nc).toBeGreaterThan(0);
  expect(later.uh).toBeGreaterThan(later.nc);
});

test('a changed cluster goes on as it was; after a timeout it depends on the version whether it has its endpoints', async () => {
  expect(await flags('first-dr', {})).toEqual({ nc: 0, uh: 0 });
  const timeout = { 'mesh.initialFetchTimeoutMs': 1000 };
  expect(await flags('first-dr', { ...timeout, 'mesh.istio': '1.24' })).toEqual({ nc: 0, uh: 0 });
  expect((await flags('first-dr', { ...timeout, 'mesh.istio': '1.23' })).uh).toBeGreaterThan(1000);
});
