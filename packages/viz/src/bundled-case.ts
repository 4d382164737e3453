/** The case that comes with the page: blue-green, the manifests of the repository as they are. */
import type { SourceFile, StudyInput } from '@xdsim/sim-core';

const SOURCE = 'scenarios/blue-green';

const TEXTS = import.meta.glob<string>('../../../scenarios/blue-green/**/*.yaml', {
  query: '?raw',
  import: 'default',
  eager: true,
});

export function bundledCase(): StudyInput {
  const files = Object.entries(TEXTS)
    .map(([path, text]): SourceFile => ({ path: path.replace(/^(\.\.\/)+/, ''), text }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const within = (folder: string) => files.filter(({ path }) => path.startsWith(`${SOURCE}/${folder}/`));
  return {
    scenarioFile: files.find(({ path }) => path === `${SOURCE}/scenario.yaml`),
    source: SOURCE,
    before: within('before'),
    after: within('after'),
    overrides: [],
    flags: {},
  };
}
