/** What changes a listener and what does not, and how the filter chains that it replaces drain. */
import { expect, test } from 'vitest';
import type { DestinationRule, GatewayServer } from '../../packages/sim-core/src/manifest/types.js';
import type { InitialState, PlannedWrite } from '../../packages/sim-core/src/rollout/plan.js';
import {
  apply,
  changed,
  destinationRule,
  endpoint,
  gateway,
  group,
  HTTP_SERVER,
  layer4Service,
  peerAuthentication,
  plan,
  remove,
  service,
  virtualService,
  type Weights,
} from './objects.js';
import { type Observed, observe, steadyScenario } from './runs.js';
import { orderOf, storyOf } from './story.js';

const DB = 'db.shop.svc.cluster.local';
const WEB = 'web.shop.svc.cluster.local';
const TCP_SERVER: GatewayServer = { port: 5432, portName: 'tcp', protocol: 'TCP', hosts: ['*'] };
const EDGE = gateway('edge', { app: 'edge' }, [HTTP_SERVER, TCP_SERVER]);

/** TCP to the database through the gateway, and HTTP to the web on another port of it. */
const INITIAL: Partial<InitialState> = {
  gateways: [EDGE],
  services: [service(DB, [5432], 'TCP'), service(WEB)],
  destinationRules: [destinationRule(DB, ['v1', 'v2']), destinationRule(WEB, ['v1', 'v2'])],
  virtualServices: [toDb({ v1: 1 }), toWeb({ v1: 1 })],
  endpoints: [endpoint('db-1', DB, 'v1'), endpoint('db-2', DB, 'v2'), endpoint('web-1', WEB, 'v1')],
};

function toDb(weights: Weights) {
  return layer4Service(DB, weights, { hosts: ['*'], gateways: ['shop/edge'] });
}

function toWeb(weights: Weights) {
  return virtualService(WEB, weights, { gateways: ['shop/edge'] });
}

function after(...writes: readonly PlannedWrite[]): Observed {
  return observe(steadyScenario(), plan(INITIAL, [group(0, ...writes)]));
}

/** What listeners go through at the gateway, without times. */
function listenerLines(seen: Observed, proxy = 'gw-1'): string[] {
  return orderOf(seen, proxy).filter((line) => /listeners|drain|LDS.*applied/.test(line));
}

const DRAINED = ['listeners loaded', '0.0.0.0_5432 drains', 'LDS+2 applied'];
const IN_FORCE = ['worker 1 uses the listeners', '0.0.0.0_5432 drained'];

test('a TCP route moves: LDS replaces the filter chain, which drains for the drain time and is then cut', () => {
  const seen = after(apply(toDb({ v2: 1 })));
  expect(storyOf(seen, 'gw-1')).toEqual([
    '0.0 VS written',
    '11.5 VS seen',
    '111.5 push 0 started, 1 event',
    '111.9 push 0 begins',
    '112.5 CDS+1 sent',
    '112.6 LDS+2 sent',
    '112.7 RDS+1 sent',
    '112.7 push 0 done',
    '113.8 CDS+1 applied',
    '114.1 listeners loaded',
    '114.1 0.0.0.0_5432 drains',
    '114.1 LDS+2 applied',
    '114.3 worker 1 uses the listeners',
    '114.4 RDS+1 applied',
    '45114.1 0.0.0.0_5432 drained',
  ]);
});

const OTHER = (trafficPolicy: DestinationRule['trafficPolicy']) =>
  apply(destinationRule(DB, ['v1', 'v2'], trafficPolicy));

test.each<[what: string, write: PlannedWrite]>([
  ['weights of a TCP route', apply(toDb({ v1: 9, v2: 1 }))],
  ['idleTimeout of a TCP connection', OTHER({ connectionPool: { tcp: { idleTimeout: '60s' } } })],
  ['maxConnectionDuration', OTHER({ connectionPool: { tcp: { maxConnectionDuration: '1h' } } })],
  ['a tunnel', OTHER({ tunnel: { targetHost: 'x', targetPort: 443 } })],
  ['a hash of the source address', OTHER({ loadBalancer: { consistentHash: { useSourceIp: true } } })],
])('changes a listener: %s', (_what, write) => {
  expect(listenerLines(after(write))).toEqual([...DRAINED, ...IN_FORCE]);
});

