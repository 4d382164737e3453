/** `mesh.size`: defaults of a whole mesh, and what goes over them. */
import { expect, test } from 'vitest';
import { parseScenario, scenarioTemplate } from '../../packages/sim-core/src/rollout/scenario-reader.js';
import { MESH_SIZES } from '../../packages/sim-core/src/scenario/mesh-sizes.js';

const CALIBRATION = {
  path: 'own/mesh.yaml',
  text: [
    'schema: xdsim.calibration/v1',
    'values: { mesh: { sidecars: 318, istio: "1.30.3" }, costs: { istiod: { cdsUs: 154 } } }',
    'taken:',
    '  - { field: mesh.sidecars, value: 318, from: pilot_xds }',
  ].join('\n'),
};

function meshOf(text: string, settings: readonly string[] = [], calibration?: { path: string; text: string }) {
  const overrides = settings.map((setting) => {
    const [path, value] = setting.split('=');
    return { path, value };
  });
  const file = { path: 'scenario.yaml', text: `before: old\nafter: new\n${text}` };
  const result = parseScenario(file, overrides, calibration);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  const { scenario } = result.value;
  const { sidecars, gateways, services, istiodReplicas, istiodCores } = scenario.mesh;
  return { mesh: { sidecars, gateways, services, istiodReplicas, istiodCores }, scenario };
}

test('a mesh of no size is small, and each size is larger than the one before', () => {
  expect(meshOf('').mesh).toEqual(MESH_SIZES.small.values);
  const sizes = Object.entries(MESH_SIZES);
  for (const [at, [name, { values }]] of sizes.entries()) {
    expect(meshOf(`mesh: { size: ${name} }`).mesh).toEqual(values);
    const proxies = ({ sidecars, gateways }: typeof values) => sidecars + gateways;
    if (at > 0) expect(proxies(values)).toBeGreaterThan(proxies(sizes[at - 1][1].values));
  }
});

test('what the file says goes over its size; a size that --set names goes over the file', () => {
  const file = 'mesh: { size: medium, sidecars: 70 }\n';
  const medium = MESH_SIZES.medium.values;
  const large = MESH_SIZES.large.values;
  expect(meshOf(file).mesh).toEqual({ ...medium, sidecars: 70 });
  expect(meshOf(file, ['mesh.size=large']).mesh).toEqual(large);
  expect(meshOf(file, ['mesh.services=30', 'mesh.size=large']).mesh).toEqual({ ...large, services: 30 });
  expect(meshOf(file, ['mesh.size=null']).mesh).toEqual({ ...MESH_SIZES.small.values, sidecars: 70 });
  const spelledOut = scenarioTemplate({ name: 'shop', before: 'a', after: 'b' }).replace(/^(before|after):.*$/gm, '');
  expect(meshOf(spelledOut, ['mesh.size=laptop']).mesh).toEqual(MESH_SIZES.laptop.values);
});

test('numbers of a size are defaults: nobody has set them', () => {
  const { userSet, mesh } = meshOf('mesh: { size: large, gateways: 3 }').scenario;
  expect([mesh.size, userSet.has('mesh.size'), userSet.has('mesh.gateways')]).toEqual(['large', true, true]);
  expect([userSet.has('mesh.sidecars'), userSet.has('mesh.istiodCores')]).toEqual([false, false]);
});

test('a calibration goes over a size', () => {
  const { mesh } = meshOf('mesh: { size: large }', [], CALIBRATION);
  expect(mesh).toEqual({ ...MESH_SIZES.large.values, sidecars: 318 });
});

test('init writes the numbers of a size', () => {
  const text = scenarioTemplate({ name: 'shop', before: 'a', after: 'b', size: 'large' });
  expect(text).toContain('  size: large\n');
  expect(text).toContain('Default 5000. Source: assumption: ten times medium');
  expect(text).toContain('  sidecars: 5000\n');
});

test('init writes what was calibrated in place of defaults, and says where it comes from', () => {
  const calibration = {
    values: { mesh: { sidecars: 318, istio: '1.30.3' }, latencies: { watchMs: { uniform: [1, 4] } } },
    sources: new Map([['mesh.sidecars', 'pilot_xds']]),
    file: 'mesh.yaml',
  };
  const text = scenarioTemplate({ name: 'shop', before: 'a', after: 'b', calibration });
  expect(text).toContain(
    '  # Sidecar proxies. Default 50. Source: assumption: a small production mesh. Here: mesh.yaml, pilot_xds.\n' +
      '  sidecars: 318\n',
  );
  expect(text).toContain('  istio: 1.30.3\n');
  expect(text).toContain('  watchMs: { uniform: [ 1, 4 ] }\n');
  expect(text).toContain('  gateways: 2\n');
});
