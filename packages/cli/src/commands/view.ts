/** `xdsim view`: the page, on one trial of a case. */
import { newStudy } from '@xdsim/sim-core';
import { Command } from 'commander';
import { pageFiles } from '../built-page.js';
import type { ExitCode } from '../exit-codes.js';
import { addStudyOptions, wholeNumber } from '../options.js';
import { type FirstView, newGivenCase } from '../page/given-case.js';
import { servePage } from '../page/serve-page.js';
import { readStudyInput, type StudyOptions } from '../study-input.js';
import { type Finish, failed } from './outcome.js';

const MAX_TRIAL = 999_999;
const MAX_PORT = 65_535;

interface ViewOptions extends StudyOptions {
  readonly strategy?: string;
  readonly trial: number;
  readonly port: number;
  readonly open: boolean;
}

export function newViewCommand(finish: Finish): Command {
  return addStudyOptions(new Command('view'))
    .description('Open the page on one trial: the mesh at any moment, the timeline, what istioctl would print.')
    .option('--strategy <name>', 'how the change is applied (default: the first of the scenario)')
    .option('--trial <k>', 'which trial, as reports number them', wholeNumber(0, MAX_TRIAL), 0)
    .option('--port <n>', 'of the page on this machine (default: a free one)', wholeNumber(0, MAX_PORT), 0)
    .option('--no-open', 'only print the link')
    .addHelpText(
      'after',
      `
Examples:
  $ xdsim view scenarios/blue-green
  $ xdsim view scenarios/blue-green --strategy simultaneous --trial 17 --no-open
  $ xdsim view --before deploy/now --after deploy/next --set mesh.services=1000`,
    )
    .action(async (scenario: string | undefined, options: ViewOptions) => finish(await view(scenario, options)));
}

async function view(scenario: string | undefined, options: ViewOptions): Promise<ExitCode> {
  const { strategy, trial, port, open } = options;
  const input = await readStudyInput(scenario, options, strategy === undefined ? undefined : [strategy]);
  if (!input.ok) return failed(input.errors);
  const study = newStudy(input.value);
  if (!study.ok) return failed(study.errors);
  return showPage(
    input.value,
    { room: 'explore', strategy: study.value.strategies[0].name, trial },
    { port, opens: open },
  );
}

/** Serves the page with a case in it until Ctrl-C. */
export async function showPage(
  input: Parameters<typeof newGivenCase>[0],
  first: FirstView,
  { port, opens }: { readonly port: number; readonly opens: boolean },
): Promise<ExitCode> {
  const given = newGivenCase(input, first);
  const files = pageFiles(given);
  if (!files.ok) return failed(files.errors);
  const served = await servePage(files.value, { port, opens, address: given.address });
  return served.ok ? served.value : failed(served.errors);
}
