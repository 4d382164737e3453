/** Servers that are strict before their clients speak TLS, and the way around. */
import { expect, test } from 'vitest';
import { errors, errorsWith, mean, trialsWith } from './case.js';

test('in one apply some clients send plaintext to a strict server for a moment', async () => {
  const trials = await trialsWith('mtls-strict', 'simultaneous');
  expect(mean(trials, errors)).toBeGreaterThan(0);
  for (const trial of trials) {
    expect(errorsWith({ flag: 'UC', cause: 'server-expects-tls' })(trial)).toBeGreaterThan(0.99 * trial.errors);
    expect(trial.errsAtEnd).toBe(false);
  }
});

test('a server whose policy changes asks its clients for new connections, and nobody fails of that', async () => {
  const trials = await trialsWith('mtls-permissive-bridge', 'permissive-bridge');
  for (const { connections, errors: failed } of trials) {
    expect(connections.drained).toBeGreaterThan(0);
    expect(connections.handshakes).toBeGreaterThan(0);
    expect(failed).toBe(0);
  }
});

test.each(['mtls-strict', 'mtls-permissive-bridge'])('%s: by way of PERMISSIVE nothing fails', async (name) => {
  expect((await trialsWith(name, 'permissive-bridge')).map(errors)).toEqual(Array(8).fill(0));
});
