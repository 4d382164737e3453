/** The commands, and what they have in common: help, suggestions, the form of usage errors. */
import { Command } from 'commander';
import { newCalibrateCommand } from './commands/calibrate.js';
import { newCompareCommand } from './commands/compare.js';
import { newExplainCommand } from './commands/explain.js';
import { newFitCommand } from './commands/fit.js';
import { newInitCommand } from './commands/init.js';
import { newInspectCommand } from './commands/inspect.js';
import type { Finish } from './commands/outcome.js';
import { newRunCommand } from './commands/run.js';
import { newSchemaCommand } from './commands/schema.js';
import { newStrategiesCommand } from './commands/strategies.js';
import { newValidateCommand } from './commands/validate.js';
import { newVersionsCommand } from './commands/versions.js';
import { newViewCommand } from './commands/view.js';
import { formatError } from './errors.js';
import { paletteOf, widthOf } from './terminal.js';
import { TOOL } from './tool.js';

const EXIT_CODES = `
Exit codes:
  0 fine, 1 a defect of xdsim, 2 wrong input, 99 a threshold or validation is not met, 130 interrupted`;

/** @param finish told the exit code of the command that was run */
export function newProgram(finish: Finish): Command {
  const program = new Command(TOOL.name)
    .description(
      'Says before the apply how long an Istio mesh will be inconsistent, and which requests will fail, for each way of applying a VirtualService or DestinationRule change.',
    )
    .version(TOOL.version)
    .addHelpText(
      'after',
      `
Examples:
  $ xdsim compare scenarios/blue-green
  $ xdsim compare --before deploy/now --after deploy/next
  $ xdsim run scenarios/blue-green --strategy simultaneous --trial 0
  $ xdsim explain NC
  $ xdsim validate test/lab
${EXIT_CODES}`,
    );
  const commands = [
    newCalibrateCommand(finish),
    newCompareCommand(finish),
    newExplainCommand(finish),
    newFitCommand(finish),
    newInitCommand(finish),
    newInspectCommand(finish),
    newRunCommand(finish),
    newSchemaCommand(finish),
    newStrategiesCommand(finish),
    newValidateCommand(finish),
    newVersionsCommand(finish),
    newViewCommand(finish),
  ];
  for (const command of commands) program.addCommand(command);
  for (const command of [program, ...commands]) {
    command.exitOverride().configureOutput({
      outputError: (text, write) => write(usageError(text, command)),
      getErrHelpWidth: () => widthOf(process.stderr),
      getOutHelpWidth: () => widthOf(process.stdout),
    });
  }
  return program;
}

/** commander says `error: …`, and on a line of its own what was meant. */
function usageError(text: string, command: Command): string {
  const [first, ...rest] = text.trim().split('\n');
  const suggestion = rest.join(' ').replace(/^\(|\)$/g, '');
  const name = command.parent === null ? command.name() : `${command.parent.name()} ${command.name()}`;
  return formatError(
    {
      code: 'XDS-USAGE',
      message: first.replace(/^error: /, ''),
      hint: suggestion === '' ? `See ${name} --help.` : suggestion,
    },
    paletteOf(process.stderr),
  );
}
