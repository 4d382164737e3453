/** `xdsim calibrate`: a mesh's own numbers from istiod's metrics, as a file that a scenario includes. */
import {
  calibrate,
  defaultScenario,
  fail,
  metricsOf,
  newCalibrationFile,
  ok,
  type Result,
  type Scrape,
  type UserError,
} from '@xdsim/sim-core';
import { Command } from 'commander';
import { readMetrics } from '../calibration/exposition.js';
import { readMetricsSource } from '../calibration/fetch-metrics.js';
import { ExitCode } from '../exit-codes.js';
import { collect, formatOption, outOption } from '../options.js';
import { checkWritable, say } from '../output.js';
import { renderCalibration, renderCalibrationFile } from '../report/calibration.js';
import { renderJson } from '../report/json.js';
import { widthOf } from '../terminal.js';
import { delivered, type Finish, failed } from './outcome.js';

const FORMATS = ['yaml', 'json'] as const;

interface CalibrateOptions {
  readonly metrics?: readonly string[];
  readonly format: (typeof FORMATS)[number];
  readonly out?: string;
}

export function newCalibrateCommand(finish: Finish): Command {
  return new Command('calibrate')
    .description("Take a mesh's size, churn and costs from istiod's metrics, for a scenario to include.")
    .option('--metrics <file|url>', 'one scrape; or two of one istiod, the earlier first (repeatable)', collect)
    .addOption(formatOption(FORMATS))
    .addOption(outOption())
    .addHelpText(
      'after',
      `
Examples:
  $ xdsim calibrate --metrics scenarios/calibration/istiod.prom
  $ xdsim calibrate --metrics before.prom --metrics after.prom --out calibration.yaml
  $ kubectl -n istio-system exec deploy/istiod -- curl -s localhost:15014/metrics | xdsim calibrate --metrics -`,
    )
    .action(async (options: CalibrateOptions) => finish(await run(options)));
}

async function run({ metrics: sources = [], format, out }: CalibrateOptions): Promise<ExitCode> {
  const writable = checkWritable(out);
  if (!writable.ok) return failed(writable.errors);
  const scrapes = await readScrapes(sources);
  if (!scrapes.ok) return failed(scrapes.errors);
  const metrics = metricsOf(scrapes.value);
  if (!metrics.ok) return failed(metrics.errors);
  const file = newCalibrationFile(calibrate(metrics.value, defaultScenario()));
  say(renderCalibration(file, widthOf(process.stderr)));
  return delivered(format === 'json' ? renderJson(file) : renderCalibrationFile(file), out, ExitCode.Fine);
}

async function readScrapes(sources: readonly string[]): Promise<Result<readonly Scrape[]>> {
  if (sources.length === 0) return fail(usage('no metrics are given', 'Add --metrics FILE or --metrics URL.'));
  if (sources.filter((source) => source === '-').length > 1) {
    return fail(usage('standard input is given twice', 'Give one of the two as a file.'));
  }
  const scrapes: Scrape[] = [];
  const errors: UserError[] = [];
  for (const source of sources) {
    const file = await readMetricsSource(source);
    const read = file.ok ? readMetrics(file.value) : file;
    if (read.ok) scrapes.push(...read.value);
    else errors.push(...read.errors);
  }
  if (errors.length > 0) return fail(...errors);
  if (scrapes.length > 2) {
    return fail(usage(`${scrapes.length} scrapes are given`, 'Give one, two of the same istiod, or one range query.'));
  }
  return ok(scrapes);
}

function usage(message: string, hint: string): UserError {
  return { code: 'XDS-USAGE', message, hint };
}
