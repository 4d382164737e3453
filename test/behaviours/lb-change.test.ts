/** Sessions that stick to pods, and another table for them. */
import { expect, test } from 'vitest';
import { newCase, trialsOf } from './case.js';

test('three of four sessions move, and no request fails', async () => {
  for (const trial of trialsOf(await newCase('lb-change'), 'simultaneous', 3)) {
    expect(trial.connections.sessionsMovedShare).toBeGreaterThan(0.7);
    expect(trial.connections.sessionsMovedShare).toBeLessThan(0.8);
    expect(trial.errors).toBe(0);
  }
});

test('any other change swaps the clusters just so, and leaves the sessions where they are', async () => {
  const edit = (text: string): string =>
    text.replace('maglev: {}', 'ringHash: {}\n    connectionPool:\n      tcp:\n        connectTimeout: 2s');
  for (const trial of trialsOf(await newCase('lb-change', {}, edit), 'simultaneous', 3)) {
    expect(trial.connections.sessionsMovedShare).toBe(0);
    expect(trial.connections.closedIdle).toBeGreaterThan(500);
    expect(trial.connections.handshakes).toBeGreaterThan(500);
  }
});

test('another cookie is another key: as many move', async () => {
  const edit = (text: string): string =>
    text.includes('maglev')
      ? text.replace('name: session', 'name: visitor').replace('maglev: {}', 'ringHash: {}')
      : text;
  const [trial] = trialsOf(await newCase('lb-change', {}, edit), 'simultaneous', 1);
  expect(trial.connections.sessionsMovedShare).toBeGreaterThan(0.65);
  expect(trial.connections.sessionsMovedShare).toBeLessThan(0.85);
});

test('who hashes no more has no sessions to lose but those of before', async () => {
  const edit = (text: string): string =>
    text.includes('maglev')
      ? text.replace(/ {4}loadBalancer:\n( {6}.*\n)+/, '    loadBalancer:\n      simple: RANDOM\n')
      : text;
  const [trial] = trialsOf(await newCase('lb-change', {}, edit), 'simultaneous', 1);
  // A request of a session finds its pod one time in four.
  expect(trial.connections.sessionsMovedShare).toBeCloseTo(0.75, 9);
});
