/**
 * Draws the timeline of one rollout into an SVG file, as in the README:
 * `node scripts/run.mjs ts packages/viz/src/make-picture.ts scenarios/blue-green simultaneous 0 docs/timeline.svg`
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { newStudy, type SourceFile } from '@xdsim/sim-core';
import { newDrawnRollout } from './rollout/new-picture.js';
import { resultLines } from './shell/result-lines.js';
import { en } from './strings/en.js';
import { standaloneSvg } from './timeline/standalone.js';

const WIDTH_PX = 800;
const LANES = 6;

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
const { picture } = newDrawnRollout(study.value, strategy, Number(trial));
const words = { timeline: en.timeline.words, lines: (run: typeof picture) => resultLines(run, en) };
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, standaloneSvg(picture, words, { width: WIDTH_PX, lanes: LANES }));
process.stdout.write(`${out}\n`);
