import { expect, test } from 'vitest';
import type { SourceFile } from '../../packages/sim-core/src/manifest/types.js';
import type { CellComparison } from '../../packages/sim-core/src/validation/compare-cell.js';
import { readLab } from '../../packages/sim-core/src/validation/lab-folder.js';
import { reasonsAgainst, VALIDATION_SEED, validateCell } from '../../packages/sim-core/src/validation/validate.js';
import { labFiles, unwrap } from './support.js';

type Edit = (text: string) => string;

function compared(files: readonly SourceFile[]): CellComparison[] {
  return unwrap(readLab(files)).cells.map((cell) => unwrap(validateCell(cell, 1, VALIDATION_SEED)));
}

/** A cell with some of its files changed, under a name that says nothing. */
function edited(name: string, edits: Readonly<Record<string, Edit>>): CellComparison {
  const files = labFiles(name).map(({ path, text }) => {
    const [group, , file] = path.split('/').slice(-3);
    return { path: `lab/${group}/x/${file}`, text: (edits[file] ?? ((same) => same))(text) };
  });
  return compared(files)[0];
}

const measuredAs = (name: string, edit: Edit): CellComparison => edited(name, { 'measured.ndjson': edit });

function wrongFigures({ figures }: CellComparison): string[] {
  return figures.flatMap(({ name, holds }) => (holds ? [] : [name]));
}

test.each(['policy', 'tls'])('%s: every cell of the lab passes', (group) => {
  const cells = compared(labFiles(group));
  expect(cells.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual([]);
  expect(reasonsAgainst(cells)).toEqual([]);
});

test('clusters are swapped, left alone or removed as measured, and routes too', () => {
  const swapped = measuredAs('policy/add-unrelated-subset', (text) =>
    text.replaceAll('{"red"', '{"blue":"swapped","red"'),
  );
  expect(reasonsAgainst([swapped])[0]).toBe(
    'policy/x: the shape differs: cluster blue: measured swapped, simulated untouched',
  );
  const untouched = measuredAs('policy/pool-limits', (text) => text.replace(/"clusters":\{[^}]*\}/g, '"clusters":{}'));
  expect(untouched.shape.firstDifference).toBe('cluster blue: measured untouched, simulated swapped');
  const renamed = measuredAs('policy/rename-used-subset', (text) =>
    text.replaceAll('"azure":"added"', '"azure":"swapped"'),
  );
  expect(renamed.shape.firstDifference).toBe('cluster azure: measured swapped, simulated added');
  const once = measuredAs('policy/rename-used-subset', (text) => text.replace('"blue":"removed",', ''));
  expect(once.shape.firstDifference).toBe('cluster blue: measured untouched, simulated removed');
  const routes = measuredAs('policy/lb-least-request', (text) => text.replaceAll('Reloaded":false', 'Reloaded":true'));
  expect(routes.shape.firstDifference).toBe('routes: measured reloaded, simulated untouched');
});

