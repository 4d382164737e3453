/** A new certificate at one port of a gateway: requests do not notice, websockets on that port are cut. */
import type { TrialResult } from '@xdsim/sim-core';
import { expect, test } from 'vitest';
import { mean, newCase, type Settings, trialsOf, trialsWith } from './case.js';
import { newStory } from './story.js';

const CASE = 'listener-drain';
const cut = ({ longLived }: TrialResult): number => longLived.streams.cut;
const inCase = (settings: Settings = {}) => trialsWith(CASE, 'simultaneous', settings);

test('the websockets on that port are cut, those on the other go on, and no request fails', async () => {
  for (const trial of await inCase()) {
    const { openAtStart, drained } = trial.longLived.streams;
    expect(openAtStart).toBeCloseTo(4_000, 6);
    expect(cut(trial) + drained).toBeCloseTo(2_000, 0);
    expect(cut(trial) / 2_000).toBeCloseTo(0.976, 2);
    expect(trial.errors).toBe(0);
  }
});

test('each gateway cuts its own 45 s after its main thread has the listener', async () => {
  const story = newStory(await newCase(CASE), 'simultaneous');
  for (const gateway of ['gw-1', 'gw-2']) {
    const lines = story.of(gateway).filter((line) => line.includes('0.0.0.0'));
    expect(lines).toEqual([`${gateway} drains 0.0.0.0_443`, `${gateway} cuts what is left on 0.0.0.0_443`]);
  }
});

test('a drain time of ten minutes saves one of five: who has been there for long stays for long', async () => {
  expect(mean(await inCase({ 'mesh.drainTimeS': 600 }), cut) / mean(await inCase(), cut)).toBeCloseTo(0.8, 1);
});

test('what else may change in the Gateway: another server is another listener, a name of a port is in the chain', async () => {
  const cutBy = async (edit: (text: string) => string): Promise<number> => {
    const changed = (text: string) => (text.includes('chat-2026') ? edit(text.replace('2026', '2025')) : text);
    return mean(trialsOf(await newCase(CASE, {}, changed), 'simultaneous', 2), cut);
  };
  const server = `
    - port: {number: 9443, name: https-more, protocol: HTTPS}
      hosts: [more.chat.example.com]
      tls: {mode: SIMPLE, credentialName: chat-more}
`;
  expect(await cutBy((text) => text.trimEnd() + server)).toBe(0);
  expect(await cutBy((text) => text.replace('name: https\n', 'name: https-chat\n'))).toBeGreaterThan(1_900);
});
