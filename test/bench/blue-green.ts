/** The case that is timed: `scenarios/blue-green` as it is, with another number of proxies. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newStudy, type SourceFile, type Study } from '@xdsim/sim-core';

/** From the root, where npm starts the script. */
const FOLDER = 'scenarios/blue-green';
const GATEWAYS = 2;

/** Sidecars and gateways together make `proxies`. */
export function newBlueGreen(proxies: number): Study {
  const study = newStudy({
    scenarioFile: sourceFile(join(FOLDER, 'scenario.yaml')),
    source: FOLDER,
    before: manifests('before'),
    after: manifests('after'),
    overrides: [
      { path: 'mesh.gateways', value: String(GATEWAYS) },
      { path: 'mesh.sidecars', value: String(proxies - GATEWAYS) },
    ],
    flags: {},
  });
  if (!study.ok) throw new Error(study.errors.map(({ message }) => message).join('\n'));
  return study.value;
}

function manifests(state: 'before' | 'after'): SourceFile[] {
  const folder = join(FOLDER, state);
  return readdirSync(folder)
    .sort()
    .map((name) => sourceFile(join(folder, name)));
}

function sourceFile(path: string): SourceFile {
  return { path, text: readFileSync(path, 'utf8') };
}
