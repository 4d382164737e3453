/** `xdsim run`: one rollout, told as a timeline. */
import {
  encodeNdjson,
  type Focus,
  fail,
  focusOf,
  newRollout,
  newStudy,
  ok,
  type Result,
  type Rollout,
  type RunReport,
  type Study,
  type StudyInput,
  traceHeaderOf,
  type UserError,
} from '@xdsim/sim-core';
import { Command } from 'commander';
import { singlePage } from '../built-page.js';
import { formatWarning } from '../errors.js';
import type { ExitCode } from '../exit-codes.js';
import { addStudyOptions, formatOption, linesOption, outOption, wholeNumber } from '../options.js';
import { checkWritable, say } from '../output.js';
import { newGivenCase } from '../page/given-case.js';
import { newAccessLog } from '../report/access-log.js';
import { renderConfiguration } from '../report/configuration.js';
import { renderJson } from '../report/json.js';
import { newRunReport } from '../report/timeline-report.js';
import { renderTimeline } from '../report/timeline-text.js';
import { writeTrace } from '../report/timeline-trace-file.js';
import { readStudyInput, type StudyOptions } from '../study-input.js';
import { paletteOf, widthOf } from '../terminal.js';
import { delivered, type Finish, failed } from './outcome.js';

/** What `run` and `inspect` ask for: one trial of one strategy, and which proxy to look at. */
export interface RolloutOptions extends StudyOptions {
  readonly strategy?: string;
  readonly trial: number;
  readonly proxy?: string;
}

const FORMATS = ['text', 'json', 'accesslog', 'html'] as const;

interface RunOptions extends RolloutOptions {
  readonly format: (typeof FORMATS)[number];
  readonly lines: number;
  readonly out?: string;
  readonly trace?: string;
}

const MAX_TRIAL = 1_000_000_000;

export function newRunCommand(finish: Finish): Command {
  return addRolloutOptions(new Command('run'))
    .description('Tell one rollout as a timeline: writes, pushes, what each proxy applies, when requests would fail.')
    .option('--proxy <id>', 'the one to tell in full (default: the one that fails longest, else the last to converge)')
    .addOption(formatOption(FORMATS))
    .addOption(linesOption())
    .addOption(outOption())
    .option('--trace <file>', 'write every event as NDJSON (xdsim.trace/v1)')
    .addHelpText(
      'after',
      `
Examples:
  $ xdsim run scenarios/blue-green --strategy vs-first --trial 0
  $ xdsim run scenarios/blue-green --strategy simultaneous --trial 17 --proxy gw-1
  $ xdsim run scenarios/blue-green --strategy dr-first --trial 3 --trace trace.ndjson
  $ xdsim run scenarios/blue-green --strategy vs-first --format accesslog --lines 5
  $ xdsim run scenarios/blue-green --strategy vs-first --format html --out vs-first.html`,
    )
    .action(async (scenario: string | undefined, options: RunOptions) => finish(await run(scenario, options)));
}

export function addRolloutOptions(command: Command): Command {
  return addStudyOptions(command)
    .option('--strategy <name>', 'how the change is applied (default: the first of the scenario)')
    .option('--trial <k>', 'which trial, as reports number them', wholeNumber(0, MAX_TRIAL), 0);
}

async function run(scenario: string | undefined, options: RunOptions): Promise<ExitCode> {
  for (const file of [options.out, options.trace]) {
    const writable = checkWritable(file);
    if (!writable.ok) return failed(writable.errors);
  }
  const { format } = options;
  if (format === 'html') return deliverPage(scenario, options);
  const rollout = await readRollout(scenario, options);
  if (!rollout.ok) return failed(rollout.errors);
  const focus = chosenProxy(rollout.value, options.proxy);
  if (!focus.ok) return failed(focus.errors);
  const report = newRunReport(rollout.value, focus.value);
  if (options.trace !== undefined) {
    const { recording, dictionary } = rollout.value;
    const lines = encodeNdjson(traceHeaderOf(rollout.value), recording, dictionary);
    const written = writeTrace(options.trace, lines);
    if (!written.ok) return failed(written.errors);
  }
  const code = delivered(render(report, rollout.value, { ...options, format }), options.out);
  sayNotModelled(report.notModelled);
  return code;
}

