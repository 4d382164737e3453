/** Connections through a gateway that outlive a change: what the gateway is sent, and when each of them ends. */
import { expect, test } from 'vitest';
import { PRESETS } from '../../packages/sim-core/src/scenario/presets.js';
import type { Cell } from '../../packages/sim-core/src/validation/cell.js';
import { compareTcp } from '../../packages/sim-core/src/validation/compare-tcp.js';
import { readLab } from '../../packages/sim-core/src/validation/lab-folder.js';
import { editedCell, unwrap } from './support.js';

const MOVED = 'other/tcp-route-moved';

type Edit = (text: string) => string;

function comparedCell(file: string, edit: Edit, name = MOVED) {
  const [cell] = unwrap(readLab(editedCell(name, file, edit))).cells;
  return unwrap(compareTcp(cell as Extract<Cell, { kind: 'tcp' }>, PRESETS.lab, 'seed'));
}

/** Messages of the gateway and what becomes of its 5 connections, when the cell writes something else. */
function simulated(edit: Edit): { readonly messages: string[]; readonly ends: number; readonly atS: string } {
  const { shape, figures } = comparedCell('cell.yaml', edit);
  const sequences = shape.responses.simulated.map(({ sequence }) =>
    sequence.map(([type, resources, removed]) => `${type}:${resources}/-${removed}`).join(' '),
  );
  const [ends, first, last] = figures.map((figure) => figure.simulated);
  const inSeconds = (ms: number | null): string => (ms === null ? 'never' : `${(ms / 1000).toFixed(1)} s`);
  expect(inSeconds(first)).toBe(inSeconds(last));
  return { messages: sequences, ends: ends ?? 0, atS: inSeconds(first) };
}

const writing = (write: string): Edit => {
  return (text) => text.replace(/writes:[\s\S]*$/, `writes:\n  - atMs: 0\n    ${write.trim()}\n`);
};

const applied = (kind: string, name: string, namespace: string, spec: object): Edit => {
  const object = { apiVersion: 'networking.istio.io/v1', kind, metadata: { name, namespace }, spec };
  return writing(`apply: ${JSON.stringify(object)}`);
};

const routed = (...destinations: readonly (readonly [subset: string, weight: number])[]): Edit => {
  const route = destinations.map(([subset, weight]) => ({
    destination: { host: 'tcp.lab.internal', subset, port: { number: 9100 } },
    weight,
  }));
  const spec = { hosts: ['*'], gateways: ['istio-system/tcp-1'], tcp: [{ match: [{ port: 8090 }], route }] };
  return applied('VirtualService', 'tcp', 'lab', spec);
};

const served = (...ports: readonly number[]): Edit =>
  applied('Gateway', 'tcp-1', 'istio-system', {
    selector: { 'lab-gw': '1' },
    servers: ports.map((number) => ({
      port: { number, name: `p${number}`, protocol: number === 8090 ? 'TCP' : 'HTTP' },
      bind: '127.0.1.1',
      hosts: ['*'],
    })),
  });

const ruled = (trafficPolicy: object): Edit =>
  applied('DestinationRule', 'tcp', 'lab', {
    host: 'tcp.lab.internal',
    trafficPolicy,
    subsets: ['blue', 'green'].map((version) => ({ name: version, labels: { version } })),
  });

test('a route that moves: all connections end together when the drain time of the mesh is over', () => {
  const messages = ['CDS:1/-0 LDS:2/-0 RDS:1/-0'];
  expect(simulated((text) => text)).toEqual({ messages, ends: 5, atS: '45.1 s' });
  expect(simulated((text) => text.replace('drainTimeS: 45', 'drainTimeS: 10'))).toMatchObject({
    ends: 5,
    atS: '10.1 s',
  });
  const twice: Edit = (text) => text.replace('watchedMs: 52000', 'watchedMs: 30000');
  expect(simulated(twice), 'watched for less than it takes').toMatchObject({ ends: 0, atS: 'never' });
  expect(simulated(routed(['blue', 30], ['green', 70]))).toEqual({ messages, ends: 5, atS: '45.1 s' });
  expect(simulated(routed(['red', 100])), 'a subset that is not there').toEqual({ messages, ends: 5, atS: '45.1 s' });
});

