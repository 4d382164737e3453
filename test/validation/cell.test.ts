import { expect, test } from 'vitest';
import { PRESETS } from '../../packages/sim-core/src/scenario/presets.js';
import { newCellPlan } from '../../packages/sim-core/src/validation/cell-plan.js';
import { newCellScenario } from '../../packages/sim-core/src/validation/cell-scenario.js';
import { readLab } from '../../packages/sim-core/src/validation/lab-folder.js';
import { editedCell, labCell, labFiles, unwrap } from './support.js';

function problems(files: ReturnType<typeof labFiles>): string[] {
  const read = readLab(files);
  if (read.ok) return [];
  return read.errors.map(({ code, position, message }) => {
    const place = `${position?.file.split('/').at(-1)}:${position?.line}:${position?.column}`;
    return `${code} ${place} ${message}`;
  });
}

test('the whole lab is read: cells, then shapes, and what is not compared is counted', () => {
  const lab = unwrap(readLab(labFiles()));
  expect(lab.cells.filter(({ group }) => group === 'cells')).toHaveLength(24);
  expect(lab.cells.filter(({ group }) => group === 'shapes')).toHaveLength(39);
  expect(lab.cells.filter(({ group }) => group === 'scale')).toHaveLength(16);
  expect(lab.cells.filter(({ group }) => group === 'other').map(({ name }) => name)).toEqual([
    'other/tcp-policy-changed',
    'other/tcp-route-moved',
    'other/train-service-every-80ms',
  ]);
  const names = lab.cells.map(({ name }) => name.replace(/ \(.*/, ''));
  expect(names.filter((name) => !name.startsWith('scale') && !name.startsWith('other'))).toEqual(
    names.filter((name) => !name.startsWith('scale') && !name.startsWith('other')).sort(),
  );
  expect(lab.cells.filter(({ group }) => group === 'policy')).toHaveLength(6);
  expect(lab.cells.filter(({ group }) => group === 'tls')).toHaveLength(2);
  expect(lab.skipped).toEqual([]);
  const unknown = labFiles('tls').map(({ path, text }) => ({ path: path.replace('/tls/', '/none-of-these/'), text }));
  expect(unwrap(readLab([...labFiles('policy'), ...unknown])).skipped).toEqual([{ group: 'none-of-these', cells: 2 }]);
});

test('every cell of the lab becomes a plan and a scenario with its own mesh', () => {
  for (const cell of unwrap(readLab(labFiles())).cells) {
    const plan = unwrap(newCellPlan(cell));
    expect(plan.groups).toHaveLength(cell.writes.length);
    if (cell.group !== 'other') expect(plan.groups.every(({ writes }) => writes.length === 1)).toBe(true);
    const { mesh, debounce } = newCellScenario(cell, PRESETS.lab, 'seed', 10);
    expect(mesh.services).toBe(cell.mesh.services);
    expect(debounce).toEqual({ afterMs: 100, maxMs: 10_000, endpoints: true });
  }
});

test('WorkloadEntries are endpoints of the ServiceEntry that selects them, and their writes endpoint writes', () => {
  const plan = unwrap(newCellPlan(labCell('cells/scale-down-and-switch-together-10')));
  expect(plan.initial.endpoints.map(({ hosts, endpoint }) => [hosts[0], endpoint.id])).toEqual(
    ['blue-1', 'blue-2', 'green-1', 'green-2'].map((name) => ['app.lab.internal', `WorkloadEntry/lab/${name}`]),
  );
  expect(plan.groups.flatMap(({ writes }) => writes.map(({ action, object }) => `${action} ${object.type}`))).toEqual([
    'delete Endpoint',
    'delete Endpoint',
    'apply VirtualService',
  ]);
  expect(plan.groups[0].start).toEqual({ atMs: { uniform: [1, 20] } });
});

test('only the endpoint with the closed address and port refuses connections', () => {
  const refusing = (edit: (text: string) => string): string[] => {
    const files = editedCell('cells/switch-one-endpoint-down-10', 'cell.yaml', edit);
    const plan = unwrap(newCellPlan(unwrap(readLab(files)).cells[0]));
    return plan.initial.endpoints.filter(({ takes }) => takes === 0).map(({ endpoint }) => endpoint.id);
  };
  expect(refusing((text) => text)).toEqual(['WorkloadEntry/lab/green-2']);
  expect(refusing((text) => text.replace('127.0.3.2:9000', '127.0.3.2:9001'))).toEqual([]);
  expect(refusing((text) => text.replace('127.0.3.2:9000', '127.0.3.2'))).toEqual(['WorkloadEntry/lab/green-2']);
});

test('an endpoint whose labels change leaves and comes back as another', () => {
  const relabelled = (text: string): string =>
    text.replace(/delete:/, 'apply:').replaceAll('version: green', 'version: red');
  const files = editedCell('shapes/endpoint-removed-router', 'cell.yaml', relabelled);
  const plan = unwrap(newCellPlan(unwrap(readLab(files)).cells[0]));
  const [{ action, object, endpoints = [] }] = plan.groups[0].writes;
  expect([action, object.type === 'Endpoint' && object.endpoint.id]).toEqual(['delete', 'WorkloadEntry/lab/green-2']);
  expect(endpoints.map((step) => [step.action, step.target.endpoint.id])).toEqual([
    ['apply', 'WorkloadEntry/lab/green-2@1'],
  ]);
});

test('slow proxies are read in every natural layout, each with its own hold time', () => {
  const slow = (written: string) => {
    const files = editedCell('cells/add-together-10', 'cell.yaml', (text) =>
      text.replace('  envoyDebugLog', `  slowProxies: ${written}\n  envoyDebugLog`),
    );
    return newCellScenario(unwrap(readLab(files)).cells[0], PRESETS.lab, 'seed', 1).faults.slowProxies;
  };
  expect(slow('{gw-1: 100, gw-2: 300}')).toEqual({ 'gw-1': 100, 'gw-2': 300 });
  expect(slow('[{proxy: gw-2, holdMs: 300}]')).toEqual({ 'gw-2': 300 });
  expect(slow('{gw-1: {holdMs: 100}, gw-2: {holdMs: 300}}')).toEqual({ 'gw-1': 100, 'gw-2': 300 });
  expect(slow('{proxies: [gw-1, gw-2], holdMs: 300}')).toEqual({ 'gw-1': 300, 'gw-2': 300 });
});

/** A cell whose first write is replaced, as YAML. */
function writing(name: string, written: string) {
  return readLab(editedCell(name, 'cell.yaml', (text) => text.replace(/^writes:[\s\S]*$/m, `writes:\n${written}\n`)));
}

test('a deletion needs no more than a name, of before or of an earlier write', () => {
  const named = (kind: string, name: string) =>
    `  - atMs: 0\n    delete: {apiVersion: networking.istio.io/v1, kind: ${kind}, metadata: {name: ${name}, namespace: lab}}`;
  const plan = unwrap(
    newCellPlan(unwrap(writing('shapes/vs-switch-router', named('DestinationRule', 'app'))).cells[0]),
  );
  const [{ action, object }] = plan.groups[0].writes;
  expect([action, object.type === 'DestinationRule' && object.subsets.map(({ name }) => name)]).toEqual([
    'delete',
    ['blue', 'green'],
  ]);
  const missing = writing('shapes/vs-switch-router', named('DestinationRule', 'other'));
  expect(missing.ok ? [] : missing.errors.map(({ message }) => message)).toEqual([
    'writes.0 deletes DestinationRule/lab/other, which is not there',
  ]);
});

test('a Sidecar is written as any other object', () => {
  const sidecar = `  - atMs: 0
    apply:
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: {name: default, namespace: lab}
      spec: {egress: [{hosts: ["./app.lab.internal"]}]}`;
  const [cell] = unwrap(writing('shapes/vs-switch-sidecar', sidecar)).cells;
  expect(unwrap(newCellPlan(cell)).groups[0].writes.map(({ key }) => key)).toEqual(['Sidecar/lab/default']);
});

test('a version that is not modelled is an error of the cell', () => {
  const files = editedCell('cells/add-together-10', 'cell.yaml', (text) => text.replace('1.32-dev', '1.12'));
  expect(problems(files)).toEqual([
    expect.stringMatching(/^XDS-CELL-ISTIO cell.yaml:1:1 Istio "1.12" is not modelled/),
  ]);
});

test("requests go to the lab's service, whatever else is written or routed", () => {
  const shares = (edit: (text: string) => string) => {
    const files = editedCell('cells/switch-only-10-sidecars', 'before.yaml', edit);
    return newCellScenario(unwrap(readLab(files)).cells[0], PRESETS.lab, 'seed', 1).traffic.hosts;
  };
  const second = (name: string, host: string) => (text: string) => {
    const [own] = text.split('---').filter((document) => document.includes('kind: VirtualService'));
    return `${text.trimEnd()}\n---${own.replace('name: app', `name: ${name}`).replace('- app.lab.internal', `- "${host}"`)}`;
  };
  expect(shares((text) => text)).toEqual({});
  expect(shares(second('other', 'other.example'))).toEqual({ 'other.example': 0 });
  expect(shares(second('all', '*'))).toEqual({ '*': 0 });
});

test('errors are values with a place: unknown field, wrong type, bad row, bad object', () => {
  const name = 'cells/add-together-10';
  expect(problems(editedCell(name, 'cell.yaml', (text) => text.replace('gateways: 4', 'gatways: 4')))).toEqual([
    expect.stringMatching(/^XDS-CELL-MISSING cell.yaml:2:1 mesh.gateways is missing/),
    expect.stringMatching(/^XDS-CELL-UNKNOWN-FIELD cell.yaml:8:3 mesh has no field `gatways`/),
  ]);
  expect(problems(editedCell(name, 'cell.yaml', (text) => text.replace('services: 11', 'services: many')))).toEqual([
    expect.stringMatching(/^XDS-CELL-TYPE cell.yaml:7:3 mesh.services must be/),
  ]);
  expect(problems(editedCell(name, 'measured.ndjson', (text) => text.slice(0, -100)))).toEqual([
    expect.stringMatching(/^XDS-CELL-ROW measured.ndjson:32:\d+ the row is not JSON/),
  ]);
  expect(problems(editedCell(name, 'measured.ndjson', (text) => text.replace('"trial":0', '"trial":"a"')))).toEqual([
    expect.stringMatching(/^XDS-CELL-TYPE measured.ndjson:1:1 trial must be/),
  ]);
  // A place inside a written object is a place in cell.yaml.
  expect(problems(editedCell(name, 'cell.yaml', (text) => text.replace('subsets:', 'subset:')))).toEqual([
    expect.stringMatching(/^XDS-MANIFEST-UNKNOWN-FIELD cell.yaml:26:9 /),
  ]);
});

test('a folder that is no lab, and a cell without one of its files, are errors of the user', () => {
  expect(problems([{ path: 'some/where/else.yaml', text: '' }])).toEqual([
    expect.stringMatching(/^XDS-LAB-EMPTY .* none of the 1 files belongs to a cell/),
  ]);
  const partial = labFiles('cells/add-together-10').filter(({ path }) => !path.endsWith('before.yaml'));
  expect(problems(partial)).toEqual([expect.stringMatching(/^XDS-LAB-MISSING-FILE .* has no before.yaml/)]);
});

test('requests are plain ones: a rule for other paths gets none of them', () => {
  const narrow = (name: string) => (text: string) =>
    text
      .replace(/( +)http:\n( +)- route:/, '$1http:\n$2- match:\n$2    - uri: {prefix: /other}\n$2  route:')
      .replace(/(kind: VirtualService\n +metadata:\n +name: )app/, `$1${name}`);
  const matchesOf = (file: string, name: string) => {
    const files = editedCell('cells/switch-only-10', file, narrow(name));
    return newCellScenario(unwrap(readLab(files)).cells[0], PRESETS.lab, 'seed', 1).traffic.matches;
  };
  expect(matchesOf('cell.yaml', 'more')).toEqual({ 'more/http[0]': 0 });
  // The rule of that name is one for everything before or after.
  expect(matchesOf('before.yaml', 'app')).toEqual({});
});