test.each<[what: string, write: PlannedWrite]>([
  ['an HTTP route', apply(toWeb({ v2: 1 }))],
  ['a policy of the cluster', OTHER({ connectionPool: { tcp: { maxConnections: 5 } } })],
  [
    'idleTimeout of a subset, which the TCP proxy does not read',
    ofSubset({ connectionPool: { tcp: { idleTimeout: '60s' } } }),
  ],
  ['another subset', apply(destinationRule(DB, ['v1', 'v2', 'v3']))],
  [
    'hosts of a plain HTTP server: they are in the routes',
    apply(withServers([{ ...HTTP_SERVER, hosts: ['a.b'] }, TCP_SERVER])),
  ],
])('changes no listener: %s', (_what, write) => {
  expect(listenerLines(after(write)).filter((line) => /drain/.test(line))).toEqual([]);
});

function ofSubset(trafficPolicy: DestinationRule['trafficPolicy']): PlannedWrite {
  const rule = destinationRule(DB, ['v1', 'v2']);
  const subsets = rule.subsets.map((subset) => ({ ...subset, trafficPolicy }));
  return apply({ ...rule, subsets });
}

function withServers(servers: readonly GatewayServer[]) {
  return gateway('edge', { app: 'edge' }, servers);
}

test('a port that is added drains nothing, one that goes takes its connections along', () => {
  const more = withServers([HTTP_SERVER, TCP_SERVER, { ...TCP_SERVER, port: 5433 }]);
  expect(listenerLines(after(apply(more)))).toEqual([
    'listeners loaded',
    'LDS+3 applied',
    'worker 1 uses the listeners',
  ]);
  expect(listenerLines(after(apply(withServers([HTTP_SERVER]))))).toEqual([
    'listeners loaded',
    '0.0.0.0_5432 drains',
    'LDS+1-1 applied',
    ...IN_FORCE,
  ]);
  // Without a route the server has no filter chain, and a listener without one is left out.
  expect(listenerLines(after(remove(toDb({ v1: 1 })))).slice(0, 3)).toEqual([
    'listeners loaded',
    '0.0.0.0_5432 drains',
    'LDS+1-1 applied',
  ]);
});

test('each HTTPS server has a chain of its own: a new certificate drains its connections and no others', () => {
  const https = (port: number, credentialName: string): GatewayServer => ({
    ...{ port, portName: `https-${port}`, protocol: 'HTTPS', hosts: [`a${port}.example.com`] },
    tls: { mode: 'SIMPLE', credentialName },
  });
  const initial = { ...INITIAL, gateways: [withServers([https(443, 'old'), https(8443, 'old')])] };
  const writes = group(0, apply(withServers([https(443, 'new'), https(8443, 'old')])));
  const seen = observe(steadyScenario(), plan(initial, [writes]));
  expect(listenerLines(seen)[1]).toBe('0.0.0.0_443 drains');
});

test('TLS passed through: a chain for each set of server names; the one whose route moves drains', () => {
  const passthrough: GatewayServer = {
    ...{ port: 443, portName: 'tls', protocol: 'TLS', hosts: ['*'] },
    tls: { mode: 'PASSTHROUGH' },
  };
  const route = (name: string, weights: Weights) => {
    const own = layer4Service(DB, weights, { hosts: [name], gateways: ['shop/edge'], match: { sniHosts: [name] } });
    return { ...own, meta: { ...own.meta, key: `VirtualService/shop/${name}`, name } };
  };
  const initial = {
    ...INITIAL,
    gateways: [withServers([passthrough])],
    virtualServices: [route('a.example.com', { v1: 1 }), route('b.example.com', { v1: 1 })],
  };
  const seen = observe(steadyScenario(), plan(initial, [group(0, apply(route('b.example.com', { v2: 1 })))]));
  const { listenerTables } = seen.model.snapshots;
  const [from, to] = [seen.model.firstSnapshot.listeners[0], seen.model.lastSnapshot.listeners[0]];
  const gone = new Set(listenerTables.replaced(from, to));
  const chains = listenerTables.get(from).listeners.flatMap((listener) => listener.chains);
  expect(chains.filter(({ id }) => gone.has(id)).map(({ match }) => match.serverNames)).toEqual([['b.example.com']]);
  expect(listenerLines(seen)).toContain('0.0.0.0_443 drains');
});

