/** Which endpoints istiod's priorities leave a proxy with (istio:pilot/pkg/networking/core/loadbalancer). */
import { expect, test } from 'vitest';
import { LocalitySpread, reached } from '../../packages/sim-core/src/mesh/locality.js';

const NEARNESS = { failover: [], distribute: [] };
const ENDPOINTS = ['eu/a/1', 'eu/a/2', 'eu/b/1', 'us/a/1', 'asia/a/1'];

function reach(locality: string, setting: Partial<typeof NEARNESS> = {}, endpoints = ENDPOINTS): string[] {
  const isReached = reached({ locality, ...NEARNESS, ...setting }, endpoints);
  return endpoints.filter((_, at) => isReached[at]);
}

test.each([
  ['eu/a/1', ['eu/a/1']],
  ['eu/a/3', ['eu/a/1', 'eu/a/2']],
  ['eu/c/1', ['eu/a/1', 'eu/a/2', 'eu/b/1']],
  ['africa/a/1', ENDPOINTS],
])('%s sends to the nearest that there are', (locality, expected) => {
  expect(reach(locality)).toEqual(expected);
});

test('a region takes over for another before all others', () => {
  const failover = [{ from: 'africa', to: 'us' }] as never[];
  expect(reach('africa/a/1', { failover })).toEqual(['us/a/1']);
  expect(reach('eu/a/1', { failover })).toEqual(['eu/a/1']);
  expect(reach('africa/a/1', { failover }, ['eu/a/1', 'asia/a/1'])).toEqual(['eu/a/1', 'asia/a/1']);
});

test('what a distribution does not name gets nothing, and patterns may end early', () => {
  const distribute = [
    { from: 'eu/a/*', to: ['eu/a/*', 'eu/b'] },
    { from: 'us/*', to: ['asia/*'] },
  ] as never[];
  expect(reach('eu/a/7', { distribute })).toEqual(['eu/a/1', 'eu/a/2', 'eu/b/1']);
  expect(reach('us/b/1', { distribute })).toEqual(['asia/a/1']);
  expect(reach('asia/a/1', { distribute })).toEqual(ENDPOINTS);
});

test('a zone alone is in the region that has one of that name', () => {
  expect(reach('eu/a', {}, ['/a', '/b'])).toEqual(['/a']);
  expect(reach('eu/c', {}, ['/a', '/b'])).toEqual(['/a', '/b']);
});

test('pods of a workload spread in proportion', () => {
  const spread = new LocalitySpread({ 'eu/a': 2, 'eu/b': 1, 'eu/c': 0 });
  const placed = Array.from({ length: 6 }, () => spread.next('Deployment/shop/v1'));
  expect(placed.filter((where) => where === 'eu/a')).toHaveLength(4);
  expect(placed.filter((where) => where === 'eu/b')).toHaveLength(2);
  expect(spread.next('Deployment/shop/v2')).toBe('eu/a');
  expect(new LocalitySpread({}).next('x')).toBe('');
});