test('the same route written again changes no listener', () => {
  expect(simulated(routed(['blue', 100]))).toMatchObject({ ends: 0 });
});

test('a listener that goes drains as one that changes', () => {
  const deletion = (kind: string, name: string, namespace: string): Edit =>
    writing(`delete: ${JSON.stringify({ kind, metadata: { name, namespace } })}`);
  const gone = simulated(deletion('VirtualService', 'tcp', 'lab'));
  expect(gone).toEqual({ messages: ['CDS:1/-0 LDS:1/-1 RDS:1/-0'], ends: 5, atS: '45.1 s' });
  expect(simulated(deletion('Gateway', 'tcp-1', 'istio-system'))).toMatchObject({ ends: 5, atS: '45.1 s' });
});

test('a server more is a listener more and leaves the others alone; one on another port takes their place', () => {
  const more = simulated(served(8090, 8092));
  expect(more.messages.map((sequence) => sequence.match(/LDS:\S+/)?.[0])).toEqual(['LDS:3/-0']);
  expect(more.ends).toBe(0);
  const moved = simulated(served(8092));
  expect(moved.messages.map((sequence) => sequence.match(/LDS:\S+/)?.[0])).toEqual(['LDS:2/-1']);
  expect(moved).toMatchObject({ ends: 5, atS: '45.1 s' });
});

test('policies of clusters end nothing, those that stand in listeners end everything', () => {
  expect(simulated(ruled({ connectionPool: { tcp: { maxConnections: 1 } } }))).toMatchObject({ ends: 0 });
  expect(simulated(ruled({ loadBalancer: { simple: 'RANDOM' } }))).toMatchObject({ ends: 0 });
  expect(simulated(ruled({ connectionPool: { tcp: { idleTimeout: '600s' } } }))).toMatchObject({
    ends: 5,
    atS: '45.1 s',
  });
});

test('an endpoint that goes ends nothing: EDS tells of it, and the server is there', () => {
  const spec = {
    hosts: ['tcp.lab.internal'],
    location: 'MESH_INTERNAL',
    resolution: 'STATIC',
    ports: [{ number: 9100, name: 'tcp', protocol: 'TCP' }],
    endpoints: [{ address: '127.0.3.1', labels: { version: 'green' }, ports: { tcp: 9100 } }],
  };
  const { messages, ends } = simulated(applied('ServiceEntry', 'tcp', 'lab', spec));
  expect({ messages, ends }).toEqual({ messages: ['EDS:3/-0'], ends: 0 });
});

test('a measurement that does not fit is found out', () => {
  const failing = (file: string, edit: Edit, name?: string) =>
    comparedCell(file, edit, name).figures.flatMap((figure) => (figure.holds ? [] : [figure.name]));
  expect(failing('measured.ndjson', (text) => text)).toEqual([]);
  expect(failing('measured.ndjson', (text) => text.replaceAll('4510', '4530'))).toEqual([
    'first ends at',
    'last ends at',
  ]);
  const early: Edit = (text) => text.replace('[45106', '[45000');
  expect(failing('measured.ndjson', early)).toContain('from first to last');
  const lasting: Edit = (text) => text.replace('45106', 'null');
  expect(failing('measured.ndjson', lasting)).toEqual(['connections that end']);
  const cut: Edit = (text) => text.replace('null', '45106');
  expect(failing('measured.ndjson', cut, 'other/tcp-policy-changed')).toContain('connections that end');
  const other = comparedCell('measured.ndjson', (text) => text.replace('LDS:2', 'LDS:1'));
  expect(other.shape.match).toBe(false);
});
