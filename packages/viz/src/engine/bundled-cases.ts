/** The cases that come with the page: folders of scenarios/ as they are. */
import type { SourceFile } from '@xdsim/sim-core';
import type { CaseFiles } from './protocol.js';

const TEXTS = import.meta.glob<string>(
  ['../../../../scenarios/**/*.yaml', '!../../../../scenarios/calibration/**'],
  { query: '?raw', import: 'default', eager: true },
);

const FILES: readonly SourceFile[] = Object.entries(TEXTS)
  .map(([path, text]) => ({ path: path.replace(/^(\.\.\/)+/, ''), text }))
  .sort((a, b) => (a.path < b.path ? -1 : 1));

/** @param name folder below scenarios/ */
export function bundledCase(name: string): CaseFiles | undefined {
  const source = `scenarios/${name}`;
  const within = (folder: string) => FILES.filter(({ path }) => path.startsWith(`${source}/${folder}/`));
  const scenarioFile = FILES.find(({ path }) => path === `${source}/scenario.yaml`);
  return scenarioFile && { scenarioFile, source, before: within('before'), after: within('after') };
}
