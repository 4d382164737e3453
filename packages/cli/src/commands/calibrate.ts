/** `xdsim calibrate`: a mesh's own numbers from istiod's metrics, as a file that a scenario includes. */
import {
  calibrate,
  fail,
  metricsOf,
  newCalibrationFile,
  type Override,
  ok,
  type Result,
  type Scenario,
  type Scrape,
  scenarioFromFlags,
  type UserError,
} from '@xdsim/sim-core';
import { Command, Option } from 'commander';
import { readMetrics } from '../calibration/exposition.js';
import { readMetricsSource } from '../calibration/fetch-metrics.js';
import { ExitCode } from '../exit-codes.js';
import { collect, collectSet, formatOption, outOption, wholeNumber } from '../options.js';
import { checkWritable, say } from '../output.js';
import { renderCalibration, renderCalibrationFile } from '../report/calibration.js';
import { renderJson } from '../report/json.js';
import { widthOf } from '../terminal.js';
import { delivered, type Finish, failed } from './outcome.js';

const FORMATS = ['yaml', 'json'] as const;

/** Groups of the scenario that say what a mesh is, and not what is done to it. */
const DESCRIBING = ['mesh', 'churn', 'debounce', 'latencies', 'costs'];

interface CalibrateOptions {
  readonly metrics?: readonly string[];
  readonly istiods: number;
  readonly set?: readonly Override[];
  readonly format: (typeof FORMATS)[number];
  readonly out?: string;
}

export function newCalibrateCommand(finish: Finish): Command {
  return new Command('calibrate')
    .description("Take a mesh's size, churn and costs from istiod's metrics, for a scenario to include.")
    .option(
      '--metrics <file|url>',
      'one scrape; or two of one istiod, the earlier first; or a range query (repeatable)',
      collect,
    )
    .addOption(
      new Option('--istiods <n>', 'scrapes are of so many istiods: one each, or first all of the earlier ones')
        .argParser(wholeNumber(1, 1000))
        .default(1),
    )
    .option('--set <path=value>', 'what metrics do not tell, e.g. mesh.istiodCores=2 (repeatable)', collectSet)
    .addOption(formatOption(FORMATS))
    .addOption(outOption())
    .addHelpText(
      'after',
      `
Examples:
  $ xdsim calibrate --metrics scenarios/calibration/istiod.prom
  $ xdsim calibrate --metrics before.prom --metrics after.prom --out calibration.yaml
  $ xdsim calibrate --metrics range-query.json --set mesh.gateways=6 --set mesh.istiodCores=2
  $ kubectl -n istio-system exec deploy/istiod -- curl -s localhost:15014/metrics | xdsim calibrate --metrics -`,
    )
    .action(async (options: CalibrateOptions) => finish(await run(options)));
}

async function run({ metrics: sources = [], istiods, set = [], format, out }: CalibrateOptions): Promise<ExitCode> {
  const writable = checkWritable(out);
  if (!writable.ok) return failed(writable.errors);
  const scenario = scenarioSet(set);
  if (!scenario.ok) return failed(scenario.errors);
  const scrapes = await readScrapes(sources, istiods);
  if (!scrapes.ok) return failed(scrapes.errors);
  const metrics = metricsOf(scrapes.value);
  if (!metrics.ok) return failed(metrics.errors);
  const file = newCalibrationFile(calibrate(metrics.value, scenario.value));
  say(renderCalibration(file, widthOf(process.stderr)));
  return delivered(format === 'json' ? renderJson(file) : renderCalibrationFile(file), out, ExitCode.Fine);
}

/** Every default, and what the user knows better. */
function scenarioSet(overrides: readonly Override[]): Result<Scenario> {
  const other = overrides.find(
    ({ path }) => !DESCRIBING.some((group) => path === group || path.startsWith(`${group}.`)),
  );
  if (other !== undefined) {
    const hint = `Set fields of ${DESCRIBING.join(', ')}; the rest belongs into the scenario.`;
    return fail({ code: 'XDS-SET-PATH', message: `${other.path} is nothing to calibrate`, hint });
  }
  const input = scenarioFromFlags({ before: '.', after: '.' }, overrides);
  return input.ok ? ok(input.value.scenario) : input;
}

/** Of each istiod one scrape, or two; a range query is two of all that it has. */
async function readScrapes(
  sources: readonly string[],
  istiods: number,
): Promise<Result<readonly (readonly Scrape[])[]>> {
  if (sources.length === 0) return fail(usage('no metrics are given', 'Add --metrics FILE or --metrics URL.'));
  if (sources.filter((source) => source === '-').length > 1) {
    return fail(usage('standard input is given twice', 'Give one of the two as a file.'));
  }
  const read: (readonly Scrape[])[] = [];
  const errors: UserError[] = [];
  for (const source of sources) {
    const file = await readMetricsSource(source);
    const scrapes = file.ok ? readMetrics(file.value) : file;
    if (scrapes.ok) read.push(scrapes.value);
    else errors.push(...scrapes.errors);
  }
  return errors.length > 0 ? fail(...errors) : byIstiod(read, istiods);
}

function byIstiod(read: readonly (readonly Scrape[])[], istiods: number): Result<readonly (readonly Scrape[])[]> {
  const isEach = read.length === istiods && read.every((scrapes) => scrapes.length === read[0].length);
  if (isEach) return ok(read);
  const scrapes = read.flat();
  const isPlain = scrapes.length === read.length;
  if (isPlain && scrapes.length === 2 * istiods) {
    return ok(scrapes.slice(0, istiods).map((first, at) => [first, scrapes[istiods + at]]));
  }
  const message = `${read.length} scrapes are given of ${istiods === 1 ? 'one istiod' : `${istiods} istiods`}`;
  const hint =
    'Give one scrape, two of the same istiod, or one range query; of N istiods so many of each, and --istiods N.';
  return fail(usage(message, hint));
}

function usage(message: string, hint: string): UserError {
  return { code: 'XDS-USAGE', message, hint };
}
