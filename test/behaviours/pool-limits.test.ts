/** Limits hold for each proxy by itself: one size for all refuses those that send much. */
import { expect, test } from 'vitest';
import { errorsWith, mean, newCase, trialsOf, trialsWith } from './case.js';

test('the gateways refuse from the swap on, for good; the sidecars do not', async () => {
  const study = await newCase('pool-limits');
  for (const trial of trialsOf(study, 'simultaneous', 3)) {
    expect(errorsWith({ flag: 'UO', kind: 'gateway' })(trial)).toBeGreaterThan(0.99 * trial.errors);
    expect(trial.errsAtEnd).toBe(true);
    // Some 300 requests/s a gateway, of which 8 connections serve what they can in 32 ms each.
    const gatewaysPerSecond = (1000 * 80) / 130;
    const served = (2 * 8) / 0.0322;
    const refused = trial.errors / (study.horizonMs / 1000);
    expect(refused).toBeGreaterThan(gatewaysPerSecond - served);
    // More than a queue for all would: connections belong to a worker and a pod, and are idle while others are full.
    expect(refused).toBeLessThan(2.2 * (gatewaysPerSecond - served));
  }
});

test('with connections enough, only those fail that come while they are made', async () => {
  const edit = (text: string): string =>
    text.replace('maxConnections: 8', 'maxConnections: 64').replace('PendingRequests: 4', 'PendingRequests: 1');
  const roomy = trialsOf(await newCase('pool-limits', {}, edit), 'simultaneous', 3);
  const tight = await trialsWith('pool-limits', 'simultaneous');
  expect(mean(roomy, ({ errors }) => errors)).toBeLessThan(0.02 * mean(tight, ({ errors }) => errors));
  expect(mean(roomy, ({ errors }) => errors)).toBeGreaterThan(0);
  for (const { buckets } of roomy) {
    for (const { bucket } of buckets) expect(['-', 'UO']).toContain(bucket.flag);
  }
});

test('every proxy closes what it has and makes what it needs, and requests wait for that', async () => {
  for (const { connections } of trialsOf(await newCase('pool-limits'), 'simultaneous', 3)) {
    expect(connections.closedIdle).toBeGreaterThan(500);
    expect(connections.drained).toBeGreaterThan(0);
    expect(connections.cut).toBe(0);
    expect(connections.handshakes).toBeGreaterThan(300);
    // 312 workers' pools for three endpoints, and all proxies swap within a tenth of a second.
    expect(connections.peakHandshakesPerUpstream).toBeGreaterThan(40);
    expect(connections.peakHandshakesPerUpstream).toBeLessThan(connections.handshakes / 3);
    expect(connections.addedP99Ms).toBeGreaterThan(2);
  }
});

test('callers that retry while connections are made anew are refused again, later ones as always', async () => {
  const edit = (text: string): string =>
    text.replace('maxConnections: 8', 'maxConnections: 64').replace('PendingRequests: 4', 'PendingRequests: 1');
  const left = async (delayMs: number): Promise<number> => {
    const settings = {
      'traffic.methods': '{GET: 1}',
      'traffic.callers.retries': 1,
      'traffic.callers.delayMs': delayMs,
      // With one request that waits at a time, pools take half a second to fill.
      'latencies.tcpHandshakeMs': 60,
    };
    const trials = trialsOf(await newCase('pool-limits', settings, edit), 'simultaneous', 4);
    return mean(trials, ({ callers }) => callers.reduce((sum, { expected }) => sum + expected, 0));
  };
  const [soon, later, never] = [await left(15), await left(2_000), await left(60_000)];
  expect(soon).toBeGreaterThan(1.15 * later);
  expect(later).toBeLessThan(1.05 * never);
});
