/** `xdsim inspect`: what istioctl and kubectl would show at one instant of a rollout. */
import { fail, newInspectReport, ok, type Result, StateAt, type UserError } from '@xdsim/sim-core';
import { Command } from 'commander';
import type { ExitCode } from '../exit-codes.js';
import { formatOption, outOption, TEXT_FORMATS, type TextFormat } from '../options.js';
import { checkWritable } from '../output.js';
import { renderInspect } from '../report/inspect-text.js';
import { renderJson } from '../report/json.js';
import { formatDuration } from '../report/numbers.js';
import { widthOf } from '../terminal.js';
import { TOOL } from '../tool.js';
import { delivered, type Finish, failed } from './outcome.js';
import { addRolloutOptions, chosenProxy, type RolloutOptions, readRollout, sayNotModelled } from './run.js';

interface InspectOptions extends RolloutOptions {
  readonly at: string;
  readonly format: TextFormat;
  readonly out?: string;
}

export function newInspectCommand(finish: Finish): Command {
  return addRolloutOptions(new Command('inspect'))
    .description('Show what istioctl and kubectl would print at one instant of a rollout.')
    .requiredOption('--at <time>', 'since the first write was sent: 130ms, 1.5s, 2m; a plain number is in ms')
    .option('--proxy <id>', 'whose configuration (default: the one that fails longest, else the last to converge)')
    .addOption(formatOption(TEXT_FORMATS))
    .addOption(outOption())
    .addHelpText(
      'after',
      `
Examples:
  $ xdsim inspect scenarios/blue-green --strategy vs-first --trial 0 --at 130ms
  $ xdsim inspect scenarios/blue-green --strategy dr-first --trial 3 --at 2.1s --proxy gw-1`,
    )
    .action(async (scenario: string | undefined, options: InspectOptions) => finish(await inspect(scenario, options)));
}

async function inspect(scenario: string | undefined, options: InspectOptions): Promise<ExitCode> {
  const writable = checkWritable(options.out);
  if (!writable.ok) return failed(writable.errors);
  const atMs = instantOf(options.at);
  if (!atMs.ok) return failed(atMs.errors);
  const rollout = await readRollout(scenario, options);
  if (!rollout.ok) return failed(rollout.errors);
  const { horizonMs } = rollout.value.study;
  if (atMs.value > horizonMs) return failed([beyondHorizon(options.at, horizonMs)]);
  const focus = chosenProxy(rollout.value, options.proxy);
  if (!focus.ok) return failed(focus.errors);
  const { strategy, contents, recording } = rollout.value;
  const states = new StateAt(strategy.prepared.model, contents, recording);
  const report = newInspectReport(rollout.value, states, focus.value, atMs.value, TOOL);
  const width = options.out === undefined ? widthOf(process.stdout) : Number.POSITIVE_INFINITY;
  const text = options.format === 'json' ? renderJson(report) : renderInspect(report, width, options.proxy);
  const code = delivered(text, options.out);
  sayNotModelled(report.notModelled);
  return code;
}

const UNITS_MS: Readonly<Record<string, number>> = { us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, min: 60_000 };

function instantOf(text: string): Result<number> {
  const parts = /^(-?)(\d+(?:\.\d+)?|\.\d+)\s*([a-zµ]*)$/.exec(text.trim());
  if (parts === null) return fail(notAnInstant(text));
  const unit = parts[3] === '' ? 1 : UNITS_MS[parts[3]];
  if (unit === undefined) return fail(notAnInstant(text));
  const atMs = Number(parts[2]) * unit;
  return parts[1] === '-' && atMs > 0 ? fail(beforeStart(text)) : ok(atMs);
}

function notAnInstant(text: string): UserError {
  return {
    code: 'XDS-USAGE',
    message: `--at ${text} is not a time`,
    hint: 'Write it as 130ms, 1.5s or 2m, counted from the first write sent.',
  };
}

function beforeStart(text: string): UserError {
  return {
    code: 'XDS-AT-OUTSIDE',
    message: `--at ${text} is before the rollout`,
    hint: 'Time 0 is the first write sent; what holds then is the state before the rollout. Try --at 0.',
  };
}

function beyondHorizon(text: string, horizonMs: number): UserError {
  return {
    code: 'XDS-AT-OUTSIDE',
    message: `--at ${text} is beyond the horizon of ${formatDuration(horizonMs)}`,
    hint: `Give a time up to ${horizonMs}ms, or watch longer with --set horizonMs=…`,
  };
}
