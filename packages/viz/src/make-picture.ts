/**
 * Draws the timeline of one rollout into an SVG file, as in the README:
 * `node scripts/run.mjs ts packages/viz/src/make-picture.ts scenarios/blue-green simultaneous 0 docs/timeline.svg`
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { newStudy, runStudyTrial, type SourceFile } from '@xdsim/sim-core';
import { pictureSvg } from './picture.js';
import { newRolloutTimeline } from './rollout-timeline.js';

const [folder, strategy, trial, out] = process.argv.slice(2);
if (out === undefined) {
  process.stderr.write('usage: make-picture.ts SCENARIO_FOLDER STRATEGY TRIAL FILE.svg\n');
  process.exit(2);
}

function read(path: string): SourceFile {
  return { path, text: readFileSync(path, 'utf8') };
}

function readFolder(name: string): SourceFile[] {
  const files = readdirSync(join(folder, name)).filter((file) => /\.ya?ml$/.test(file));
  return files.sort().map((file) => read(join(folder, name, file)));
}

const study = newStudy({
  scenarioFile: read(join(folder, 'scenario.yaml')),
  source: folder,
  before: readFolder('before'),
  after: readFolder('after'),
  overrides: [],
  flags: {},
});
if (!study.ok) throw new Error(study.errors.map(({ code, message }) => `${code}: ${message}`).join('\n'));
const run = newRolloutTimeline(study.value, strategy, Number(trial));
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, pictureSvg(study.value.scenario, run, runStudyTrial(study.value, strategy, Number(trial))));
process.stdout.write(`${out}\n`);