type Rendered = Pick<RunOptions, 'lines' | 'out'> & { readonly format: Exclude<RunOptions['format'], 'html'> };

function render(report: RunReport, { study, strategy, trial }: Rollout, { format, lines, out }: Rendered): string {
  switch (format) {
    case 'json':
      return renderJson(report);
    case 'accesslog':
      return newAccessLog(study, strategy, trial, lines);
    case 'text':
      return renderTimeline(report, out === undefined ? widthOf(process.stdout) : Number.POSITIVE_INFINITY);
  }
}

/** The page on this trial, in one file. */
async function deliverPage(scenario: string | undefined, options: RunOptions): Promise<ExitCode> {
  const { trial, out } = options;
  const input = await readStudyInput(scenario, options, namedBy(options));
  if (!input.ok) return failed(input.errors);
  const study = newStudy(input.value);
  if (!study.ok) return failed(study.errors);
  const strategy = study.value.strategies[0].name;
  const page = singlePage(newGivenCase(input.value, { room: 'explore', strategy, trial }));
  return page.ok ? delivered(page.value, out) : failed(page.errors);
}

/** Reads the input, says what will be run, and runs it. */
export async function readRollout(scenario: string | undefined, options: RolloutOptions): Promise<Result<Rollout>> {
  const input = await readStudyInput(scenario, options, namedBy(options));
  if (!input.ok) return input;
  const study = ofOneStrategy(input.value);
  if (!study.ok) return study;
  sayBefore(study.value, options);
  return ok(newRollout(study.value, study.value.strategies[0], options.trial));
}

function namedBy({ strategy }: RolloutOptions): readonly string[] | undefined {
  return strategy === undefined ? undefined : [strategy];
}

/** Of several the first: what is said before a run is about the one that is run. */
function ofOneStrategy(input: StudyInput): Result<Study> {
  const study = newStudy(input);
  if (!study.ok || study.value.strategies.length === 1) return study;
  const strategies = [study.value.strategies[0].name];
  return newStudy({ ...input, flags: { ...input.flags, strategies } });
}

export function chosenProxy(rollout: Rollout, id: string | undefined): Result<Focus> {
  if (id === undefined) return ok(focusOf(rollout));
  const proxy = rollout.dictionary.proxies.findIndex((candidate) => candidate.id === id);
  return proxy >= 0 ? ok({ proxy, why: 'asked for' }) : fail(noSuchProxy(rollout, id));
}

export function sayNotModelled(what: readonly string[]): void {
  say(`\nNot modelled:\n${what.map((line) => `  • ${line}\n`).join('')}`);
}

function sayBefore(study: Study, options: RolloutOptions): void {
  say(`${renderConfiguration(study, new Set(options.seed === undefined ? [] : ['seed']))}\n`);
  const palette = paletteOf(process.stderr);
  for (const warning of study.warnings) say(formatWarning(warning, palette));
  if (study.warnings.length > 0) say('\n');
}

function noSuchProxy({ dictionary }: Rollout, id: string): UserError {
  const ranges = (['gateway', 'sidecar'] as const).flatMap((kind) => {
    const ids = dictionary.proxies.filter((proxy) => proxy.kind === kind).map((proxy) => proxy.id);
    return ids.length === 0 ? [] : [ids.length === 1 ? ids[0] : `${ids[0]} to ${ids[ids.length - 1]}`];
  });
  return {
    code: 'XDS-PROXY-UNKNOWN',
    message: `there is no proxy "${id}" in this mesh`,
    hint: `Proxies are ${ranges.join(' and ')}.`,
  };
}
