/** `xdsim compare`: all ways of applying a change, side by side. */
import { newReport, newStudy, type Report, type Study, type StudyInput } from '@xdsim/sim-core';
import { Command } from 'commander';
import { singlePage } from '../built-page.js';
import { formatWarning } from '../errors.js';
import { ExitCode } from '../exit-codes.js';
import {
  addStudyOptions,
  collect,
  formatOption,
  linesOption,
  outOption,
  trialsOption,
  workersOption,
} from '../options.js';
import { checkWritable, say } from '../output.js';
import { type FirstView, newGivenCase } from '../page/given-case.js';
import { newAccessLogs } from '../report/access-log.js';
import { renderConfiguration } from '../report/configuration.js';
import { renderJson } from '../report/json.js';
import { renderMarkdown } from '../report/markdown.js';
import { renderTable } from '../report/table.js';
import { readStudyInput, type StudyOptions } from '../study-input.js';
import { paletteOf, widthOf } from '../terminal.js';
import { TOOL } from '../tool.js';
import { type FinishedTrials, runTrials } from '../workers/run-trials.js';
import { compareIstioVersions } from './compare-versions.js';
import { delivered, type Finish, failed } from './outcome.js';
import { showPage } from './view.js';

const FORMATS = ['table', 'json', 'markdown', 'accesslog', 'html'] as const;

interface CompareOptions extends StudyOptions {
  readonly strategy?: readonly string[];
  readonly istio?: readonly string[];
  readonly format: (typeof FORMATS)[number];
  readonly lines: number;
  readonly out?: string;
  readonly workers?: number;
  readonly open?: boolean;
}

export function newCompareCommand(finish: Finish): Command {
  return addStudyOptions(new Command('compare'))
    .description('Compare ways of applying a change: how long the mesh is inconsistent, and how many requests fail.')
    .option('--strategy <name>', 'only this one (repeatable; default: all of the scenario)', collect)
    .option('--istio <versions>', 'compare Istio versions, separated by commas', (text: string) => text.split(','))
    .addOption(trialsOption('simulated rollouts per strategy (default: of the scenario)'))
    .addOption(formatOption(FORMATS))
    .addOption(linesOption())
    .addOption(outOption())
    .addOption(workersOption())
    .option('--open', 'show the comparison on the page afterwards, served on this machine until Ctrl-C')
    .addHelpText(
      'after',
      `
Examples:
  $ xdsim compare scenarios/blue-green
  $ xdsim compare --before deploy/now --after deploy/next --set traffic.requestsPerSecond=250
  $ xdsim compare scenarios/blue-green --strategy dr-first --set strategies.dr-first.gapMs=50
  $ xdsim compare scenarios/blue-green --istio 1.29,1.32
  $ xdsim compare scenarios/blue-green --format json --out report.json
  $ xdsim compare scenarios/blue-green --format html --out blue-green.html
  $ kubectl get vs,dr,se,gw,svc,deploy -o yaml | xdsim compare --before - --after deploy/next`,
    )
    .action(async (scenario: string | undefined, options: CompareOptions) => finish(await compare(scenario, options)));
}

async function compare(scenario: string | undefined, options: CompareOptions): Promise<ExitCode> {
  const writable = checkWritable(options.out);
  if (!writable.ok) return failed(writable.errors);
  const { istio } = options;
  if (istio !== undefined) return compareIstioVersions(scenario, { ...options, istio });
  const input = await readStudyInput(scenario, options, options.strategy);
  if (!input.ok) return failed(input.errors);
  const study = newStudy(input.value);
  if (!study.ok) return failed(study.errors);
  sayBefore(study.value, options);
  const { format } = options;
  if (format === 'html') return deliverPage(input.value, study.value, options.out);
  const finished = await runTrials(input.value, study.value, options.workers);
  const report = newReport(study.value, finished.results, TOOL);
  if (report.strategies.length === 0) {
    say('interrupted before the first trial was finished\n');
    return ExitCode.Interrupted;
  }
  const code = delivered(
    render(report, study.value, { ...options, format }),
    options.out,
    finished.isComplete ? ExitCode.Fine : ExitCode.Interrupted,
  );
  sayAfter(report, study.value, finished);
  if (options.open !== true || code !== ExitCode.Fine) return code;
  return showPage(input.value, firstView(study.value, report.recommended.strategy), { port: 0, opens: true });
}

/** The page computes the same report itself, from the same bytes. */
function deliverPage(input: StudyInput, study: Study, out: string | undefined): ExitCode {
  const page = singlePage(newGivenCase(input, firstView(study, study.strategies[0].name)));
  return page.ok ? delivered(page.value, out) : failed(page.errors);
}

function firstView(study: Study, strategy: string): FirstView {
  return { room: 'compare', strategy, trials: study.scenario.trials };
}

type Rendered = Pick<CompareOptions, 'lines'> & { readonly format: Exclude<CompareOptions['format'], 'html'> };

function render(report: Report, study: Study, { format, lines }: Rendered): string {
  const { userSet, traffic } = study.scenario;
  const isDefaultTraffic = !userSet.has('traffic.requestsPerSecond');
  const facts = { isDefaultTraffic, callerRetries: traffic.callers.retries };
  switch (format) {
    case 'accesslog':
      return newAccessLogs(study, report, lines);
    case 'json':
      return renderJson(report);
    case 'markdown':
      return renderMarkdown(report, facts);
    case 'table':
      return renderTable(report, widthOf(process.stdout), facts);
  }
}

function sayBefore(study: Study, options: CompareOptions): void {
  const set = new Set((['seed', 'trials'] as const).filter((name) => options[name] !== undefined));
  say(`${renderConfiguration(study, set)}\n`);
  const palette = paletteOf(process.stderr);
  for (const warning of study.warnings) say(formatWarning(warning, palette));
  if (study.warnings.length > 0) say('\n');
}

function sayAfter(report: Report, study: Study, { results, isComplete }: FinishedTrials): void {
  if (!isComplete) {
    const counts = [...results].map(([name, trials]) => `${name} ${trials.length}`).join(', ');
    say(`\ninterrupted: trials finished of ${study.scenario.trials}: ${counts}\n`);
  }
  say(`\nNot modelled:\n${report.notModelled.map((what) => `  • ${what}\n`).join('')}`);
}
