import { parseScenario, scenarioWith } from '@xdsim/sim-core';
import { expect, test } from 'vitest';

const FILE = {
  path: 'case/scenario.yaml',
  text: `# What it is about.
schema: xdsim.scenario/v1
before: before
after: after
mesh:
  services: 30 # measured
  gateways: 1
strategies:
  dr-first: {}
`,
};

const SETS = [
  { path: 'mesh.services', value: '1000' },
  { path: 'mesh.gateways', value: 'null' },
  { path: 'mesh.istio', value: '1.30' },
  { path: 'strategies.dr-first.gapMs', value: '50' },
  { path: 'faults.slowProxies', value: '{sc-3: 300}' },
  { path: 'seed', value: '007' },
];

test('a file with the values written into it is the file with the values set over it', () => {
  const written = { ...FILE, text: scenarioWith(FILE, SETS) };
  const [once, twice] = [parseScenario(FILE, SETS), parseScenario(written)];
  if (!once.ok || !twice.ok) throw new Error('refused');
  const { userSet: _, ...scenario } = once.value.scenario;
  expect(twice.value.scenario).toMatchObject(scenario);
  expect(twice.value.scenario.seed).toBe('007');
});

test('comments and order stay', () => {
  const text = scenarioWith(FILE, SETS);
  expect(text.startsWith('# What it is about.\nschema: xdsim.scenario/v1\n')).toBe(true);
  expect(text).toContain('services: 1000 # measured');
  expect(scenarioWith(FILE, [])).toBe(FILE.text);
});

test('what leads nowhere is left out', () => {
  expect(scenarioWith(FILE, [{ path: 'mesh.servces', value: '1' }])).toBe(FILE.text);
});
