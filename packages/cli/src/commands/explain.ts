/** `xdsim explain`: what a flag, a cause, a code or a field of a policy means, why it happens, and what helps. */
import { explain, explanations } from '@xdsim/sim-core';
import { Command } from 'commander';
import type { ExitCode } from '../exit-codes.js';
import { formatOption, outOption, TEXT_FORMATS, type TextFormat } from '../options.js';
import { renderExplanations, renderWords } from '../report/explanation.js';
import { renderJson } from '../report/json.js';
import { widthOf } from '../terminal.js';
import { delivered, type Finish, failed } from './outcome.js';

interface ExplainOptions {
  readonly format: TextFormat;
  readonly out?: string;
}

export function newExplainCommand(finish: Finish): Command {
  return new Command('explain')
    .description(
      'Explain response flags, causes, error codes and fields of a trafficPolicy; without a word, list them.',
    )
    .argument('[word...]', 'such as NC, UF,URX, rds-late, XDS-SUBSET-EMPTY or connectionPool.tcp.maxConnections')
    .addOption(formatOption(TEXT_FORMATS))
    .addOption(outOption())
    .addHelpText(
      'after',
      `
Examples:
  $ xdsim explain NC
  $ xdsim explain UF,URX endpoint-refuses
  $ xdsim explain maxConnections
  $ xdsim explain                # all words`,
    )
    .action((words: readonly string[], options: ExplainOptions) => finish(explainWords(words, options)));
}

function explainWords(words: readonly string[], { format, out }: ExplainOptions): ExitCode {
  const results = words.map(explain);
  const errors = results.flatMap((result) => (result.ok ? [] : result.errors));
  if (errors.length > 0) return failed(errors);
  const found = words.length === 0 ? explanations() : results.flatMap((result) => (result.ok ? result.value : []));
  if (format === 'json') return delivered(renderJson({ schema: 'xdsim.explanations/v1', words: found }), out);
  const width = widthOf(process.stdout);
  return delivered(words.length === 0 ? renderWords(found, width) : renderExplanations(found, width), out);
}
