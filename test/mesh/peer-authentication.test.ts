/** Mutual TLS while it changes: each end learns of it at its own time (envoy.md 7, istiod.md 8.2). */
import { expect, test } from 'vitest';
import type { InitialState, WriteGroup } from '../../packages/sim-core/src/rollout/plan.js';
import { APP } from './app.js';
import {
  apply,
  destinationRule,
  endpoint,
  group,
  peerAuthentication,
  plan,
  service,
  virtualService,
} from './objects.js';
import { expectedOf, observe, steadyScenario } from './runs.js';
import { storyOf } from './story.js';

function mesh(initial: Partial<InitialState>, groups: readonly WriteGroup[], sidecars = 3) {
  const settled = {
    services: [service(APP)],
    virtualServices: [virtualService(APP, { v1: 1 }, { gateways: ['mesh'] })],
    destinationRules: [destinationRule(APP, ['v1'])],
    endpoints: [endpoint('v1-1', APP, 'v1', { hasSidecar: true })],
    ...initial,
  };
  return observe(steadyScenario({ sidecars, gateways: 0, istiodCores: 1 }), plan(settled, groups), {
    horizonMs: 5_000,
  });
}

const PLAINTEXT = destinationRule(APP, ['v1'], { tls: { mode: 'DISABLE' } });
const MUTUAL = destinationRule(APP, ['v1'], { tls: { mode: 'ISTIO_MUTUAL' } });

test('the sidecar before the endpoint takes mutual TLS only, when its LDS has reached its worker', () => {
  const seen = mesh({}, [group(0, apply(peerAuthentication('STRICT')))]);
  expect(storyOf(seen, 'sc-1').filter((line) => !/done|written|seen/.test(line))).toMatchInlineSnapshot(`
    [
      "111.0 push 0 started, 1 event",
      "111.4 push 0 begins",
      "113.6 CDS+5 sent",
      "113.7 EDS+2 sent",
      "113.8 LDS+3 sent",
      "115.3 CDS+5 applied",
      "115.6 EDS+2 applied",
      "116.0 virtualInbound drains",
      "116.0 LDS+3 applied",
      "116.2 endpoint v1-1 takes mutual-tls",
    ]
  `);
  // Clients with auto mTLS have been sending it all along.
  expect(seen.totals.errors).toBe(0);
});

test('clients that a rule holds to plaintext are cut by a strict server, and it is not retried', () => {
  const seen = mesh({ destinationRules: [PLAINTEXT] }, [group(0, apply(peerAuthentication('STRICT')))]);
  const causes = seen.totals.buckets.filter(({ bucket }) => bucket.flag === 'UC');
  expect(causes.map(({ bucket }) => bucket.cause)).toEqual(['server-expects-tls']);
  expect(seen.totals.errsAtEnd).toBe(true);
});

test('TLS to a server that takes plaintext only is a connection that fails', () => {
  const initial = { peerAuthentications: [peerAuthentication('DISABLE')], destinationRules: [PLAINTEXT] };
  const seen = mesh(initial, [group(0, apply(MUTUAL))]);
  expect(expectedOf(seen.totals, 'UF')).toBeGreaterThan(0);
  expect(expectedOf(seen.totals, 'UC')).toBe(0);
  expect(seen.totals.errsAtEnd).toBe(true);
});

test('server first: the window lasts from the first server that is strict to the last client that speaks TLS', () => {
  const strictThenMutual = [group(0, apply(peerAuthentication('STRICT'))), group(500, apply(MUTUAL))];
  const seen = mesh({ destinationRules: [PLAINTEXT] }, strictThenMutual);
  expect(seen.totals.failingNs / 1e6).toBeGreaterThan(500);
  expect(seen.totals.failingNs / 1e6).toBeLessThan(530);
  expect(seen.totals.errsAtEnd).toBe(false);
});

test('clients first, then the server: none fails, for PERMISSIVE takes both', () => {
  const seen = mesh({ destinationRules: [PLAINTEXT] }, [
    group(0, apply(MUTUAL)),
    group(500, apply(peerAuthentication('STRICT'))),
  ]);
  expect(seen.totals.errors).toBe(0);
});

test('auto mTLS follows a server that is told to take plaintext only, each end at its own time', () => {
  const seen = mesh({}, [group(0, apply(peerAuthentication('DISABLE')))], 60);
  // One core pushes to one proxy after another: clients that come after the server start TLS that it no longer takes.
  expect(expectedOf(seen.totals, 'UF')).toBeGreaterThan(0);
  expect(expectedOf(seen.totals, 'UC')).toBe(0);
  expect(seen.totals.errsAtEnd).toBe(false);
});

test('a policy for some workloads leaves the others as they are', () => {
  const initial = {
    destinationRules: [PLAINTEXT],
    endpoints: [
      endpoint('v1-1', APP, 'v1', { hasSidecar: true }),
      endpoint('v1-2', APP, 'v1', { hasSidecar: true }),
      endpoint('v2-1', APP, 'v2', { hasSidecar: true }),
    ],
  };
  const strict = peerAuthentication('STRICT', { selector: { version: 'v2' } });
  expect(mesh(initial, [group(0, apply(strict))]).totals.errors).toBe(0);
  const other = peerAuthentication('STRICT', { selector: { version: 'v1' } });
  expect(mesh(initial, [group(0, apply(other))]).totals.errors).toBeGreaterThan(0);
});

test('an endpoint without a sidecar takes what clients have been sending, whatever is said of its namespace', () => {
  const initial = { destinationRules: [PLAINTEXT], endpoints: [endpoint('v1-1', APP, 'v1')] };
  expect(mesh(initial, [group(0, apply(peerAuthentication('STRICT')))]).totals.errors).toBe(0);
});
