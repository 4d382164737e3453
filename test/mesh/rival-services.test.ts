/** Several VirtualServices for one host. */
import { expect, test } from 'vitest';
import { parseManifests } from '../../packages/sim-core/src/manifest/parse-manifests.js';
import { apply, destinationRule, endpoint, gateway, group, plan, service } from './objects.js';
import { newScenario, observe } from './runs.js';

const HOST = 'app.shop.svc.cluster.local';

/** One route to a subset for each condition; `/` is for everything. */
function routes(name: string, hosts: readonly string[], bySubset: Readonly<Record<string, string>>) {
  const http = Object.entries(bySubset).map(([subset, prefix]) => ({
    match: prefix === '' ? undefined : [{ uri: { prefix } }],
    route: [{ destination: { host: HOST, subset } }],
  }));
  const text = JSON.stringify({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: 'shop' },
    spec: { hosts, gateways: ['edge', 'mesh'], http },
  });
  const read = parseManifests([{ path: `${name}.yaml`, text }]);
  if (!read.ok) throw new Error(read.errors[0].message);
  return read.value.virtualServices[0];
}

test('a VirtualService that is created for a host that has one adds routes at gateways, and nothing on sidecars', () => {
  const first = routes('first', [HOST], { v1: '' });
  const second = routes('second', [HOST], { v2: '/new' });
  const initial = {
    virtualServices: [first],
    destinationRules: [destinationRule(HOST, ['v1'])],
    gateways: [gateway('edge')],
    services: [service(HOST)],
    endpoints: [endpoint('pod-v1', HOST, 'v1')],
  };
  const failuresAt = (mesh: { gateways: number; sidecars: number }): boolean =>
    observe(newScenario({ mesh }), plan(initial, [group(0, apply(second))]), { horizonMs: 1_000 }).totals.buckets.some(
      ({ bucket, expected }) => bucket.flag === 'NC' && expected > 0,
    );
  // v2 is not defined: who routes to it fails.
  expect(failuresAt({ gateways: 1, sidecars: 0 })).toBe(true);
  expect(failuresAt({ gateways: 0, sidecars: 1 })).toBe(false);
});
