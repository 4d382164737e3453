import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseManifests } from '../../packages/sim-core/src/manifest/parse-manifests.js';

const lab = join(dirname(fileURLToPath(import.meta.url)), '../lab');
const paths = readdirSync(lab, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('before.yaml'));

test('the lab has its cells', () => {
  expect(paths.length).toBeGreaterThan(40);
});

test.each(paths)('%s parses', (path) => {
  const result = parseManifests([{ path, text: readFileSync(join(lab, path), 'utf8') }]);
  if (!result.ok) throw new Error(JSON.stringify(result.errors, null, 2));
  expect(result.value.virtualServices).toHaveLength(1);
  expect(result.value.destinationRules).toHaveLength(1);
  expect(result.value.warnings).toEqual([]);
});
