/** A database behind TCP routes: whatever the order, the new route cuts what is open, and pods come and go unnoticed. */
import type { TrialResult } from '@xdsim/sim-core';
import { expect, test } from 'vitest';
import { mean, NO_RECONNECTS, newCase, type Settings, trialsOf, trialsWith } from './case.js';

const CASE = 'long-lived-tcp';
const cut = ({ longLived }: TrialResult): number => longLived.tcp.cut;
const drained = ({ longLived }: TrialResult): number => longLived.tcp.drained;
const refused =
  (flag: string) =>
  ({ longLived }: TrialResult) =>
    longLived.refused.reduce((sum, { refusal, expected }) => sum + (refusal.flag === flag ? expected : 0), 0);
const inCase = (settings: Settings, strategy = 'dr-first') => trialsWith(CASE, strategy, settings);

test('one new route cuts nine of ten connections, in every order of writes, and they all come back at once', async () => {
  const study = await newCase(CASE);
  for (const strategy of ['simultaneous', 'vs-first', 'dr-first', 'readiness-gated']) {
    for (const { longLived } of trialsOf(study, strategy, 3)) {
      expect(longLived.tcp.openAtStart).toBeCloseTo(1_000, 6);
      expect(longLived.tcp.cut / 1_000).toBeCloseTo(0.935, 2);
      expect(longLived.handshakes).toBeCloseTo(longLived.tcp.cut, 6);
      // Two endpoints of green take them.
      expect(longLived.peakHandshakesPerUpstream).toBeCloseTo(longLived.tcp.cut / 2, 0);
    }
  }
});

test('weights in steps: what was cut after the first is cut again after the last', async () => {
  expect(mean(await inCase({}, 'weighted'), cut)).toBeCloseTo(2 * mean(await inCase({}), cut), -1);
});

test('a longer drain time lets more of them end by themselves; with none all are cut at once', async () => {
  const [none, usual, long] = [
    await inCase({ 'mesh.drainTimeS': 0 }),
    await inCase({}),
    await inCase({ 'mesh.drainTimeS': 600 }),
  ];
  expect(mean(none, cut)).toBeCloseTo(1_000, 6);
  expect(mean(none, drained)).toBe(0);
  expect(mean(long, cut)).toBeLessThan(0.5 * mean(usual, cut));
  for (const trials of [usual, long]) expect(mean(trials, cut) + mean(trials, drained)).toBeCloseTo(1_000, 6);
});

test('the old subset gone with the new route: whoever comes meanwhile is closed at once, NC', async () => {
  const busy = { 'traffic.tcpConnections.lifetimeMs': 1_000 };
  expect(mean(await inCase(busy, 'simultaneous'), refused('NC'))).toBeGreaterThan(0);
  expect(mean(await inCase(busy, 'dr-first'), refused('NC'))).toBe(0);
  // A route to what is not there yet, for two seconds: a thousand connections a second, at all proxies.
  const early = mean(await inCase(busy, 'vs-first'), refused('NC'));
  expect(early).toBeGreaterThan(1_900);
  expect(early).toBeLessThan(2_100);
});

test('listeners that name a cluster that is not there contradict themselves, though no request is in play', async () => {
  const study = await newCase(CASE, NO_RECONNECTS);
  for (const { inconsistentMs } of trialsOf(study, 'vs-first', 3)) expect(inconsistentMs / 1_000).toBeCloseTo(2, 0);
  for (const { inconsistentMs } of trialsOf(study, 'dr-first', 3)) expect(inconsistentMs).toBeLessThan(200);
});

test('traffic may name the TCP route and its host; anything else is a slip', async () => {
  const warned = async (path: string): Promise<string[]> =>
    (await newCase(CASE, { [path]: 2 })).warnings.flatMap(({ code, message }) =>
      code === 'XDS-TRAFFIC-NAME' ? [message] : [],
    );
  expect(await warned('traffic.hosts["ledger.bank.svc.cluster.local"]')).toEqual([]);
  expect(await warned('traffic.matches["ledger/tcp[0]"]')).toEqual([]);
  expect(await warned('traffic.matches["ledger/tcp[1]"]')).toEqual([
    'traffic.matches names "ledger/tcp[1]", which gets no traffic here (did you mean "ledger/tcp[0]"?)',
  ]);
});

test('a DestinationRule alone cuts nothing, unless the listener has what it says', async () => {
  const withPolicy = (tcp: string) => (text: string) =>
    text.includes('name: green') && text.includes('kind: DestinationRule')
      ? text
          .replaceAll('green', 'blue')
          .replace('  subsets:', `  trafficPolicy:\n    connectionPool:\n      tcp:\n        ${tcp}\n  subsets:`)
      : text;
  const limited = await newCase(CASE, {}, withPolicy('maxConnections: 50'));
  const timed = await newCase(CASE, {}, withPolicy('idleTimeout: 2h'));
  for (const trial of trialsOf(limited, 'simultaneous', 2)) expect(cut(trial)).toBe(0);
  for (const trial of trialsOf(timed, 'simultaneous', 2)) expect(cut(trial)).toBeGreaterThan(900);
});
