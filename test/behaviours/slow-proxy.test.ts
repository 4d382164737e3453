/** The slowest proxy decides how long a gap has to be, and how long a removed subset is missed. */
import { expect, test } from 'vitest';
import { errors, mean, trialsWith } from './case.js';

test('the remove window of a slow proxy is three messages long, and grows with what each is held for', async () => {
  const windows = async (holdMs: number) => {
    const trials = await trialsWith('slow-proxy', 'simultaneous', { 'faults.slowProxies': `{gw-1: ${holdMs}}` });
    return mean(trials, ({ removeMs }) => Math.max(...removeMs));
  };
  const [short, long] = [await windows(100), await windows(300)];
  expect(long).toBeGreaterThan(3 * 300 - 20);
  expect(long - short).toBeGreaterThan(3 * 200 - 60);
  expect(long).toBeLessThan(3 * 300 + 400);
});

test('a gap shorter than the slow proxy needs is not safe, though both writes have their own push', async () => {
  const dropped = async (gapMs: number) =>
    mean(await trialsWith('slow-proxy', 'dr-first', { 'strategies.dr-first.gapMs': gapMs }), errors);
  expect(await dropped(2_000)).toBe(0);
  expect(await dropped(100)).toBeGreaterThan(0);
});
