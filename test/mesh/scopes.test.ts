import { expect, test } from 'vitest';
import { Scopes } from '../../packages/sim-core/src/mesh/istiod/scopes.js';

const SIDECAR = 1;

test('the first proxy of a push computes the scope, the others wait for it', () => {
  const scopes = new Scopes(2);
  const computed: number[] = [];
  const compute = (push: number): void => {
    computed.push(push);
  };
  expect([10, 11].map((p) => scopes.isReady(1, SIDECAR, p, compute))).toEqual([false, false]);
  expect(computed).toEqual([1]);
  expect(scopes.onComputed(1, SIDECAR)).toEqual([10, 11]);
  expect(scopes.isReady(1, SIDECAR, 12, compute)).toBe(true);
});

test('a push that a later one has overtaken waits for the later scope, and not for ever', () => {
  const scopes = new Scopes(2);
  const computed: number[] = [];
  const compute = (push: number): void => {
    computed.push(push);
  };
  scopes.isReady(1, SIDECAR, 10, compute);
  scopes.isReady(3, SIDECAR, 11, compute);
  expect(scopes.onComputed(1, SIDECAR)).toEqual([]);
  expect(scopes.onComputed(3, SIDECAR)).toEqual([10, 11]);
  // An endpoint-only push without debounce starts while the context of an earlier one is still being built.
  const other = new Scopes(2);
  other.isReady(3, SIDECAR, 20, compute);
  other.onComputed(3, SIDECAR);
  other.isReady(4, SIDECAR, 21, compute);
  expect(other.isReady(2, SIDECAR, 22, compute)).toBe(false);
  expect(computed.at(-1)).toBe(4);
  expect(other.onComputed(4, SIDECAR)).toEqual([21, 22]);
});