test('failures of another flag, or of another number, are found out', () => {
  const name = 'policy/pool-tight';
  const none = measuredAs(name, (text) => text.replace(/,"503\/UO[^:]*":\d+/g, ''));
  expect(reasonsAgainst([none])).toContain('policy/x: UO is simulated and not measured');
  const few = measuredAs(name, (text) => text.replace(/(\{overflow\}":)\d+/g, '$140'));
  expect(few.failures.UO).toMatchObject({ holds: false, isExcluded: false });
  const other = measuredAs(name, (text) => text.replaceAll('503/UO', '503/UF'));
  expect(reasonsAgainst([other])).toContain('policy/x: UF is measured and not simulated');
  const tenfold = measuredAs('tls/client-to-tls-300ms-before-server', (text) =>
    text.replace(/(OPENSSL_int":\d+)/g, '$10'),
  );
  expect(tenfold.failures.UF.holds).toBe(false);
  expect(tenfold.passed).toBe(false);
});

test('connections that are closed or fail otherwise are found out', () => {
  const kept = measuredAs('policy/lb-least-request', (text) => text.replaceAll('"destroy_local":52,', ''));
  expect(wrongFigures(kept)).toEqual(['blue closed by the proxy']);
  const tenfold = measuredAs('policy/lb-least-request', (text) => text.replaceAll('"total":3', '"total":33'));
  expect(wrongFigures(tenfold)).toEqual(['blue opened']);
  const made = measuredAs('policy/tls-simple-to-plaintext', (text) => text.replace(/"connect_fail":\d+,/g, ''));
  expect(wrongFigures(made)).toEqual(['blue not made']);
  const plain = measuredAs('tls/permissive-bridge-to-tls', (text) => text.replaceAll('"handshake":2,', ''));
  expect(wrongFigures(plain)).toEqual(['TLS handshakes']);
});

const SERVER_FIRST: Edit = (text) =>
  text.replace(/- atMs: 0\n/, '- atMs: 300\n').replace('{atMs: 300, mode: tls}', '{atMs: 0, mode: tls}');
const FROM_CLIENT = 'tls/client-to-tls-300ms-before-server';
/** A connection takes one request. */
const ONE_EACH: Edit = (text) =>
  text.replace(
    '  host: app.lab.internal\n  subsets',
    '  host: app.lab.internal\n  trafficPolicy:\n    connectionPool:\n      http:\n        maxRequestsPerConnection: 1\n  subsets',
  );

const failuresOf = ({ failures }: CellComparison): Record<string, number> =>
  Object.fromEntries(Object.entries(failures).map(([flag, { simulatedMean }]) => [flag, simulatedMean]));

test('a server that changes before its clients fails nobody whose connection is open', () => {
  expect(failuresOf(edited(FROM_CLIENT, { 'cell.yaml': SERVER_FIRST })).UC ?? 0).toBeLessThan(1);
  // Clients that make a connection for every request have theirs cut.
  const renewing = edited(FROM_CLIENT, { 'cell.yaml': SERVER_FIRST, 'before.yaml': ONE_EACH });
  // From 0 until the clients hear of it, 300 ms and the debounce later.
  expect(failuresOf(renewing).UC).toBeGreaterThan(70);
  expect(failuresOf(renewing).UC).toBeLessThan(90);
});

test('servers: those of one version, several changes in any order, and no write at all', () => {
  const others: Edit = (text) => text.replace('endpoints: blue', 'endpoints: green');
  // Blue servers know no TLS.
  expect(failuresOf(edited(FROM_CLIENT, { 'cell.yaml': others })).UF).toBeGreaterThan(500);
  const permissive: Edit = (text) => text.replace('before: plain', 'before: permissive');
  expect(failuresOf(edited(FROM_CLIENT, { 'cell.yaml': permissive })).UF ?? 0).toBe(0);
  const back: Edit = (text) => text.replace('mode: tls}', 'mode: tls}\n  - {atMs: 200, mode: permissive}');
  expect(failuresOf(edited(FROM_CLIENT, { 'cell.yaml': back })).UF).toBeLessThan(25);
  const unwritten: Edit = (text) => text.replace(/writes:[\s\S]*(?=serverTlsChanges)/, 'writes: []\n');
  const { failures } = edited(FROM_CLIENT, { 'cell.yaml': unwritten, 'before.yaml': ONE_EACH });
  // Every request from 300 to 3000 ms makes a connection of its own.
  expect(failures.UC.simulatedMean).toBeCloseTo(540, -1);
});

test('servers speak no TLS unless the cell says so, whatever clients have been sending', () => {
  const name = 'policy/tls-simple-to-plaintext';
  const simple = 'trafficPolicy:\n    tls:\n      mode: SIMPLE\n  subsets';
  const always: Edit = (text) => text.replace('app.lab.internal\n  subsets', `app.lab.internal\n  ${simple}`);
  const never: Edit = (text) => text.replace(/ +trafficPolicy:[\s\S]*?(?= +subsets)/, '');
  // From 250 ms before the change until the clients hear of it, then no more.
  const { failures } = edited(name, { 'before.yaml': always, 'cell.yaml': never });
  expect(Object.keys(failures)).toEqual(['UF']);
  expect(failures.UF.simulatedMean).toBeCloseTo(71, -1);
});

test('other proxies, workers and rates', () => {
  const larger: Edit = (text) =>
    text
      .replace('workersPerProxy: 1', 'workersPerProxy: 2')
      .replace('gateways: 2', 'gateways: 9')
      .replace('perSecondPerProxy: 200', 'perSecondPerProxy: 100');
  const { failures } = edited('policy/tls-simple-to-plaintext', { 'cell.yaml': larger });
  expect(failures.UF.simulatedMean).toBeGreaterThan(270);
  expect(failures.UF.simulatedMean).toBeLessThan(290);
});
