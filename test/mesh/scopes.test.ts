import { expect, test } from 'vitest';
import { Scopes } from '../../packages/sim-core/src/mesh/istiod/scopes.js';

const SIDECAR = 1;

/** What a proxy does at its turn: goes on, waits, or computes the scope for a push. */
function ask(scopes: Scopes, push: number, p: number): string {
  if (scopes.isReady(push, SIDECAR)) return 'goes on';
  const missing = scopes.wait(SIDECAR, p);
  return missing < 0 ? 'waits' : `computes for ${missing}`;
}

test('the first proxy of a push computes the scope, the others wait for it', () => {
  const scopes = new Scopes(2);
  expect([10, 11].map((p) => ask(scopes, 1, p))).toEqual(['computes for 1', 'waits']);
  expect(scopes.onComputed(1, SIDECAR)).toEqual([10, 11]);
  expect(ask(scopes, 1, 12)).toBe('goes on');
});

test('a push that a later one has overtaken waits for the later scope, and not for ever', () => {
  const scopes = new Scopes(2);
  expect([ask(scopes, 1, 10), ask(scopes, 3, 11)]).toEqual(['computes for 1', 'computes for 3']);
  expect(scopes.onComputed(1, SIDECAR)).toEqual([]);
  expect(scopes.onComputed(3, SIDECAR)).toEqual([10, 11]);
  // An endpoint-only push without debounce starts while the context of an earlier one is still being built.
  const other = new Scopes(2);
  ask(other, 3, 20);
  other.onComputed(3, SIDECAR);
  expect([ask(other, 4, 21), ask(other, 2, 22)]).toEqual(['computes for 4', 'waits']);
  expect(other.onComputed(4, SIDECAR)).toEqual([21, 22]);
});
