/**
 * The cases that come with the page: folders of scenarios/ as they are. That of the first lesson comes with the engine,
 * the others when one of them is asked for.
 */
import type { SourceFile } from '@xdsim/sim-core';
import type { CaseFiles } from './protocol.js';

/** That of the first lesson. */
export const FIRST = 'one-gateway';

const FIRST_TEXTS = import.meta.glob<string>('../../../../scenarios/one-gateway/**/*.yaml', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** @param name folder below scenarios/ */
export async function bundledCase(name: string): Promise<CaseFiles | undefined> {
  const texts = name === FIRST ? FIRST_TEXTS : (await import('./other-cases.js')).OTHER_TEXTS;
  const files = Object.entries(texts)
    .map(([path, text]): SourceFile => ({ path: path.replace(/^(\.\.\/)+/, ''), text }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const source = `scenarios/${name}`;
  const within = (folder: string) => files.filter(({ path }) => path.startsWith(`${source}/${folder}/`));
  const scenarioFile = files.find(({ path }) => path === `${source}/scenario.yaml`);
  return scenarioFile && { scenarioFile, source, before: within('before'), after: within('after') };
}
