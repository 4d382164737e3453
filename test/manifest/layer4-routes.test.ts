import { expect, test } from 'vitest';
import { changesBetween } from '../../packages/sim-core/src/manifest/change-set.js';
import { appliesTo } from '../../packages/sim-core/src/manifest/layer4-match.js';
import { errorsIn, manifests, object } from './support.js';

const ISTIO = 'networking.istio.io/v1';

function routes(spec: Record<string, unknown>): string {
  return object(ISTIO, 'VirtualService', 'db', { spec: { hosts: ['db', '*.example.com'], ...spec } });
}

const to = (subset: string, weight?: number, port?: number) => ({
  destination: { host: 'db', subset, ...(port === undefined ? {} : { port: { number: port } }) },
  weight,
});

test('TCP and TLS routes: names are resolved, what is left out matches everything', () => {
  const [service] = manifests(
    routes({
      gateways: ['edge'],
      tcp: [
        { match: [{ port: 5432, gateways: ['edge'], sourceNamespace: 'web' }], route: [to('v1', undefined, 5432)] },
        { route: [to('v1', 90), to('v2', 10)] },
      ],
      tls: [{ match: [{ sniHosts: ['a.example.com'], destinationSubnets: ['10.0.0.0/8'] }], route: [to('v2')] }],
    }),
  ).virtualServices;
  const [first, second] = service.tcp;
  expect(first.matches).toEqual([
    {
      ...{ sniHosts: [], destinationSubnets: [], port: 5432, gateways: ['shop/edge'], sourceLabels: {} },
      sourceNamespace: 'web',
    },
  ]);
  expect(first.destinations).toMatchObject([
    { host: 'db.shop.svc.cluster.local', subset: 'v1', port: 5432, weight: 100 },
  ]);
  expect(second).toMatchObject({ matches: [], destinations: [{ weight: 90 }, { weight: 10 }] });
  expect(service.tls[0].matches).toMatchObject([
    { sniHosts: ['a.example.com'], destinationSubnets: ['10.0.0.0/8'], gateways: undefined, port: undefined },
  ]);
});

test.each([
  ['no destination', { tcp: [{ match: [{ port: 1 }] }] }, ['XDS-MANIFEST-MISSING spec.tcp[0] sends its connections']],
  ['no match', { tls: [{ match: [], route: [to('v1')] }] }, ['XDS-MANIFEST-MISSING spec.tls[0] has no match']],
  [
    'no server name',
    { tls: [{ match: [{ sniHosts: [] }], route: [to('v1')] }] },
    ['XDS-MANIFEST-MISSING spec.tls[0].match[0].sniHosts is empty'],
  ],
  [
    'a server name of others',
    { tls: [{ match: [{ sniHosts: ['a.example.org', 'b.example.com', '*.example.com'] }], route: [to('v1')] }] },
    ['XDS-MANIFEST-VALUE the server name a.example.org is not within'],
  ],
  [
    'no subnet',
    {
      tcp: [{ match: [{ destinationSubnets: ['10.0.0.0/33', '10.0.0.1', '2001:db8::/32', 'db'] }], route: [to('v1')] }],
    },
    [
      'XDS-MANIFEST-VALUE spec.tcp[0].match[0].destinationSubnets[0] is 10.0.0.0/33',
      'XDS-MANIFEST-VALUE spec.tcp[0].match[0].destinationSubnets[3] is db',
    ],
  ],
  [
    'weights of 0',
    { tcp: [{ route: [to('v1', 0), to('v2', 0)] }] },
    ['XDS-MANIFEST-WEIGHT the weights of spec.tcp[0].route add up to 0'],
  ],
])('refused as by Istio: %s', (_name, spec, expected) => {
  const errors = errorsIn(routes(spec)).map(({ code, message }) => `${code} ${message}`);
  expect(errors).toHaveLength(expected.length);
  errors.forEach((error, at) => {
    expect(error.startsWith(expected[at]), error).toBe(true);
  });
});

test('a change of TCP and TLS routes is told as one of HTTP routes is', () => {
  const before = manifests(
    routes({
      tcp: [
        { match: [{ port: 1 }], route: [to('v1')] },
        { match: [{ port: 2 }], route: [to('v1')] },
      ],
    }),
  );
  const after = manifests(
    routes({
      tcp: [
        { match: [{ port: 1 }], route: [to('v1', 80), to('v2', 20)] },
        { match: [{ port: 2, sourceNamespace: 'a' }], route: [to('v2')] },
      ],
      tls: [{ match: [{ sniHosts: ['db'] }], route: [to('v2')] }],
    }),
  );
  expect(changesBetween(before, after).changes[0].details).toEqual([
    'tls[0] added',
    'tcp[0] weights v1 100 → v1 80 / v2 20',
    'tcp[1] v1 → v2',
    'tcp[1] changed: match[0].sourceNamespace',
  ]);
  expect(changesBetween(after, manifests(object('v1', 'Service', 'x', { spec: {} }))).changes[1].details).toEqual([
    'tls[0] removed',
    'tcp[0] removed',
    'tcp[1] removed',
  ]);
});

test('port, gateway and namespace decide at which listener a match counts; a gateway asks for no source', () => {
  const match = { sniHosts: [], destinationSubnets: [], sourceLabels: {} };
  const sidecar = { port: 1, gateway: 'mesh', namespace: 'shop' };
  const gateway = { port: 1, gateway: 'shop/edge' };
  expect(appliesTo(match, sidecar)).toBe(true);
  expect(appliesTo({ ...match, port: 2 }, sidecar)).toBe(false);
  expect(appliesTo({ ...match, gateways: ['shop/edge'] }, sidecar)).toBe(false);
  expect(appliesTo({ ...match, gateways: ['shop/edge'] }, gateway)).toBe(true);
  expect(appliesTo({ ...match, sourceNamespace: 'web' }, sidecar)).toBe(false);
  expect(appliesTo({ ...match, sourceNamespace: 'web', sourceLabels: { a: 'b' } }, gateway)).toBe(true);
  expect(appliesTo({ ...match, sourceLabels: { a: 'b' } }, sidecar)).toBe(false);
});
