/** The bundled case of the page, read from disk as the command line reads it. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { newStudy, type SourceFile, type Study } from '@xdsim/sim-core';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CASE = 'scenarios/blue-green';

export function blueGreen(): Study {
  const study = newStudy({
    scenarioFile: read(`${CASE}/scenario.yaml`),
    source: CASE,
    before: readFolder(`${CASE}/before`),
    after: readFolder(`${CASE}/after`),
    overrides: [],
    flags: {},
  });
  if (!study.ok) throw new Error(JSON.stringify(study.errors));
  return study.value;
}

function read(path: string): SourceFile {
  return { path, text: readFileSync(ROOT + path, 'utf8') };
}

function readFolder(path: string): SourceFile[] {
  return readdirSync(ROOT + path)
    .sort()
    .map((name) => read(`${path}/${name}`));
}
