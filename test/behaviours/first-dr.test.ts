/** A first DestinationRule is not nothing, even if it says nothing (measured: `default-cluster-first-dr` and kin). */
import { expect, test } from 'vitest';
import { trialsWith } from './case.js';

test('the default cluster is built anew: nothing fails, and every connection is made anew', async () => {
  for (const { errors, connections } of await trialsWith('first-dr', 'simultaneous')) {
    expect(errors).toBe(0);
    expect(connections.closedIdle).toBeGreaterThan(50);
    expect(connections.handshakes).toBeGreaterThan(50);
    expect(connections.cut).toBe(0);
  }
});
