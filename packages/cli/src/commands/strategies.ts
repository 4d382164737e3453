/** `xdsim strategies`: the ways of applying a change that the tool knows. */
import { STRATEGIES } from '@xdsim/sim-core';
import { Command } from 'commander';
import type { ExitCode } from '../exit-codes.js';
import { formatOption, outOption, TEXT_FORMATS, type TextFormat } from '../options.js';
import { Grid } from '../report/grid.js';
import { renderJson } from '../report/json.js';
import { delivered, type Finish } from './outcome.js';

interface StrategiesOptions {
  readonly format: TextFormat;
  readonly out?: string;
}

export function newStrategiesCommand(finish: Finish): Command {
  return new Command('strategies')
    .description('List the ways of applying a change, one line each.')
    .addOption(formatOption(TEXT_FORMATS))
    .addOption(outOption())
    .addHelpText(
      'after',
      `
Examples:
  $ xdsim strategies
  $ xdsim strategies --format json
  $ xdsim schema scenario        # their parameters and defaults`,
    )
    .action((options: StrategiesOptions) => finish(listStrategies(options)));
}

function listStrategies({ format, out }: StrategiesOptions): ExitCode {
  const strategies = STRATEGIES.map(({ name, label }) => ({ name, label }));
  if (format === 'json') return delivered(renderJson({ schema: 'xdsim.strategies/v1', strategies }), out);
  const grid = new Grid(
    [{ align: 'left' }, { align: 'left' }],
    strategies.map(({ name, label }) => [[name], [label]]),
  );
  return delivered(`${grid.blocks().flat().join('\n')}\n`, out);
}
