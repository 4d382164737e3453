/** `xdsim versions`: what Istio's versions differ in, as far as the model knows. */
import { ISTIO_VERSIONS } from '@xdsim/sim-core';
import { Command } from 'commander';
import type { ExitCode } from '../exit-codes.js';
import { formatOption, outOption, TEXT_FORMATS, type TextFormat } from '../options.js';
import { renderJson } from '../report/json.js';
import { renderVersions } from '../report/versions.js';
import { widthOf } from '../terminal.js';
import { delivered, type Finish } from './outcome.js';

interface VersionsOptions {
  readonly format: TextFormat;
  readonly out?: string;
}

export function newVersionsCommand(finish: Finish): Command {
  return new Command('versions')
    .description('List the Istio versions that are modelled, what each changed, and the source.')
    .addOption(formatOption(TEXT_FORMATS))
    .addOption(outOption())
    .addHelpText(
      'after',
      `
Examples:
  $ xdsim versions
  $ xdsim compare scenarios/blue-green --istio 1.29,1.32`,
    )
    .action((options: VersionsOptions) => finish(listVersions(options)));
}

function listVersions({ format, out }: VersionsOptions): ExitCode {
  const json = { schema: 'xdsim.versions/v1', versions: ISTIO_VERSIONS };
  return delivered(format === 'json' ? renderJson(json) : renderVersions(widthOf(process.stdout)), out);
}