test('a sidecar has a listener per TCP service: routes for the mesh and a new port change it', () => {
  const mesh = { ...INITIAL, gateways: [], virtualServices: [layer4Service(DB, { v1: 1 }, {})] };
  const scenario = steadyScenario({ sidecars: 1, gateways: 0 });
  const run = (write: PlannedWrite) => observe(scenario, plan(mesh, [group(0, write)]));
  const moved = run(apply(layer4Service(DB, { v2: 1 }, {})));
  // Two virtual listeners, HTTP on port 80, and that of the database.
  expect(listenerLines(moved, 'sc-1')).toEqual([
    'listeners loaded',
    `${DB}_5432 drains`,
    'LDS+4 applied',
    'worker 1 uses the listeners',
    `${DB}_5432 drained`,
  ]);
  // Without the VirtualService connections go to the service as a whole.
  expect(listenerLines(run(remove(layer4Service(DB, { v1: 1 }, {}))), 'sc-1')[1]).toBe(`${DB}_5432 drains`);
  const elsewhere = layer4Service(DB, { v1: 1 }, { match: { port: 5433 } });
  expect(listenerLines(run(apply(elsewhere)), 'sc-1')[1]).toBe(`${DB}_5432 drains`);
  const ported = changed(service(DB, [5432, 5433], 'TCP'), {});
  expect(listenerLines(run(apply(ported)), 'sc-1')).toEqual([
    'listeners loaded',
    'LDS+5 applied',
    'worker 1 uses the listeners',
  ]);
});

test('routes for subnets stand before those for the service, each in a chain of its own', () => {
  const subnet = layer4Service(DB, { v2: 1 }, { match: { destinationSubnets: ['10.1.0.0/16'] } });
  const initial = { ...INITIAL, gateways: [], virtualServices: [subnet] };
  const { model } = observe(
    steadyScenario({ sidecars: 1, gateways: 0 }),
    plan(initial, [group(0, apply(destinationRule(DB, ['v1', 'v2', 'v3'])))]),
  );
  const table = model.snapshots.listenerTables.get(model.firstSnapshot.listeners.at(-1) as number);
  const listener = table.listeners.find(({ port }) => port === 5432);
  const seen = listener?.chains.map(({ match, tcp }) => [
    match.subnets,
    tcp?.rule,
    tcp?.destinations.map((d) => d.subset),
  ]);
  expect(seen).toEqual([
    [['10.1.0.0/16'], `${DB}/tcp[0]`, ['v2']],
    [[], 'default route', ['']],
  ]);
});

test('a PeerAuthentication replaces the inbound chains of the sidecars that stand before endpoints', () => {
  const initial = {
    ...INITIAL,
    gateways: [],
    virtualServices: [],
    endpoints: [endpoint('db-1', DB, 'v1', { hasSidecar: true })],
  };
  const scenario = steadyScenario({ sidecars: 2, gateways: 0 });
  const seen = observe(scenario, plan(initial, [group(0, apply(peerAuthentication('STRICT')))]));
  expect(orderOf(seen, 'sc-1').filter((line) => /drain|takes/.test(line))).toEqual([
    'virtualInbound drains',
    'endpoint db-1 takes mutual-tls',
    'virtualInbound drained',
  ]);
  expect(orderOf(seen, 'sc-2').filter((line) => /drain/.test(line))).toEqual([]);
});

test('two changes within the drain time: each set of chains is cut at its own time, also where the old route comes back', () => {
  const rollout = plan(INITIAL, [group(0, apply(toDb({ v2: 1 }))), group(10_000, apply(toDb({ v1: 1 })))]);
  const lines = storyOf(observe(steadyScenario(), rollout), 'gw-1').filter((line) => /drain/.test(line));
  expect(lines).toEqual([
    '114.1 0.0.0.0_5432 drains',
    '10124.1 0.0.0.0_5432 drains',
    '45114.1 0.0.0.0_5432 drained',
    '55124.1 0.0.0.0_5432 drained',
  ]);
  const shorter = { ...steadyScenario(), mesh: { ...steadyScenario().mesh, drainTimeS: 2 } };
  const short = storyOf(observe(shorter, rollout), 'gw-1').filter((line) => /drained/.test(line));
  expect(short.map((line) => Number(line.split(' ')[0]))).toEqual([2114.1, 12124.1]);
});
